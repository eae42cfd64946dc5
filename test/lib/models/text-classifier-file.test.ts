import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import { classifyTexts, disposeParams, loadTextClassifier, saveTextClassifier, useBackend } from 'heed';
import { make, texts } from './small-classifier.js';

before(() => useBackend());

test('saved and loaded: the same answers; another model is refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'heed-'));
  try {
    const path = join(folder, 'reader.safetensors');
    const reader = make({ reading: 'hard', keys: 'window', valueUnits: 3 });
    await saveTextClassifier(path, reader, { words: ['a'] });
    const { classifier, extra } = await loadTextClassifier(path, { vocab: 12, reading: 'hard' });
    assert.deepEqual(extra, { words: ['a'] });
    assert.deepEqual(classifier.config, reader.config);
    assert.deepEqual(classifyTexts(classifier, texts), classifyTexts(reader, texts));
    const tensors = tf.memory().numTensors;
    await assert.rejects(
      loadTextClassifier(path, { vocab: 13 }),
      /expected a text classifier with vocab 13, got 12/,
    );
    await assert.rejects(loadTextClassifier(join(folder, 'none')), /none/);
    assert.equal(tf.memory().numTensors, tensors);
    disposeParams([reader.params, classifier.params]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
