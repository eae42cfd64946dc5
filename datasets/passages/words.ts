import type { FrozenPassages, PassageSlots } from '../../lib/src/tasks/passages-grammar.js';

/** Frames of the sentences, and questions about them: written for this data set. */
export const frames: FrozenPassages['frames'] = [
  {
    name: 'duty',
    heads: [
      '{roles} , like other {group} , may have to {duty} <when after they {event} >',
      '{roles} must {duty} <when before they {event} >',
      'like all {group} , {roles} have to {duty} <when once they {event} >',
      'many {roles} are asked to {duty} <when as soon as they {event} >',
    ],
    tails: [
      ', a {kind} known as {process} .',
      ', a {kind} which is called {process} .',
      'and this {kind} is named {process} .',
      ', which is part of the {kind} of {process} .',
      '.',
    ],
    heldOut: [0, 0],
    questions: [
      { text: 'what is the {kind} called ?', answer: 'process', key: 'kind' },
      { text: 'what is the {kind} known as ?', answer: 'process', key: 'kind' },
      { text: 'which name does the {kind} have ?', answer: 'process', key: 'kind' },
      { text: 'what is {process} ?', answer: 'kind', key: 'process' },
      { text: 'who has to {duty} ?', answer: 'roles', key: 'duty' },
      { text: 'when do {roles} have to {duty} ?', answer: 'when', key: 'duty' },
    ],
  },
  {
    name: 'tool',
    heads: [
      '{roles} may use a {tool} to {aim}',
      'to {aim} , {roles} need a {tool}',
      'with the help of a {tool} , {roles} can {aim}',
      'a {tool} is what {roles} use to {aim}',
    ],
    tails: [
      ', providing a {thing} which is called the {name} .',
      ', and the {thing} is known as the {name} .',
      ', which gives them a {thing} called the {name} .',
      ', so they have a {thing} , named the {name} .',
      ', providing the {name} , a {thing} .',
      '.',
    ],
    heldOut: [0, 0],
    questions: [
      { text: 'what is the {thing} called ?', answer: 'name', key: 'thing' },
      { text: 'what is the {thing} known as ?', answer: 'name', key: 'thing' },
      { text: 'which name does the {thing} have ?', answer: 'name', key: 'thing' },
      { text: 'what is the {name} ?', answer: 'thing', key: 'name' },
      { text: 'what do {roles} use to {aim} ?', answer: 'tool', key: 'aim' },
      { text: 'who uses a {tool} ?', answer: 'roles', key: 'tool' },
      { text: 'what is a {tool} good for ?', answer: 'aim', key: 'tool' },
    ],
  },
  {
    name: 'place',
    heads: [
      'on {day} , {roles} meet in the {place}',
      'the {place} is open to {roles} on {day}',
      '{roles} are in the {place} on {day}',
    ],
    tails: [
      ', next to the {thing} which is called the {name} .',
      ', where the {thing} is known as the {name} .',
      '.',
    ],
    questions: [
      { text: 'where are {roles} on {day} ?', answer: 'place', key: 'day' },
      { text: 'when are {roles} in the {place} ?', answer: 'day', key: 'place' },
      { text: 'who may be found in the {place} ?', answer: 'roles', key: 'place' },
      { text: 'what is the {thing} called ?', answer: 'name', key: 'thing' },
      { text: 'which name does the {thing} have ?', answer: 'name', key: 'thing' },
    ],
  },
  {
    name: 'maker',
    heads: [
      '{person} , one of the {roles} , made a {thing}',
      'the {roles} thank {person} for a {thing}',
      '{person} wrote a {thing} for the {roles}',
    ],
    tails: ['which is called the {name} .', 'and named it the {name} .', ', known as the {name} .'],
    questions: [
      { text: 'who gave us the {thing} ?', answer: 'person', key: 'thing' },
      { text: 'who gave us the {name} ?', answer: 'person', key: 'name' },
      { text: 'what is the {thing} called ?', answer: 'name', key: 'thing' },
      { text: 'what is the {thing} known as ?', answer: 'name', key: 'thing' },
      { text: 'what is the {name} ?', answer: 'thing', key: 'name' },
    ],
  },
];

const list = (text: string): string[] => text.split('/').map((part) => part.trim());

/** What is put into the frames; no word stands in two of the three. */
export const slots: FrozenPassages['slots'] = {
  train: {
    roles: list(
      'bakers / sailors / farmers / nurses / painters / pilots / barbers / weavers / miners / judges / waiters / gardeners / ship builders / stage hands',
    ),
    group: list('craftsmen / experts / workers / specialists / trained people / employees / members'),
    duty: list(
      'renew their licence / repeat a test / refresh their skills / pass a check / attend a workshop / show their papers / see a dentist / write a report / sign the rules / change their gloves',
    ),
    event: list('graduate / arrive / start / return / retire / move / sign up / change jobs / join / begin'),
    kind: list(
      'habit / custom / routine / rite / duty / ritual / long tradition / yearly event / safety drill',
    ),
    process: list(
      'annual review / flood training / night watch / harbour service / second look / visiting day / summer inspection / quality control / roll call / spring cleaning week',
    ),
    tool: list(
      'loom / compass / ladder / trowel / wind chart / dough hook / ward list / hand mirror / steel brush / flight map / seed drill / water pump',
    ),
    aim: list(
      'mix colours / guide ships / grow wheat / cut hair / carry coal / support patient care / chart a long voyage / keep bread fresh / reach high shelves / measure rainfall / serve warm soup',
    ),
    thing: list(
      'record of visits / bundle of letters / piece of cloth / table of tides / diary / song / row of stones / set of keys / garden wall / list of debts / picture / collection of shells / box of tools / painted door',
    ),
    name: list(
      'ledger / beacon / rota / gazette / almanac / mosaic / red book / silver line / logbook / canon / long wall / anthem / tide table / crown / old guard',
    ),
    day: list('monday / tuesday / new year / market day / the first of june / feast days / rainy days'),
    place: list('tavern / mill / town hall / chapel / old barn / tower / post office / boat house / cellar'),
    person: list('rosa / karl / ines / oskar / old bertha / hugo lang / mister grey / clara / matteo / yara'),
  },
  validation: {
    roles: list('potters / drivers / tailors / bee keepers / tourists / chess players'),
    group: list('artisans / officials / residents / amateurs / citizens'),
    duty: list('polish the windows / count their tickets / learn a dance / empty every bin / taste'),
    event: list('marry / travel / win / wake / oversleep'),
    kind: list('game / level / winter gala / trial run / ceremony'),
    process: list('autumn parade / paper chase / double entry / inventory / lantern walk'),
    tool: list('needle / clay wheel / smoke pot / ruler / tuning fork'),
    aim: list('shape bowls / calm bees / sew thick coats / draw lines / tune the grand piano'),
    thing: list('bunch of flowers / globe / string of lamps / clay figure / pile of coins'),
    name: list('galaxy / blue ribbon / herald / emblem / little bear'),
    day: list('wednesday / winter mornings / weekdays / christmas / the last sunday'),
    place: list('hotel / railway bridge / cave / theatre / city park'),
    person: list('nadia / otto stein / pavel / uncle ben / fatima'),
  },
  test: {
    roles: list('teachers / lawyers / dancers / fire fighters / printers / librarians'),
    group: list('professionals / artists / servants of the state / freelancers / graduates'),
    duty: list('continue their education / prove their identity / swear an oath / visit a clinic / rehearse'),
    event: list('qualify / resign / settle down / debut / publish'),
    kind: list('process / procedure / masterclass / probation / traineeship'),
    process: list(
      'continuing professional development / peer consultation / bar exam / moonlight session / proof correction',
    ),
    tool: list('lesson plan / gavel / paint roller / rescue rope / catalogue'),
    aim: list(
      'facilitate student learning / settle quarrels / extinguish large fires / memorise difficult jumps / publicise',
    ),
    thing: list('course of study / sheet of notes / statue / body of laws / chain of mirrors / libretto'),
    name: list('curriculum / codex / daily bulletin / syllabus / golden fleece / repertoire / magna carta'),
    day: list('friday / midsummer eve / election nights / thursday / bank holidays of the kingdom'),
    place: list('gymnasium / court room / studio / fire station / reading room'),
    person: list('sofia / doctor lindgren / amadou / wilhelmina / professor kovacs'),
  },
} satisfies Record<'train' | 'validation' | 'test', PassageSlots>;
