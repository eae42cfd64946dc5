import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bestBaselines, choiceOutcomes, lessonCase, scoreFunctionMoments, tableRow } from 'heed';
import { mean } from '../../../../lib/src/attention/hard/oracle/outcomes.js';

test('the best baseline of each component is the bottom of its own parabola, for one and two positions', () => {
  for (const count of [1, 2]) {
    for (const row of lessonCase()) {
      const outcomes = choiceOutcomes(row, count);
      for (const [j, best] of bestBaselines(outcomes).entries()) {
        const second = (b: number) =>
          mean(outcomes, ({ loss, direction }) => ((loss - b) * direction[j]!) ** 2);
        assert.ok(second(best) < second(best + 1e-3) && second(best) < second(best - 1e-3), `component ${j}`);
      }
    }
  }
});

test('no one baseline for all components is quieter', () => {
  const settings = { samples: 1 } as const;
  const rows = lessonCase();
  const each = scoreFunctionMoments(rows, { ...settings, baseline: 'optimal per component' }).variance;
  const one = scoreFunctionMoments(rows, { ...settings, baseline: 'optimal' }).variance;
  assert.ok(each < one, `${each} against ${one}`);
});

test('where a component never moves the expected loss is as good as any', () => {
  const row = tableRow({ scores: [0, 0, 5], mask: [1, 1, 0], losses: [1, 3, 9] });
  assert.deepEqual(bestBaselines(choiceOutcomes(row)), [2, 2, 2]);
});
