import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  editDistance,
  nearest,
  numberOption,
  readArguments,
  takeParameters,
  UsageError,
} from '../../../kernel/src/cli/arguments.js';

test('the distance of words, by hand', () => {
  const cases: [string, string, number][] = [
    ['', '', 0],
    ['abc', '', 3],
    ['timeout', 'timout', 1],
    ['run', 'rnu', 2],
    ['kitten', 'sitting', 3],
  ];
  for (const [one, other, distance] of cases) {
    assert.equal(editDistance(one, other), distance);
    assert.equal(editDistance(other, one), distance);
  }
});

test('a near word is guessed, a far one is not', () => {
  assert.equal(nearest('chekc', ['run', 'check']), 'check');
  assert.equal(nearest('zzzzzz', ['run', 'check']), undefined);
  assert.equal(nearest('x', []), undefined);
});

test('an unknown option names the near one', () => {
  const options = { timeout: { type: 'string' }, write: { type: 'boolean' } } as const;
  assert.throws(
    () => readArguments('run', ['--timout', '3'], options),
    /no option --timout\. Did you mean --timeout\?/,
  );
  assert.throws(() => readArguments('run', ['-z'], options), /no option -z\./);
  assert.throws(() => readArguments('run', ['--timeout'], options), UsageError);
  const { values, positionals } = readArguments('run', ['a', '--timeout=3', 'b', '--write'], options);
  assert.deepEqual([{ ...values }, positionals], [{ timeout: '3', write: true }, ['a', 'b']]);
});

test('numbers are numbers within their bounds', () => {
  assert.equal(numberOption('jobs', '2', { min: 1, integer: true }), 2);
  assert.equal(numberOption('jobs', undefined, { min: 1 }), undefined);
  for (const text of ['', ' ', 'x', '0', '1.5', 'Infinity', '9'])
    assert.throws(
      () => numberOption('jobs', text, { min: 1, max: 8, integer: true }),
      /--jobs wants a whole number from 1 to 8/,
      text,
    );
});

test('parameters are pairs and may look like options', () => {
  assert.deepEqual(takeParameters(['a', '-p', 'x', '-3', '--write', '-p', 'y', 'b']), {
    rest: ['a', '--write'],
    parameters: [
      ['x', '-3'],
      ['y', 'b'],
    ],
  });
  assert.throws(() => takeParameters(['-p', 'x']), /-p wants a name and a value/);
});
