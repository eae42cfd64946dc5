import assert from 'node:assert/strict';
import { test } from 'node:test';
import { machinePathsRemover, mapOutputText } from '../../../kernel/src/run/paths.js';

const hide = machinePathsRemover('/home/ada/course/notebooks', {
  root: '/home/ada/course',
  home: '/home/ada',
});

test('paths become relative to the notebook, the longest known first', () => {
  const cases: [string, string][] = [
    ['at /home/ada/course/notebooks/x.ts:3:1', 'at ./x.ts:3:1'],
    ['at /home/ada/course/lib/src/y.ts', 'at ../lib/src/y.ts'],
    ['file:///home/ada/course/notebooks/x.ts', './x.ts'],
    ['/home/ada/.cache', '~/.cache'],
    ['cwd: /home/ada/course/notebooks', 'cwd: .'],
    ['(/home/ada/course/node_modules/tslab/dist/x.js:1)', '(../node_modules/tslab/dist/x.js:1)'],
    ['(/opt/app/node_modules/tslab/dist/x.js:1)', '(node_modules/tslab/dist/x.js:1)'],
  ];
  for (const [text, expected] of cases) assert.equal(hide(text), expected);
});

test('what only looks like one of them is left alone', () => {
  for (const text of [
    '/home/ada2/x',
    'x/home/ada/y',
    '/home/ada-lovelace',
    '1/2',
    'https://example.org/home/ada',
  ])
    assert.equal(hide(text), text);
});

test('a home that is the root of the disk hides nothing', () => {
  assert.equal(
    machinePathsRemover('/', { root: '/', home: '/' })('/etc/hosts and a / b'),
    '/etc/hosts and a / b',
  );
});

test('texts in all outputs are rewritten, pictures are not', () => {
  const data = {
    'text/plain': '/home/ada/a',
    'image/png': '/home/ada/',
    'application/json': { deep: ['/home/ada/b'] },
  };
  assert.deepEqual(mapOutputText({ output_type: 'display_data', data, metadata: {} }, hide), {
    output_type: 'display_data',
    data: { 'text/plain': '~/a', 'image/png': '/home/ada/', 'application/json': { deep: ['~/b'] } },
    metadata: {},
  });
  const error = {
    output_type: 'error' as const,
    ename: 'E',
    evalue: '/home/ada/c',
    traceback: ['/home/ada/d'],
  };
  assert.deepEqual(mapOutputText(error, hide), { ...error, evalue: '~/c', traceback: ['~/d'] });
});
