import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  NotebookError,
  notebookFault,
  parseNotebook,
  readNotebook,
  serializeNotebook,
  writeAtomically,
} from '../../../kernel/src/run/notebook.js';
import { code, notebookOf, temporaryFolder } from './support.js';

const raw = (cells: unknown[], more: object = {}) =>
  JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells, ...more });

test('ids are kept; missing and repeated ones are made from place and source, the same each time', () => {
  const cell = { cell_type: 'markdown', metadata: {}, source: ['a\n', 'b'] };
  const text = raw([{ ...cell, id: 'mine' }, cell, { ...cell, id: 'mine' }], { nbformat_minor: 2 });
  const [one, two] = [parseNotebook(text, 'x'), parseNotebook(text, 'x')];
  const ids = one.cells.map((entry) => entry.id);
  assert.equal(ids[0], 'mine');
  assert.equal(new Set(ids).size, 3);
  assert.deepEqual(
    ids,
    two.cells.map((entry) => entry.id),
  );
  assert.equal(one.nbformat_minor, 5);
  assert.equal(one.cells[1]?.source, 'a\nb');
});

test('what is no notebook is refused with what it is and what to do', () => {
  const cases: [string, RegExp][] = [
    ['', /an empty file.*Save it again/],
    ['hello', /expected JSON/],
    ['{"a": 1}', /no field "nbformat"/],
    ['[]', /no field "nbformat"/],
    [raw([], { nbformat: 3 }), /format 3; expected 4.*--nbformat 4/],
    [raw([], { nbformat: 5 }), /format 5.*newer Heed/],
    [raw([{ cell_type: 'magic' }]), /\/cells\/0\/cell_type/],
    [raw([{ cell_type: 'code', metadata: {}, source: '' }]), /\/cells\/0.*outputs/],
    [raw([{ cell_type: 'markdown', id: 'no spaces', metadata: {}, source: '' }]), /\/cells\/0\/id/],
    [JSON.stringify({ nbformat: 4, metadata: {} }), /cells/],
  ];
  for (const [text, pattern] of cases)
    assert.throws(
      () => parseNotebook(text, 'lesson.ipynb'),
      (error: Error) =>
        error instanceof NotebookError && /^lesson\.ipynb/.test(error.message) && pattern.test(error.message),
      text,
    );
});

test('a missing file and a folder are named', (t) => {
  const folder = temporaryFolder(t);
  assert.throws(() => readNotebook(join(folder, 'no.ipynb')), /no such file/);
  assert.throws(() => readNotebook(folder), /is a folder/);
});

test('writing and reading back gives the same notebook, and the text is stable', () => {
  const line = fc.string({ unit: fc.constantFrom('a', 'β', '\n', '\r', '"', '\\', ' ') });
  fc.assert(
    fc.property(fc.array(line, { minLength: 1 }), line, (sources, text) => {
      const notebook = notebookOf(sources.map((source) => code(source)));
      const [first] = notebook.cells;
      assert.ok(first?.cell_type === 'code');
      first.outputs = [
        { output_type: 'stream', name: 'stdout', text },
        {
          output_type: 'display_data',
          data: { 'text/html': text, 'image/png': 'QUJD', 'application/json': { b: [text], a: 1 } },
          metadata: {},
        },
        { output_type: 'error', ename: 'E', evalue: text, traceback: [text] },
      ];
      const written = serializeNotebook(notebook);
      const back = parseNotebook(written, 'x');
      assert.deepEqual(back, notebook);
      assert.equal(serializeNotebook(back), written);
    }),
    { seed: 7, numRuns: 100 },
  );
});

test("the text is laid out as Python's nbformat lays it out", () => {
  // nbformat 5.11.1: nbformat.writes(nbformat.v4.new_notebook(cells=[new_markdown_cell('a\nb', id='m')]))
  const expected =
    '{\n "cells": [\n  {\n   "cell_type": "markdown",\n   "id": "m",\n   "metadata": {},\n   "source": [\n    "a\\n",\n    "b"\n   ]\n  }\n ],\n "metadata": {},\n "nbformat": 4,\n "nbformat_minor": 5\n}';
  const cell = { cell_type: 'markdown' as const, id: 'm', metadata: {}, source: 'a\nb' };
  assert.equal(serializeNotebook(notebookOf([cell])), `${expected}\n`);
});

test('nothing invalid is written', () => {
  const notebook = notebookOf([{ ...code('1'), id: 'not valid!' }]);
  assert.match(notebookFault(notebook) ?? '', /pattern/);
  assert.throws(() => serializeNotebook(notebook), /Nothing was written/);
});

test('an atomic write replaces the file or leaves it whole', (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'deep', 'x.json');
  writeAtomically(path, 'one');
  writeAtomically(path, 'two');
  assert.equal(readFileSync(path, 'utf8'), 'two');
  assert.deepEqual(readdirSync(join(folder, 'deep')), ['x.json']);
  writeFileSync(join(folder, 'file'), '');
  assert.throws(() => writeAtomically(join(folder, 'deep'), 'over a folder'));
  assert.deepEqual(readdirSync(folder).sort(), ['deep', 'file'], 'the neighbour is gone');
});
