import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clause, does, he, says, she, some } from './phrases-meanings.js';
import { phrases, spells } from './phrases-spelling.js';

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

test('from German: the alignment is the same relation the other way round', () => {
  const meaning = says(some('the dog'), does('arrive', 'future', { place: some('the house') }));
  const { source, target, alignment } = phrases.pair(meaning, 'german', 'english');
  assert.equal(source.join(' '), 'der Hund wird im Haus ankommen');
  assert.equal(target.join(' '), 'the dog will arrive in the house');
  assert.deepEqual(alignment, [[0], [1], [2], [5], [3], [3], [4]]);
});
