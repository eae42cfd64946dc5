import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normaliseText } from '../../../lib/src/text/normalise.js';

test('one spelling: case, composition, spaces, invisible marks', () => {
  assert.equal(normaliseText('  7\u00a0 Março\u202f2031\u200f '), '7 março 2031');
  assert.equal(normaliseText('Marc\u0327o'), 'março');
  assert.equal(normaliseText('MAYIS'), 'mayis');
  assert.equal(normaliseText('MAYIS', 'tr'), 'mayıs');
  assert.equal(normaliseText(''), '');
});

test('normalising twice changes nothing', () => {
  for (const text of ['Ἰανουαρίου', 'İ', 'ẞ', 'a\tb\n c', '\u212b']) {
    assert.equal(normaliseText(normaliseText(text)), normaliseText(text));
  }
});
