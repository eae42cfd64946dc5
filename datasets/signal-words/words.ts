import type { FrozenSignalWords } from '../../lib/src/tasks/signal-words-grammar.js';

/*
 * The lists by hand, each from the word that comes most often down. All is lower case. No filler is a signal word or the
 * marker, and none names a topic.
 */

const list = (text: string): string[] => text.split(' ');

export const topics: FrozenSignalWords['topics'] = {
  weather: list('rain storm thunder snow fog lightning hail drizzle'),
  music: list('violin concert melody trumpet piano choir orchestra drum'),
  food: list('soup bread cheese dinner cake pepper noodles salad'),
  sport: list('football tennis goalkeeper marathon referee racket stadium trophy'),
  money: list('bank loan coin wallet salary tax profit debt'),
};

/** The noun after it is the one that counts, where only one of several signal words does. */
export const marker = 'famous';

export const slots: FrozenSignalWords['slots'] = {
  determiner: list('the this that our their his her my your every another each'),
  person: list(
    'man woman child boy girl friend teacher mother father brother sister neighbour doctor student driver farmer stranger ' +
      'visitor guest captain soldier nurse pilot sailor painter writer gardener carpenter plumber uncle aunt cousin ' +
      'grandmother grandfather traveller guard judge lawyer mayor clerk librarian engineer inventor scientist professor poet ' +
      'actor photographer tailor shepherd hunter mechanic porter postman reporter editor witness detective king queen prince ' +
      'princess knight pupil nephew niece husband wife tourist waiter hermit builder weaver',
  ),
  thing: list(
    'letter book box bag chair table door window key map picture paper pencil lamp clock mirror carpet curtain pillow blanket ' +
      'bottle ladder hammer nail rope wheel cart bicycle engine wagon boat anchor sail tent lantern candle basket bucket brush ' +
      'broom sponge towel soap comb button needle thread scarf glove hat coat shirt jacket boot sock belt ring necklace ' +
      'bracelet stone brick plank fence gate wall roof chimney stair shelf drawer cupboard desk bench sofa bed cradle toy doll ' +
      'puzzle balloon ribbon flag poster stamp envelope parcel suitcase trunk notebook diary calendar newspaper magazine ' +
      'dictionary camera telescope microscope telephone computer printer battery cable magnet spring screw bolt wrench ' +
      'drill axe shovel rake hose pipe pump tap barrel crate jar vase statue sketch portrait badge ticket passport sign arrow ' +
      'compass globe chart ruler chalk sack net hook cage saddle helmet shield sword throne wardrobe ' +
      'lever thermometer spade anvil feather pebble marble bracket handle hinge kettle',
  ),
  place: list(
    'house school station garden village town city river forest bridge park square castle tower museum library office factory ' +
      'workshop barn stable farm field meadow hill valley mountain island beach lake pond well mill church hospital hotel ' +
      'cottage cabin kitchen cellar attic hall corridor balcony terrace yard street road corner crossing tunnel airport ' +
      'platform port lighthouse shop harbour ' +
      'courtyard temple chapel quarry',
  ),
  adjective: list(
    'old new small large long little good big great young short tall strange quiet dark heavy light strong weak clean dirty ' +
      'broken empty full open rough smooth round flat narrow wide deep high low simple plain modern ancient wooden iron red ' +
      'blue green yellow white black brown grey pink purple beautiful ugly pretty lovely useful useless dangerous safe secret ' +
      'private public local foreign common rare funny wonderful terrible perfect ordinary dusty rusty shiny thick thin loose ' +
      'tight sharp dull hollow solid fancy curious spare ' +
      'faded polished crooked striped missing',
  ),
  action: list(
    'saw found took brought carried opened closed moved watched noticed kept left lost hid held lifted painted repaired built ' +
      'broke pushed pulled threw caught dropped placed turned washed cleaned covered filled emptied wrapped packed unpacked ' +
      'sent received delivered returned showed described drew copied measured checked examined tested used needed wanted liked ' +
      'loved hated admired remembered forgot missed chose picked collected gathered counted sorted arranged mended fixed ' +
      'replaced changed improved designed invented discovered explored touched shook folded cut tied locked unlocked guarded ' +
      'protected followed passed reached removed stored shared offered handed stole ignored mentioned praised promised ' +
      'weighed traced buried dragged sketched labelled',
  ),
  motion: list(
    'walked ran went waited stood sat drove rode travelled hurried wandered climbed jumped slept rested stayed lived worked ' +
      'marched crept strolled stepped crawled slipped',
  ),
  adverb: list(
    'soon again later often sometimes usually always never once quietly slowly quickly carefully suddenly finally still almost ' +
      'nearly gladly proudly sadly happily bravely politely gently softly secretly openly honestly simply clearly rarely ' +
      'eagerly calmly nervously patiently bluntly',
  ),
  position: list(
    'near behind beside under above into through across around past towards beyond along over against opposite',
  ),
  time: list(
    'morning day evening night afternoon week month year monday friday sunday saturday tuesday thursday wednesday midnight noon',
  ),
};

export const templates: FrozenSignalWords['templates'] = [
  '{determiner} {person} {motion} {adverb}', // 4 words
  'everybody {action} {determiner} {thing}',
  'nobody {action} {determiner} {adjective} {thing}', // 5
  '{determiner} {person} {action} {determiner} {adjective} {thing}', // 6
  '{determiner} {adjective} {person} {action} {determiner} {thing}',
  '{determiner} {person} {adverb} {action} {determiner} {thing}',
  '{determiner} {adjective} {thing} stood {position} {determiner} {place}', // 7
  '{adverb} {determiner} {person} {action} {determiner} {adjective} {thing}',
  '{determiner} {person} asked for {determiner} {adjective} {thing}',
  'there was {determiner} {adjective} {thing} {position} {determiner} {place}', // 8
  'one {time} {determiner} {person} {action} {determiner} {adjective} {thing}',
  '{determiner} {person} {action} {determiner} {adjective} {thing} {position} {determiner} {place}', // 9
  '{determiner} {person} told {determiner} {person} about {determiner} {adjective} {thing}',
  '{determiner} {person} {motion} {position} {determiner} {place} with {determiner} {adjective} {thing}', // 10
];

/** What stands between two clauses. */
export const joints: FrozenSignalWords['joints'] = ['.', ', and', ', but', 'while', 'because', '. then'];
