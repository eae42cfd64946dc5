import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadPhrases } from 'heed';
import type { Meaning } from '../../../lib/src/tasks/phrases-meaning.js';
import { clause, does, frozen, he, says, she, some } from './phrases-meanings.js';

const phrases = loadPhrases(frozen);

/** Target words with the source words they come from: `la|the maison|house`, several joined by `+`. */
function aligned(meaning: Meaning, to: 'french' | 'german'): string {
  const { source, target, alignment } = phrases.pair(meaning, 'english', to);
  return target.map((word, t) => `${word}|${alignment[t]!.map((s) => source[s]).join('+')}`).join(' ');
}

/** Written by hand from the grammars of the three languages, not from what the program gives. */
function spells(name: string, meaning: Meaning, english: string, french: string, german: string): void {
  test(name, () => {
    assert.equal(phrases.pair(meaning, 'english', 'french').source.join(' '), english);
    assert.equal(aligned(meaning, 'french'), french);
    assert.equal(aligned(meaning, 'german'), german);
  });
}

spells(
  'a colour follows the noun in French and agrees with it',
  some('the small red house'),
  'the small red house',
  'la|the petite|small maison|house rouge|red',
  'das|the kleine|small rote|red Haus|house',
);
spells(
  'two adjectives after the noun stand in the opposite order',
  some('a strange old green book'),
  'a strange old green book',
  'un|a vieux|old livre|book vert|green étrange|strange',
  'ein|a seltsames|strange altes|old grünes|green Buch|book',
);
spells(
  'an, and the masculine before a vowel: vieil arbre',
  some('a old tree'),
  'an old tree',
  'un|an vieil|old arbre|tree',
  'ein|an alter|old Baum|tree',
);
spells(
  "l' takes the noun in, but not an adjective before it",
  some('the man'),
  'the man',
  "l'homme|the+man",
  'der|the Mann|man',
);
spells(
  'bel homme with the full article',
  some('the beautiful man'),
  'the beautiful man',
  'le|the bel|beautiful homme|man',
  'der|the schöne|beautiful Mann|man',
);
spells(
  'cet before a vowel, mon before a feminine vowel: this and my',
  some('this white bird', { of: some('the queen') }),
  'this white bird of the queen',
  'cet|this oiseau|bird blanc|white de|of la|the reine|queen',
  'dieser|this weiße|white Vogel|bird der|of+the Königin|queen',
);
spells(
  'mon école, meine Schule',
  some('my school'),
  'my school',
  'mon|my école|school',
  'meine|my Schule|school',
);
spells(
  'ma nouvelle école: the adjective between brings ma back',
  some('my new school'),
  'my new school',
  'ma|my nouvelle|new école|school',
  'meine|my neue|new Schule|school',
);
spells(
  'these: plural agreement everywhere',
  some('this beautiful black horse+'),
  'these beautiful black horses',
  'ces|these beaux|beautiful chevaux|horses noirs|black',
  'diese|these schönen|beautiful schwarzen|black Pferde|horses',
);
spells(
  'twenty one is one word in German, units first, and agrees in French',
  some('the 21 white flower+'),
  'the twenty one white flowers',
  'les|the vingt|twenty et|twenty+one une|one fleurs|flowers blanches|white',
  'die|the einundzwanzig|twenty+one weißen|white Blumen|flowers',
);
spells(
  'seventy and ninety count on in French; a bare number has strong endings in German',
  some('97 old key+'),
  'ninety seven old keys',
  'quatre-vingt-dix-sept|ninety+seven vieilles|old clés|keys',
  'siebenundneunzig|ninety+seven alte|old Schlüssel|keys',
);
spells(
  'seventy one: soixante et onze',
  some('71 dog+'),
  'seventy one dogs',
  'soixante|seventy et|seventy+one onze|seventy+one chiens|dogs',
  'einundsiebzig|seventy+one Hunde|dogs',
);
spells(
  'of: du, des, and the genitive, whose article carries it',
  some('the picture', { of: some('the old king') }),
  'the picture of the old king',
  "l'image|the+picture du|of+the vieux|old roi|king",
  'das|the Bild|picture des|of+the alten|old Königs|king',
);
spells(
  "d'un, eines; des",
  says(he, does('find', 'present', { object: some('a letter', { of: some('the friend+') }) })),
  'he finds a letter of the friends',
  'il|he trouve|finds une|a lettre|letter des|of+the amis|friends',
  'er|he findet|finds einen|a Brief|letter der|of+the Freunde|friends',
);
spells(
  'a friend of a witch',
  some('a friend', { of: some('a witch') }),
  'a friend of a witch',
  "un|a ami|friend d'une|of+a sorcière|witch",
  'ein|a Freund|friend einer|of+a Hexe|witch',
);
spells(
  'the past: avoir without agreement; the participle last in German',
  says(some('the queen'), does('see', 'past', { object: some('the small dog') })),
  'the queen saw the small dog',
  'la|the reine|queen a|saw vu|saw le|the petit|small chien|dog',
  'die|the Königin|queen hat|saw den|the kleinen|small Hund|dog gesehen|saw',
);
spells(
  'the past with être agrees with the subject; with sein',
  says(some('the 2 woman+'), does('arrive', 'past')),
  'the two women arrived',
  'les|the deux|two femmes|women sont|arrived arrivées|arrived',
  'die|the zwei|two Frauen|women sind|arrived angekommen|arrived',
);
spells(
  'the future: one word in French, the infinitive last in German',
  says(some('the child'), does('carry', 'future', { object: some('this heavy key') })),
  'the child will carry this heavy key',
  "l'enfant|the+child portera|will+carry cette|this clé|key lourde|heavy",
  'das|the Kind|child wird|will diesen|this schweren|heavy Schlüssel|key tragen|carry',
);
spells(
  'to: à la, au, and a German dative that stands before the object',
  says(
    some('my friend'),
    does('give', 'present', { object: some('a apple'), recipient: some('the sad king') }),
  ),
  'my friend gives an apple to the sad king',
  'mon|my ami|friend donne|gives une|an pomme|apple au|to+the roi|king triste|sad',
  'mein|my Freund|friend gibt|gives dem|to+the traurigen|sad König|king einen|an Apfel|apple',
);
spells(
  'aux, and the -n of the dative plural',
  says(she, does('show', 'past', { object: some('the tree+'), recipient: some('the child+') })),
  'she showed the trees to the children',
  'elle|she a|showed montré|showed les|the arbres|trees aux|to+the enfants|children',
  'sie|she hat|showed den|to+the Kindern|children die|the Bäume|trees gezeigt|showed',
);
spells(
  'a bare number carries "to" where there is no article',
  says(she, does('show', 'present', { object: some('a star'), recipient: some('3 bird+') })),
  'she shows a star to three birds',
  'elle|she montre|shows une|a étoile|star à|to trois|three oiseaux|birds',
  'sie|she zeigt|shows drei|to+three Vögeln|birds einen|a Stern|star',
);
spells(
  'with and in: dans le, and im in one word',
  says(
    some('the bird'),
    does('sing', 'present', { company: some('my small cat+'), place: some('the green garden') }),
  ),
  'the bird sings with my small cats in the green garden',
  "l'oiseau|the+bird chante|sings avec|with mes|my petits|small chats|cats dans|in le|the jardin|garden vert|green",
  'der|the Vogel|bird singt|sings mit|with meinen|my kleinen|small Katzen|cats im|in+the grünen|green Garten|garden',
);
spells(
  'in with a feminine: no contraction',
  says(he, does('sleep', 'present', { place: some('a quiet city') })),
  'he sleeps in a quiet city',
  'il|he dort|sleeps dans|in une|a ville|city calme|quiet',
  'er|he schläft|sleeps in|in einer|a ruhigen|quiet Stadt|city',
);
spells(
  'a separable verb: its particle goes last',
  says(some('the dog'), does('arrive', 'present', { place: some('the house') })),
  'the dog arrives in the house',
  'le|the chien|dog arrive|arrives dans|in la|the maison|house',
  'der|the Hund|dog kommt|arrives im|in+the Haus|house an|arrives',
);
spells(
  "because: qu'il; a comma, the verb last, and the particle back with it",
  {
    type: 'sentence',
    units: [
      {
        main: clause(some('the king'), does('dance', 'present')),
        dependent: { conjunction: 'because', clause: clause(he, does('arrive', 'present')), fronted: false },
      },
    ],
    joints: [],
  },
  'the king dances because he arrives',
  "le|the roi|king danse|dances parce|because qu'il|because+he arrive|arrives",
  'der|the König|king tanzt|dances ,|because weil|because er|he ankommt|arrives',
);
spells(
  'a dependent clause in front: the verb comes before the subject in German',
  {
    type: 'sentence',
    units: [
      {
        main: clause(some('the queen'), does('sing', 'future')),
        dependent: {
          conjunction: 'while',
          clause: clause(some('a child'), does('sleep', 'future')),
          fronted: true,
        },
      },
    ],
    joints: [],
  },
  'while a child will sleep , the queen will sing',
  "pendant|while qu'un|while+a enfant|child dormira|will+sleep ,|, la|the reine|queen chantera|will+sing",
  'während|while ein|a Kind|child schlafen|sleep wird|will ,|while+, wird|will die|the Königin|queen singen|sing',
);
spells(
  'that: the participle before the auxiliary at the end',
  says(
    some('the witch+'),
    does('say', 'past', { that: clause(she, does('buy', 'past', { object: some('a key') })) }),
  ),
  'the witches said that she bought a key',
  "les|the sorcières|witches ont|said dit|said qu'elle|that+she a|bought acheté|bought une|a clé|key",
  'die|the Hexen|witches haben|said gesagt|said ,|that dass|that sie|she einen|a Schlüssel|key gekauft|bought hat|bought',
);
spells(
  'who: between commas, the verb last; the pronoun has the gender of the noun',
  says(
    some('the child', { who: does('love', 'present', { object: some('the star+') }) }),
    does('stay', 'past'),
  ),
  'the child who loves the stars stayed',
  "l'enfant|the+child qui|who aime|loves les|the étoiles|stars est|stayed resté|stayed",
  'das|the Kind|child ,|who das|who die|the Sterne|stars liebt|loves ,|who ist|stayed geblieben|stayed',
);
spells(
  'who at the end has no second comma, and être agrees with the noun before qui',
  some('the queen+', { who: does('arrive', 'past') }),
  'the queens who arrived',
  'les|the reines|queens qui|who sont|arrived arrivées|arrived',
  'die|the Königinnen|queens ,|who die|who angekommen|arrived sind|arrived',
);
spells(
  'and after a dependent clause: its comma closes; but has a comma of its own',
  {
    type: 'sentence',
    units: [
      {
        main: clause(he, does('draw', 'present', { object: some('my woman') })),
        dependent: { conjunction: 'because', clause: clause(she, does('dance', 'past')), fronted: false },
      },
      { main: clause(some('the horse'), does('sleep', 'present')) },
      { main: clause(some('a bird'), does('sing', 'past')) },
    ],
    joints: ['and', 'but'],
  },
  'he draws my woman because she danced and the horse sleeps but a bird sang',
  "il|he dessine|draws ma|my femme|woman parce|because qu'elle|because+she a|danced dansé|danced et|and le|the cheval|horse dort|sleeps mais|but un|a oiseau|bird a|sang chanté|sang",
  'er|he zeichnet|draws meine|my Frau|woman ,|because weil|because sie|she getanzt|danced hat|danced ,|because und|and das|the Pferd|horse schläft|sleeps ,|but aber|but ein|a Vogel|bird hat|sang gesungen|sang',
);

test('numbers that are easily wrong, in three languages', () => {
  const said = (n: number, noun = 'king+') => {
    const meaning = some(`${n} ${noun}`);
    const { source, target } = phrases.pair(meaning, 'english', 'french');
    return [source, target, phrases.pair(meaning, 'english', 'german').target].map((words) =>
      words.slice(0, -1).join(' '),
    );
  };
  assert.deepEqual(said(2), ['two', 'deux', 'zwei']);
  assert.deepEqual(said(16), ['sixteen', 'seize', 'sechzehn']);
  assert.deepEqual(said(17), ['seventeen', 'dix-sept', 'siebzehn']);
  assert.deepEqual(said(30), ['thirty', 'trente', 'dreißig']);
  assert.deepEqual(said(40), ['forty', 'quarante', 'vierzig']);
  assert.deepEqual(said(61), ['sixty one', 'soixante et un', 'einundsechzig']);
  assert.deepEqual(said(61, 'queen+'), ['sixty one', 'soixante et une', 'einundsechzig']);
  assert.deepEqual(said(66), ['sixty six', 'soixante-six', 'sechsundsechzig']);
  assert.deepEqual(said(70), ['seventy', 'soixante-dix', 'siebzig']);
  assert.deepEqual(said(77), ['seventy seven', 'soixante-dix-sept', 'siebenundsiebzig']);
  assert.deepEqual(said(80), ['eighty', 'quatre-vingts', 'achtzig']);
  assert.deepEqual(said(81), ['eighty one', 'quatre-vingt-un', 'einundachtzig']);
  assert.deepEqual(said(81, 'queen+'), ['eighty one', 'quatre-vingt-une', 'einundachtzig']);
  assert.deepEqual(said(91), ['ninety one', 'quatre-vingt-onze', 'einundneunzig']);
  assert.deepEqual(said(99), ['ninety nine', 'quatre-vingt-dix-neuf', 'neunundneunzig']);
});

test('from German: the alignment is the same relation the other way round', () => {
  const meaning = says(some('the dog'), does('arrive', 'future', { place: some('the house') }));
  const { source, target, alignment } = phrases.pair(meaning, 'german', 'english');
  assert.equal(source.join(' '), 'der Hund wird im Haus ankommen');
  assert.equal(target.join(' '), 'the dog will arrive in the house');
  assert.deepEqual(alignment, [[0], [1], [2], [5], [3], [3], [4]]);
});

test('every German article and ending against the tables of a grammar', () => {
  // Rows: the, a, this, my with an old ... ; columns: subject, object, recipient, owner. From the usual school tables.
  const table: Readonly<Record<string, readonly string[]>> = {
    'the old king': ['der alte König', 'den alten König', 'dem alten König', 'des alten Königs'],
    'the old queen': ['die alte Königin', 'die alte Königin', 'der alten Königin', 'der alten Königin'],
    'the old child': ['das alte Kind', 'das alte Kind', 'dem alten Kind', 'des alten Kindes'],
    'the old child+': ['die alten Kinder', 'die alten Kinder', 'den alten Kindern', 'der alten Kinder'],
    'a old king': ['ein alter König', 'einen alten König', 'einem alten König', 'eines alten Königs'],
    'a old queen': ['eine alte Königin', 'eine alte Königin', 'einer alten Königin', 'einer alten Königin'],
    'a old child': ['ein altes Kind', 'ein altes Kind', 'einem alten Kind', 'eines alten Kindes'],
    'my old dog+': ['meine alten Hunde', 'meine alten Hunde', 'meinen alten Hunden', 'meiner alten Hunde'],
    'my old horse': ['mein altes Pferd', 'mein altes Pferd', 'meinem alten Pferd', 'meines alten Pferdes'],
    'this old man': ['dieser alte Mann', 'diesen alten Mann', 'diesem alten Mann', 'dieses alten Mannes'],
    'this old cat': ['diese alte Katze', 'diese alte Katze', 'dieser alten Katze', 'dieser alten Katze'],
    'this old horse+': [
      'diese alten Pferde',
      'diese alten Pferde',
      'diesen alten Pferden',
      'dieser alten Pferde',
    ],
  };
  const german = (meaning: Meaning) => phrases.pair(meaning, 'english', 'german').target.join(' ');
  for (const [text, [nominative, accusative, dative, genitive]] of Object.entries(table)) {
    const phrase = some(text);
    const [sieht, gibt] = [
      does('see', 'present', { object: phrase }),
      { object: some('the book'), recipient: phrase },
    ];
    assert.equal(german(phrase), nominative);
    assert.equal(german(says(he, sieht)), `er sieht ${accusative}`);
    assert.equal(german(says(he, does('give', 'present', gibt))), `er gibt ${dative} das Buch`);
    assert.equal(german(some('the book', { of: phrase })), `das Buch ${genitive}`);
  }
});
