import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRandom, loadSignalWords, type SignalText, zipf } from 'heed';

const frozen = JSON.parse(
  readFileSync(new URL('../../../datasets/signal-words/signal-words.json', import.meta.url), 'utf8'),
);
const task = loadSignalWords(frozen);
const topicOf = new Map(task.topics.flatMap((topic) => task.signalsOf(topic).map((word) => [word, topic])));
const places = ({ words }: SignalText) => [...words.keys()].filter((at) => topicOf.has(words[at]!));
const sorted = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b);

test('the signal words of a text are those that decide, all of its topic; without a topic there is none', () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 3 }), (seed, signals) => {
      for (const text of task.sample(createRandom(seed), 12, { signals })) {
        assert.deepEqual(places(text), text.deciding);
        assert.equal(text.deciding.length, text.label === 5 ? 0 : signals);
        for (const at of text.deciding) assert.equal(topicOf.get(text.words[at]!), task.topics[text.label]);
        assert.ok(text.words.length >= 40 && text.words.length <= 60);
        assert.equal(text.words.at(-1), '.');
      }
    }),
    { numRuns: 20 },
  );
});

test('marked: one marker, the signal word after it decides, the decoys are of other topics', () => {
  for (const text of task.sample(createRandom(1), 300, { counts: 'marked' })) {
    const markers = [...text.words.keys()].filter((at) => text.words[at] === task.marker);
    assert.equal(markers.length, 1);
    assert.deepEqual(places(text), sorted([...text.deciding, ...text.decoys]));
    assert.equal(text.decoys.length, text.label === 5 ? 3 : 2);
    if (text.label < 5) assert.deepEqual(text.deciding, [markers[0]! + 1]);
    else assert.ok(!topicOf.has(text.words[markers[0]! + 1]!));
    for (const at of text.decoys) assert.notEqual(topicOf.get(text.words[at]!), task.topics[text.label]);
  }
});

test('lengths are as asked, from very short to very long', () => {
  for (const length of [9, 12, 40, 640]) {
    for (const { words } of task.sample(createRandom(2), 20, { length })) assert.equal(words.length, length);
  }
  const lengths = new Set(task.sample(createRandom(3), 600).map(({ words }) => words.length));
  assert.deepEqual(
    sorted([...lengths]),
    Array.from({ length: 21 }, (_, i) => 40 + i),
  );
});

test('no clause stands in two splits, whatever signal word is put into it', () => {
  // A clause without its things and adjectives, as the split is made of it.
  const open = new Set([...frozen.slots.thing, ...frozen.slots.adjective, ...topicOf.keys(), task.marker]);
  const frames = (split: 'train' | 'test') =>
    new Set(
      task
        .sample(createRandom(4), 500, { split })
        .flatMap(({ words }) => words.join(' ').split(/ (?:\. then|\.|, and|, but|while|because)(?: |$)/))
        .filter((clause) => clause !== '')
        .map((clause) =>
          clause
            .split(' ')
            .map((word) => (open.has(word) ? '_' : word))
            .join(' '),
        ),
    );
  const train = frames('train');
  const test = [...frames('test')];
  assert.ok(test.length > 500);
  assert.deepEqual(
    test.filter((frame) => train.has(frame)),
    [],
  );
});

test('classes: five with noSignal false; in a fixed set they come in turn, and it is the same every time', () => {
  const five = task.sample(createRandom(5), 200, { noSignal: false });
  assert.deepEqual(sorted([...new Set(five.map(({ label }) => label))]), [0, 1, 2, 3, 4]);
  const fixed = task.fixedSet(12);
  assert.deepEqual(
    fixed.map(({ label }) => label),
    [0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5],
  );
  assert.deepEqual(task.fixedSet(12), fixed);
  assert.deepEqual(task.sample(createRandom(6), 5), task.sample(createRandom(6), 5));
  assert.deepEqual(task.classes, [...task.topics, 'none']);
});

test('Zipf: the share of a word falls as 1 / rank', () => {
  const random = createRandom(7);
  const draw = zipf(['a', 'b', 'c', 'd']);
  const counts: Record<string, number> = { a: 0, b: 0, c: 0, d: 0 };
  const draws = 20_000;
  for (let n = 0; n < draws; n++) counts[draw(random)]!++;
  const whole = 1 + 1 / 2 + 1 / 3 + 1 / 4;
  Object.values(counts).forEach((count, rank) => {
    const share = 1 / (rank + 1) / whole;
    const deviation = Math.sqrt((share * (1 - share)) / draws);
    assert.ok(Math.abs(count / draws - share) < 4 * deviation, `${rank}: ${count / draws} for ${share}`);
  });
});

test('what cannot be made is refused, with what was expected', () => {
  const random = createRandom(8);
  assert.throws(
    () => loadSignalWords({ ...frozen, name: 'phrases' }),
    /expected name "signal-words", version 1, got "phrases"/,
  );
  assert.throws(() => task.text(random, 6), /No class 6: expected 0 \.\.\. 5/);
  assert.throws(() => task.text(random, 5, { noSignal: false }), /No class 5: expected 0 \.\.\. 4/);
  assert.throws(() => task.sample(random, 1, { length: 4 }), /A text has 5 words or more/);
  assert.throws(() => task.sample(random, 1, { length: [60, 40] }), /the fewest first, got \[60,40\]/);
  assert.throws(() => task.text(random, 0, { length: 5, signals: 4 }), /no room for 4 signal words/);
  assert.throws(() => task.text(random, 0, { signals: 0 }), /signals: expected a whole number above 0/);
  assert.throws(() => task.text(random, 0, { counts: 'marked', signals: 2 }), /expected signals 1, got 2/);
  assert.throws(() => task.text(random, 0, { counts: 'marked', decoys: -1 }), /decoys/);
  assert.throws(() => task.signalsOf('love'), /No topic "love": there are weather/);
  assert.throws(() => task.fixedSet(0), /fixed set of 0/);
  assert.throws(() => task.encode(['the', 'zeppelin']), /zeppelin/);
  assert.equal(task.encode(['zeppelin'], { unknown: 'id' }).length, 1);
});
