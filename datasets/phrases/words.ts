import type { Adjective, Noun, NounKind, Verb } from '../../lib/src/tasks/phrases-lexicon.js';

// english | french, with h where it elides, gender | german gender, nominative, genitive, plural, dative plural
const NOUNS: Readonly<Record<NounKind, string>> = {
  person: `
    man men | homme hommes m h | m Mann Mannes Männer Männern
    woman women | femme femmes f | f Frau Frau Frauen Frauen
    child children | enfant enfants m h | n Kind Kindes Kinder Kindern
    king kings | roi rois m | m König Königs Könige Königen
    queen queens | reine reines f | f Königin Königin Königinnen Königinnen
    witch witches | sorcière sorcières f | f Hexe Hexe Hexen Hexen
    friend friends | ami amis m h | m Freund Freundes Freunde Freunden`,
  animal: `
    dog dogs | chien chiens m | m Hund Hundes Hunde Hunden
    cat cats | chat chats m | f Katze Katze Katzen Katzen
    horse horses | cheval chevaux m | n Pferd Pferdes Pferde Pferden
    bird birds | oiseau oiseaux m h | m Vogel Vogels Vögel Vögeln`,
  thing: `
    book books | livre livres m | n Buch Buches Bücher Büchern
    letter letters | lettre lettres f | m Brief Briefes Briefe Briefen
    apple apples | pomme pommes f | m Apfel Apfels Äpfel Äpfeln
    flower flowers | fleur fleurs f | f Blume Blume Blumen Blumen
    picture pictures | image images f h | n Bild Bildes Bilder Bildern
    key keys | clé clés f | m Schlüssel Schlüssels Schlüssel Schlüsseln`,
  nature: `
    tree trees | arbre arbres m h | m Baum Baumes Bäume Bäumen
    star stars | étoile étoiles f h | m Stern Sternes Sterne Sternen`,
  place: `
    garden gardens | jardin jardins m | m Garten Gartens Gärten Gärten
    house houses | maison maisons f | n Haus Hauses Häuser Häusern
    city cities | ville villes f | f Stadt Stadt Städte Städten
    forest forests | forêt forêts f | m Wald Waldes Wälder Wäldern
    school schools | école écoles f h | f Schule Schule Schulen Schulen`,
};

const linesOf = (text: string): string[][][] =>
  text
    .trim()
    .split('\n')
    .map((line) => line.split('|').map((column) => column.trim().split(/\s+/)));

export const nouns: Noun[] = Object.entries(NOUNS).flatMap(([kind, text]) =>
  linesOf(text).map(([english, french, german]): Noun => {
    const [one, many, gender, silent] = french!;
    const [slot, singular, genitive, plural, dativePlural] = german!;
    return {
      kind: kind as NounKind,
      english: [english![0]!, english![1]!],
      french: { gender: gender as 'm' | 'f', forms: [one!, many!], elides: silent === 'h' },
      german: {
        gender: slot as 'm' | 'f' | 'n',
        singular: singular!,
        genitive: genitive!,
        plural: plural!,
        dativePlural: dativePlural!,
      },
    };
  }),
);

// Left out on purpose: grand homme (a great man), petit ami, petits-enfants, belle-fille: not what the English says.
const living: NounKind[] = ['person', 'animal'];
const lifeless: NounKind[] = ['thing', 'nature', 'place'];
const all: NounKind[] = [...living, ...lifeless];
const coloured: NounKind[] = ['animal', ...lifeless];

type Row = [
  english: string,
  place: Adjective['place'],
  rank: number,
  kinds: NounKind[],
  french: string,
  german: string,
];
// French: masculine, feminine, their plurals, and the masculine before a vowel where it is another.
const ADJECTIVES: Row[] = [
  ['beautiful', 'before', 0, all, 'beau belle beaux belles bel', 'schön'],
  ['strange', 'quality', 1, all, 'étrange étrange étranges étranges', 'seltsam'],
  ['sad', 'quality', 1, living, 'triste triste tristes tristes', 'traurig'],
  ['quiet', 'quality', 1, [...living, 'place'], 'calme calme calmes calmes', 'ruhig'],
  ['heavy', 'quality', 1, ['thing'], 'lourd lourde lourds lourdes', 'schwer'],
  ['small', 'before', 2, coloured, 'petit petite petits petites', 'klein'],
  ['big', 'before', 2, coloured, 'grand grande grands grandes', 'groß'],
  ['old', 'before', 3, all, 'vieux vieille vieux vieilles vieil', 'alt'],
  ['young', 'before', 3, living, 'jeune jeune jeunes jeunes', 'jung'],
  ['new', 'before', 3, ['thing', 'place'], 'nouveau nouvelle nouveaux nouvelles nouvel', 'neu'],
  ['red', 'colour', 4, coloured, 'rouge rouge rouges rouges', 'rot'],
  ['green', 'colour', 4, coloured, 'vert verte verts vertes', 'grün'],
  ['black', 'colour', 4, coloured, 'noir noire noirs noires', 'schwarz'],
  ['white', 'colour', 4, coloured, 'blanc blanche blancs blanches', 'weiß'],
];

export const adjectives: Adjective[] = ADJECTIVES.map(([english, place, rank, kinds, french, german]) => {
  const [m, f, ms, fs, beforeVowel] = french.split(' ');
  return {
    english,
    place,
    rank,
    kinds,
    french: { forms: [m!, f!, ms!, fs!], ...(beforeVowel === undefined ? {} : { beforeVowel }) },
    german,
  };
});

const regular = (stem: string): Verb['french'] => ({
  auxiliary: 'avoir',
  present: [`${stem}e`, `${stem}ent`],
  participle: `${stem}é`,
  future: [`${stem}era`, `${stem}eront`],
});
const english = (base: string, third: string, past: string): Verb['english'] => ({ base, third, past });
const german = (third: string, infinitive: string, participle: string): Verb['german'] => ({
  auxiliary: 'haben',
  present: [third, infinitive],
  participle,
  infinitive,
});

export const verbs: Verb[] = [
  {
    english: english('see', 'sees', 'saw'),
    french: {
      auxiliary: 'avoir',
      present: ['voit', 'voient'],
      participle: 'vu',
      future: ['verra', 'verront'],
    },
    german: german('sieht', 'sehen', 'gesehen'),
    subjects: living,
    objects: all,
  },
  {
    english: english('find', 'finds', 'found'),
    french: regular('trouv'),
    german: german('findet', 'finden', 'gefunden'),
    subjects: living,
    objects: all,
  },
  {
    english: english('love', 'loves', 'loved'),
    french: regular('aim'),
    german: german('liebt', 'lieben', 'geliebt'),
    subjects: ['person'],
    objects: all,
  },
  {
    english: english('buy', 'buys', 'bought'),
    french: {
      auxiliary: 'avoir',
      present: ['achète', 'achètent'],
      participle: 'acheté',
      future: ['achètera', 'achèteront'],
    },
    german: german('kauft', 'kaufen', 'gekauft'),
    subjects: ['person'],
    objects: ['animal', 'thing', 'place'],
  },
  {
    english: english('draw', 'draws', 'drew'),
    french: regular('dessin'),
    german: german('zeichnet', 'zeichnen', 'gezeichnet'),
    subjects: ['person'],
    objects: all,
  },
  {
    english: english('carry', 'carries', 'carried'),
    french: regular('port'),
    german: german('trägt', 'tragen', 'getragen'),
    subjects: living,
    objects: ['thing'],
  },
  {
    english: english('give', 'gives', 'gave'),
    french: regular('donn'),
    german: german('gibt', 'geben', 'gegeben'),
    subjects: ['person'],
    objects: ['animal', 'thing'],
    recipients: living,
  },
  {
    english: english('show', 'shows', 'showed'),
    french: regular('montr'),
    german: german('zeigt', 'zeigen', 'gezeigt'),
    subjects: ['person'],
    objects: all,
    recipients: living,
  },
  {
    english: english('sleep', 'sleeps', 'slept'),
    french: {
      auxiliary: 'avoir',
      present: ['dort', 'dorment'],
      participle: 'dormi',
      future: ['dormira', 'dormiront'],
    },
    german: german('schläft', 'schlafen', 'geschlafen'),
    subjects: living,
  },
  {
    english: english('sing', 'sings', 'sang'),
    french: regular('chant'),
    german: german('singt', 'singen', 'gesungen'),
    subjects: living,
    company: true,
  },
  {
    english: english('dance', 'dances', 'danced'),
    french: regular('dans'),
    german: german('tanzt', 'tanzen', 'getanzt'),
    subjects: living,
    company: true,
  },
  {
    english: english('arrive', 'arrives', 'arrived'),
    french: { ...regular('arriv'), auxiliary: 'être' },
    german: {
      auxiliary: 'sein',
      present: ['kommt', 'kommen'],
      participle: 'angekommen',
      infinitive: 'ankommen',
      particle: 'an',
    },
    subjects: living,
    company: true,
  },
  {
    english: english('stay', 'stays', 'stayed'),
    french: { ...regular('rest'), auxiliary: 'être' },
    german: { ...german('bleibt', 'bleiben', 'geblieben'), auxiliary: 'sein' },
    subjects: living,
    company: true,
  },
  {
    english: english('say', 'says', 'said'),
    french: { auxiliary: 'avoir', present: ['dit', 'disent'], participle: 'dit', future: ['dira', 'diront'] },
    german: german('sagt', 'sagen', 'gesagt'),
    subjects: ['person'],
    that: true,
  },
];
