import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ADDING_CHANCE,
  addingProblem,
  COPY_BLANK,
  COPY_GO,
  COPY_LENGTH,
  COPY_SYMBOLS,
  copyMemory,
  copyMemoryChance,
  createRandom,
  delayedRecall,
  TEMPORAL_ORDER_CHANCE,
  temporalOrder,
} from 'heed';

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

test('adding: two marks, one in each half, and their sum as the target', () => {
  for (const time of [2, 3, 50]) {
    const { inputs, targets, places } = addingProblem(createRandom(1), { batch: 40, time });
    for (let b = 0; b < 40; b++) {
      const marked: number[] = [];
      let sum = 0;
      for (let t = 0; t < time; t++) {
        const [value, mark] = [inputs[(b * time + t) * 2], inputs[(b * time + t) * 2 + 1]];
        assert.ok(value >= 0 && value <= 1 && (mark === 0 || mark === 1));
        if (mark === 1) {
          marked.push(t);
          sum += value;
        }
      }
      assert.deepEqual(marked, [...places[b]]);
      assert.ok(marked[0] < Math.floor(time / 2) && marked[1] >= Math.floor(time / 2));
      assert.ok(Math.abs(targets[b] - sum) < 1e-6);
    }
  }
});

test('adding: always saying 1 costs 1/6, and no constant is better', () => {
  const batch = 40_000;
  const { targets } = addingProblem(createRandom(2), { batch, time: 2 });
  const cost = (answer: number) => mean([...targets].map((target) => (target - answer) ** 2));
  // The squared error has standard deviation sqrt(E(x^4) - 1/36) = sqrt(1/15 - 1/36) = 0.197: four standard errors.
  assert.ok(Math.abs(cost(1) - ADDING_CHANCE) < (4 * 0.197) / Math.sqrt(batch), `${cost(1)}`);
  assert.ok(cost(0.95) > cost(1) && cost(1.05) > cost(1));
});

test('copy memory: the target is the first ten tokens at the last ten places', () => {
  for (const delay of [1, 2, 100]) {
    const { tokens, targets, time } = copyMemory(createRandom(3), { batch: 5, delay });
    assert.equal(time, delay + 20);
    for (let b = 0; b < 5; b++) {
      const row = [...tokens.subarray(b * time, (b + 1) * time)];
      const wanted = [...targets.subarray(b * time, (b + 1) * time)];
      assert.ok(row.slice(0, COPY_LENGTH).every((token) => token >= 1 && token <= COPY_SYMBOLS));
      assert.deepEqual(row.indexOf(COPY_GO), COPY_LENGTH + delay - 1);
      assert.deepEqual(row.filter((token) => token === COPY_BLANK).length, delay - 1 + COPY_LENGTH);
      assert.deepEqual(wanted.slice(-COPY_LENGTH), row.slice(0, COPY_LENGTH));
      assert.ok(wanted.slice(0, -COPY_LENGTH).every((token) => token === COPY_BLANK));
    }
  }
});

test('copy memory: the chance level is the cost of being sure of blanks and uniform over symbols', () => {
  const delay = 7;
  const { targets, time } = copyMemory(createRandom(4), { batch: 3, delay });
  const costs = [...targets].map((_, i) => (i % time < time - COPY_LENGTH ? 0 : -Math.log(1 / COPY_SYMBOLS)));
  assert.ok(Math.abs(mean(costs) - copyMemoryChance(delay)) < 1e-12);
  assert.ok(Math.abs(copyMemoryChance(100) - (10 * Math.log(8)) / 120) < 1e-15);
});

test('temporal order: the class follows from the two marks, and the classes are equally likely', () => {
  const batch = 4000;
  const { tokens, targets, time } = temporalOrder(createRandom(5), { batch, time: 30 });
  const counts = [0, 0, 0, 0];
  for (let b = 0; b < batch; b++) {
    const marks = [...tokens.subarray(b * time, (b + 1) * time)].filter(
      (token) => token === 2 || token === 3,
    );
    assert.equal(marks.length, 2);
    assert.equal(targets[b], 2 * (marks[0] - 2) + (marks[1] - 2));
    counts[targets[b]]++;
  }
  const deviation = Math.sqrt((TEMPORAL_ORDER_CHANCE * (1 - TEMPORAL_ORDER_CHANCE)) / batch);
  for (const count of counts) assert.ok(Math.abs(count / batch - TEMPORAL_ORDER_CHANCE) < 4 * deviation);
});

test('delayed recall: the first token is the answer and occurs nowhere else', () => {
  for (const delay of [0, 1, 20]) {
    const { tokens, targets, time, vocabulary } = delayedRecall(createRandom(6), {
      batch: 9,
      delay,
      symbols: 5,
    });
    for (let b = 0; b < 9; b++) {
      const row = [...tokens.subarray(b * time, (b + 1) * time)];
      assert.equal(row[0], targets[b]);
      assert.ok(row.slice(1).every((token) => token >= 5 && token < vocabulary));
      assert.equal(row.at(-1), vocabulary - 1);
    }
  }
});

test('every task repeats with its seed', () => {
  for (const make of [
    (seed: number) => addingProblem(createRandom(seed), { batch: 3, time: 9 }).inputs,
    (seed: number) => copyMemory(createRandom(seed), { batch: 3, delay: 9 }).tokens,
    (seed: number) => temporalOrder(createRandom(seed), { batch: 3, time: 12 }).tokens,
    (seed: number) => delayedRecall(createRandom(seed), { batch: 3, delay: 9 }).tokens,
  ]) {
    assert.deepEqual(make(7), make(7));
    assert.notDeepEqual(make(7), make(8));
  }
});

test('impossible sizes are refused by name', () => {
  const random = createRandom(0);
  assert.throws(
    () => addingProblem(random, { batch: 1, time: 1 }),
    /addingProblem: time .* at least 2, got 1/,
  );
  assert.throws(() => copyMemory(random, { batch: 1, delay: 0 }), /copyMemory: delay .* at least 1, got 0/);
  assert.throws(() => temporalOrder(random, { batch: 0, time: 20 }), /temporalOrder: batch/);
  assert.throws(() => delayedRecall(random, { batch: 1, delay: 3, symbols: 1 }), /symbols/);
});
