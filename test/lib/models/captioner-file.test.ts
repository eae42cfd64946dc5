import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import {
  type Captioner,
  caption,
  captionLoss,
  createRandom,
  disposeParams,
  initCaptioner,
  initTranslator,
  loadCaptioner,
  saveCaptioner,
  saveTranslator,
  useBackend,
} from 'heed';
import { batch, picture, tiny } from './tiny-captioner.js';

test('what was saved comes back with the same captions; other files are refused', async () => {
  await useBackend('wasm');
  const folder = await mkdtemp(path.join(tmpdir(), 'heed-captioner-'));
  try {
    const file = path.join(folder, 'captioner.safetensors');
    const captioner = initCaptioner(createRandom(8), { ...tiny, look: 'hard' });
    // Running averages of batch norm are part of it.
    tf.tidy(() => captionLoss(captioner, batch));
    await saveCaptioner(file, captioner, { words: ['a', 'circle'] });
    const before = tf.memory().numTensors;
    const { captioner: loaded, extra } = await loadCaptioner(file, { vocab: 9, size: 12, depth: 1 });
    assert.deepEqual(loaded.config, captioner.config);
    assert.deepEqual(extra, { words: ['a', 'circle'] });
    const answers = (of: Captioner) => caption(of, [picture(30), picture(31)], { maxLength: 5 });
    assert.deepEqual(answers(loaded), answers(captioner));
    disposeParams(loaded.params);
    assert.equal(tf.memory().numTensors, before);
    await assert.rejects(loadCaptioner(file, { vocab: 10 }), /expected a captioner with vocab 10, got 9/);
    await assert.rejects(loadCaptioner(path.join(folder, 'none.safetensors')), /none\.safetensors/);
    const other = path.join(folder, 'translator.safetensors');
    await saveTranslator(
      other,
      initTranslator(createRandom(1), {
        sourceVocab: 5,
        targetVocab: 5,
        embedding: 2,
        units: 2,
        attention: 2,
      }),
    );
    await assert.rejects(loadCaptioner(other), /expected the checkpoint of a captioner, got "translator"/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
