import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import {
  askedStories,
  createRandom,
  type FrozenStories,
  loadStories,
  readStories,
  type Split,
  STORY_TASKS,
  storyWords,
  writeStories,
} from 'heed';
import { solveStory } from './stories-solver.js';

const frozen = JSON.parse(
  readFileSync(new URL('../../../datasets/stories/stories.json', import.meta.url), 'utf8'),
) as FrozenStories;
const stories = loadStories(frozen);

/** Two stories in the format of the bAbI files, with a blank before the tab as they have it. */
const lines = [
  '1 Rosa moved to the cellar.',
  '2 Karl went to the roof.',
  '3 Where is Rosa? \tcellar\t1',
  '4 Rosa picked up the ball there.',
  '5 Rosa went back to the roof.',
  '6 Where is the ball? \troof\t4 5',
  '1 Karl moved to the yard.',
  '2 How many things has Karl? \tnone\t',
];

test('a file is read: numbers of lines become places of sentences, questions are not counted', async () => {
  const [first, second, ...more] = await readStories(lines);
  assert.deepEqual(more, []);
  assert.equal(first!.sentences.length, 4);
  assert.deepEqual(first!.questions, [
    { question: 'Where is Rosa?', answer: 'cellar', after: 2, facts: [0] },
    { question: 'Where is the ball?', answer: 'roof', after: 4, facts: [2, 3] },
  ]);
  assert.deepEqual(second!.questions[0]!.facts, []);
  assert.deepEqual(askedStories(first!)[0], {
    sentences: ['Rosa moved to the cellar.', 'Karl went to the roof.'],
    question: 'Where is Rosa?',
    answer: 'cellar',
    facts: [0],
  });
});

test('what is written is what was read, from a path, plain or gzip, with either line end', async () => {
  const text = writeStories(await readStories(lines));
  assert.deepEqual(text.slice(0, -1).split('\n'), lines);
  const folder = await mkdtemp(path.join(tmpdir(), 'heed-stories-'));
  try {
    const expected = await readStories(lines);
    for (const [name, bytes] of [
      ['plain.txt', text],
      ['windows.txt', text.replaceAll('\n', '\r\n')],
      ['packed.txt.gz', gzipSync(text)],
    ] as const) {
      await writeFile(path.join(folder, name), bytes);
      assert.deepEqual(await readStories(path.join(folder, name)), expected, name);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('own stories come back from the format as they were', async () => {
  for (const task of STORY_TASKS) {
    const told = stories.sample(createRandom(task), 20, { task });
    assert.deepEqual(await readStories(writeStories(told).split('\n')), told, task);
  }
});

test('a file that is none says in which line and why', async () => {
  const wrong: [string[], RegExp][] = [
    [[], /stories: there is no story/],
    [['Rosa moved.'], /line 1: expected a number, a blank and a text/],
    [['2 Rosa moved.'], /line 1: expected number 1/],
    [['1 Rosa moved.', '3 Karl moved.'], /line 2: expected number 2, or 1 for a new story; got 3/],
    [['1 Where is Rosa?\tcellar\t1'], /line 1: "Where is Rosa\?" is asked before any sentence/],
    [['1 Rosa moved.', '2 Where is Rosa?\t'], /line 2: a question needs an answer/],
    [['1 Rosa moved.', '2 Where is Rosa?\tcellar\t7'], /line 2: fact 7 is no sentence before/],
    [['1 Rosa moved.', '2 Where is Rosa?\tcellar\t2'], /line 2: fact 2 is no sentence before/],
  ];
  for (const [given, message] of wrong) await assert.rejects(readStories(given), message);
  await assert.rejects(readStories('no/such/file.txt'), /no\/such\/file\.txt/);
  const one = { sentences: ['a'], questions: [{ question: 'b', answer: 'c', after: 2, facts: [] }] };
  assert.throws(() => writeStories([one]), /comes after 2 of 1 sentences/);
  assert.throws(() => writeStories([{ sentences: ['a\tb'], questions: [] }]), /one line without tabs/);
});

const folder = process.env.HEED_BABI;
test('the bAbI files 1 and 2 are read whole', {
  skip: folder
    ? false
    : 'set HEED_BABI to a folder with qa1_*_train.txt.gz and qa2_*_train.txt.gz of 10,000 questions each',
}, async () => {
  for (const [name, count] of [
    ['qa1_single-supporting-fact_train.txt.gz', 1],
    ['qa2_two-supporting-facts_train.txt.gz', 2],
  ] as const) {
    const all = (await readStories(path.join(folder!, name))).flatMap(askedStories);
    assert.equal(all.length, 10_000);
    for (const { sentences, facts, answer } of all) {
      assert.equal(facts.length, count);
      assert.ok(
        facts.some((fact) => storyWords(sentences[fact]!).includes(answer)),
        'a fact holds the answer',
      );
    }
  }
});

for (const task of STORY_TASKS) {
  test(`${task}: a solver that reads the sentences alone finds every answer and its facts`, () => {
    const asked = stories.questions(createRandom(`solve ${task}`), 1000, { task });
    for (const { sentences, question, answer, facts } of asked) {
      const solved = solveStory(frozen, sentences, question);
      assert.equal(solved.answer, answer, `${sentences.join(' ')} ${question}`);
      assert.deepEqual([...solved.facts].sort(), [...facts].sort(), question);
    }
    const answers = new Set(asked.map(({ answer }) => answer));
    assert.deepEqual(
      [...answers].filter((answer) => !stories.answers(task).includes(answer)),
      [],
    );
    // Fewer things than all are seldom held by one person, so the largest number may be missing.
    assert.ok(answers.size >= stories.answers(task).length - 1);
  });
}

test('between two sentences in which a person handles a thing, the person goes somewhere or another handles it', () => {
  let pairs = 0;
  for (const { sentences } of stories.sample(createRandom('twice'), 500, { task: 'two-facts' })) {
    for (const thing of stories.things) {
      const handled = sentences.flatMap((sentence, at) => (storyWords(sentence).includes(thing) ? [at] : []));
      for (const [n, at] of handled.entries()) {
        const before = handled[n - 1];
        const person = sentences[at]!.split(' ')[0]!;
        if (before === undefined || !sentences[before]!.startsWith(person)) continue;
        pairs++;
        const between = sentences.slice(before + 1, at).filter((sentence) => sentence.startsWith(person));
        assert.ok(
          between.some((sentence) => stories.places.some((place) => sentence.includes(place))),
          sentences.join(' '),
        );
      }
    }
  }
  assert.ok(pairs > 100, `${pairs}`);
});

test('splits share no story, a seed gives the same stories, and all their words are known', () => {
  const of = (split: Split) =>
    stories.sample(createRandom(1), 200, { task: 'one-fact', split }).map((story) => writeStories([story]));
  const [trained, validation, tested] = [of('train'), of('validation'), of('test')];
  assert.equal(new Set([...trained, ...validation, ...tested]).size, 600);
  assert.deepEqual(of('test'), tested);
  const words = STORY_TASKS.flatMap((task) => stories.questions(createRandom(2), 300, { task })).flatMap(
    ({ sentences, question }) => [...sentences, question].flatMap(storyWords),
  );
  const strange = [...new Set(words)].filter((word) => !stories.vocabulary.tokens.includes(word));
  assert.deepEqual(strange, []);
});

test('what cannot be drawn is an error', () => {
  const random = createRandom(0);
  assert.throws(
    () => loadStories({ ...frozen, version: 2 }),
    /Not the stories task.*version 1, got "stories", 2/,
  );
  assert.throws(() => stories.sample(random, 0, { task: 'one-fact' }), /sample of 0/);
  assert.throws(() => stories.sample(random, 1, { task: 'three' as 'one-fact' }), /"three".*one-fact/);
  assert.throws(() => stories.sample(random, 1, { task: 'one-fact', split: 'x' as 'test' }), /No split "x"/);
});
