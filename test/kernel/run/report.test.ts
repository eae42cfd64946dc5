import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JSDOM } from 'jsdom';
import { jsonReport, junitReport } from '../../../kernel/src/run/report.js';
import type { NotebookResult } from '../../../kernel/src/run/run.js';

const claim = { name: 'loss < 1 & "falls"', value: 2, bound: 1, holds: false };
const cell = { seconds: 0.1234567, message: '', claims: [] };
const results: NotebookResult[] = [
  {
    path: 'a.ipynb',
    kernel: 'heed',
    passed: false,
    seconds: 1,
    written: [],
    cells: [
      { ...cell, id: 'one', number: 1, status: 'ok', claims: [{ ...claim, holds: true }] },
      { ...cell, id: 'two', number: 2, status: 'claim', message: 'it <fails>', claims: [claim] },
      { ...cell, id: 'three', number: 3, status: 'error', message: '\u001b[31mred\u001b[0m \u0000 ]]>' },
      { ...cell, id: 'four', number: 4, status: 'not run', message: 'a cell before it failed' },
      { ...cell, id: 'five', number: 5, status: 'skipped' },
    ],
  },
  {
    path: 'b.ipynb',
    kernel: 'heed',
    passed: false,
    error: 'b.ipynb: no such file',
    seconds: 0,
    written: [],
    cells: [],
  },
];

test('JUnit: well-formed, a test case a cell and a claim, and a failure is never a pass', () => {
  const { window } = new JSDOM(junitReport(results), { contentType: 'text/xml' });
  const { document } = window;
  const kinds = [...document.querySelectorAll('testcase')].map((test) => [
    test.getAttribute('name'),
    test.firstElementChild?.tagName ?? 'passed',
  ]);
  assert.deepEqual(kinds, [
    ['cell 1 (one)', 'passed'],
    ['cell 1 claim: loss < 1 & "falls"', 'passed'],
    ['cell 2 (two)', 'failure'],
    ['cell 2 claim: loss < 1 & "falls"', 'failure'],
    ['cell 3 (three)', 'failure'],
    ['cell 4 (four)', 'error'],
    ['cell 5 (five)', 'skipped'],
    ['notebook', 'error'],
  ]);
  assert.equal(
    document.querySelector('testcase[name^="cell 3"] failure')?.getAttribute('message'),
    'red  ]]>',
  );
  assert.deepEqual(
    [...document.querySelectorAll('testsuite')].map((suite) => suite.getAttribute('tests')),
    ['7', '1'],
  );
});

test('JSON says the same', () => {
  const report = JSON.parse(jsonReport(results));
  assert.equal(report.passed, false);
  assert.deepEqual(
    report.notebooks[0].cells.map((entry: { status: string }) => entry.status),
    ['ok', 'claim', 'error', 'not run', 'skipped'],
  );
  assert.deepEqual(report.notebooks[0].cells[1].claims, [claim]);
  assert.equal(report.notebooks[1].error, 'b.ipynb: no such file');
});
