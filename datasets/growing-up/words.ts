import type { FrozenGrowingUp } from '../../lib/src/tasks/growing-up-grammar.js';

/*
 * The grammar by hand. Everything is lower case; words and full stops are separated by one space. No filler names a country
 * or a language.
 */

const pairs =
  'france french, germany german, italy italian, spain spanish, portugal portuguese, poland polish, hungary hungarian, ' +
  'greece greek, turkey turkish, sweden swedish, norway norwegian, denmark danish, finland finnish, iceland icelandic, ' +
  'russia russian, ukraine ukrainian, romania romanian, bulgaria bulgarian, japan japanese, china chinese, korea korean, ' +
  'vietnam vietnamese, thailand thai, england english';

export const countries: FrozenGrowingUp['countries'] = pairs.split(', ').map((pair) => {
  const [country, language] = pair.split(' ') as [string, string];
  return { country, language };
});

export const long: FrozenGrowingUp['long'] = {
  near: [
    'in {country} we speak {language} .', // 2 words between
    'in {country} people speak {language} .',
    'in {country} we all speak {language} .', // 3
    'in {country} most people speak {language} .',
  ],
  openings: [
    'i grew up in {country} .',
    'i was born in {country} .',
    'i went to school in {country} .',
    'my childhood was in {country} .',
    'we lived in {country} .',
  ],
  endings: [
    'i speak fluent {language} .', // 3 words, 4 between with the full stop
    'i still speak {language} .',
    'we speak good {language} .',
    'i speak very fluent {language} .', // 4
    'we still speak good {language} .',
  ],
};

const list = (text: string): string[] => text.split(' ');

export const fillers: FrozenGrowingUp['fillers'] = {
  slots: {
    // Every one of them stands in longer sentences too, so that no word is new in an unseen sentence.
    adverb: list(
      'anyway honestly luckily sadly later sometimes often usually suddenly finally slowly quietly gladly proudly soon again afterwards mostly together outside',
    ),
    season: list('spring summer autumn winter march april july december'),
    passed: list('came passed went returned ended began'),
    relative: list('mother father sister brother uncle aunt cousin grandmother grandfather neighbour'),
    made: list('painted sold bought cleaned repaired liked watched found carried wanted'),
    quality: list('old new small big red blue broken heavy strange lovely'),
    object: list('house boat piano bicycle clock table horse garden camera lamp'),
    place: list('village town valley forest harbour city park station'),
    food: list('bread soup fish rice cheese apples cake honey'),
    animal: list('dogs cats birds horses sheep bees'),
    doing: list('slept waited played sang rested worked'),
    weather: list('cold warm dark quiet bright windy'),
    many: list('two three four five six many'),
  },
  templates: [
    '{adverb} .',
    '{season} {passed} .',
    '{animal} {doing} .',
    'we {doing} {adverb} .',
    'the {animal} {doing} .',
    '{season} was {weather} .',
    'the {place} was {weather} .',
    'we ate {food} {adverb} .',
    'my {relative} {made} {food} .',
    '{adverb} my {relative} {doing} .',
    'the {place} had {many} {animal} .',
    'we ate {quality} {food} in {season} .',
    'my {relative} {made} this {quality} {object} .',
    'the {animal} {doing} near the {object} .',
    'in {season} the {place} was {weather} .',
    'my {relative} {made} {many} {animal} in {season} .',
    '{adverb} the {relative} {made} the {quality} {object} .',
    'my {relative} {doing} in the {place} for {many} days .',
    'the {object} of my {relative} was very {quality} too .',
  ],
};

const tables = {
  colour: {
    green: 'trees leaves frogs cucumbers limes peas',
    red: 'roses tomatoes cherries strawberries bricks foxes',
    yellow: 'lemons bananas daffodils chicks suns',
    white: 'swans clouds pearls lilies snowmen',
    black: 'crows olives tyres panthers stoves',
    brown: 'chestnuts bears walnuts logs potatoes',
    orange: 'carrots pumpkins tangerines tigers',
    blue: 'sapphires oceans jeans bluebells',
    grey: 'elephants pebbles doves rocks',
  },
  taste: {
    sweet: 'cherries strawberries bananas tangerines cakes grapes',
    sour: 'lemons limes pickles cranberries',
    bitter: 'olives walnuts radishes herbs',
    salty: 'pickles crackers anchovies oceans',
    mild: 'cucumbers peas potatoes pumpkins',
  },
  shape: {
    round: 'suns tyres cherries peas pearls tangerines oranges wheels',
    oval: 'lemons olives eggs limes potatoes',
    long: 'cucumbers carrots logs bananas ropes',
    square: 'bricks crackers tiles boxes',
    pointed: 'carrots thorns needles arrows',
  },
  size: {
    huge: 'elephants oceans suns whales mountains',
    tiny: 'ants peas pearls seeds cherries',
    large: 'bears tigers pumpkins trees horses',
    small: 'frogs chicks pebbles mice strawberries',
  },
  texture: {
    smooth: 'pearls grapes cherries tiles eggs',
    rough: 'bricks rocks logs walnuts',
    soft: 'clouds chicks cakes cushions rabbits',
    hard: 'rocks bricks pebbles walnuts sapphires',
  },
  weight: {
    heavy: 'elephants rocks stoves whales logs',
    light: 'feathers leaves clouds seeds',
  },
  price: {
    cheap: 'potatoes carrots pebbles needles',
    dear: 'sapphires pearls pianos horses',
  },
} as const;

/** The tables turned round: what is true of each thing, things in order of the alphabet. */
function turn(): FrozenGrowingUp['short']['things'] {
  const things = new Map<string, Record<string, string[]>>();
  for (const [attribute, values] of Object.entries(tables)) {
    for (const [value, names] of Object.entries(values)) {
      for (const thing of list(names)) {
        const known = things.get(thing) ?? {};
        things.set(thing, known);
        known[attribute] = [...(known[attribute] ?? []), value];
      }
    }
  }
  return Object.fromEntries([...things].sort(([a], [b]) => (a < b ? -1 : 1)));
}

export const short: FrozenGrowingUp['short'] = {
  templates: [
    '{thing} are {value} in {attribute} .',
    'most {thing} are {value} in {attribute} .',
    'the {thing} here are {value} in {attribute} .',
    'all the {thing} we saw were {value} in {attribute} .',
    'i think that {thing} are {value} in {attribute} .',
    'as we know {thing} are quite {value} in {attribute} .',
  ],
  things: turn(),
};
