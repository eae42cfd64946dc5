import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Meaning } from '../../../lib/src/tasks/phrases-meaning.js';
import { does, he, says, some } from './phrases-meanings.js';
import { phrases, spells } from './phrases-spelling.js';

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
