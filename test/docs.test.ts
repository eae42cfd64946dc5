import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import * as heed from 'heed';

const page = readFileSync(resolve(import.meta.dirname, '../docs/models.md'), 'utf8');

/** What stands in code and is a bare name: options are written with a value, files with a slash or a dot. */
const names = new Set(
  [...page.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!).filter((code) => /^[a-zA-Z]\w+$/.test(code)),
);
/** Names of what is no value of the library: the package, and fields of its options and results. */
const OTHERS = new Set(['heed', 'learningRate']);

test('every function that the page of models names is exported', () => {
  assert.ok(names.size > 90, `${names.size} names were found`);
  const missing = [...names].filter((name) => !OTHERS.has(name) && !(name in heed));
  assert.deepEqual(missing, []);
});

/** Beginnings of what the page should name: whoever adds a model, a task or a figure adds its row. */
const PAGED =
  /^(init[A-Z]\w+(Reader|Classifier|Captioner|Transformer)|load(Stories|Passages|Actions|Tones|SignalWords|Digits)|draw[A-Z]\w*s|pointing\w+)$/;

test('every reader, classifier and task of these lessons is named', () => {
  const left = Object.keys(heed).filter((name) => PAGED.test(name) && !names.has(name));
  assert.deepEqual(left, []);
});
