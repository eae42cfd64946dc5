import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { answerStories, loadMemoryReader, saveMemoryReader, saveParams } from 'heed';
import { onEngines } from '../support/engines.js';
import { reader, stories } from './memory-stories.js';

onEngines('a saved reader answers as before; another file is refused', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'heed-reader-'));
  try {
    const made = reader({ hops: 3 });
    const file = path.join(folder, 'reader.safetensors');
    await saveMemoryReader(file, made, { seed: 1 });
    const loaded = await loadMemoryReader(file);
    assert.deepEqual(loaded.extra, { seed: 1 });
    assert.deepEqual(loaded.reader.config, made.config);
    assert.deepEqual(answerStories(loaded.reader, stories), answerStories(made, stories));
    const other = path.join(folder, 'other.safetensors');
    await saveParams(other, made.params, { model: 'translator' });
    const before = tf.memory().numTensors;
    await assert.rejects(
      loadMemoryReader(other),
      /expected the checkpoint of a memory reader, got "translator"/,
    );
    await writeFile(file, readFileSync(file).subarray(0, 200));
    await assert.rejects(loadMemoryReader(file), /reader\.safetensors/);
    assert.equal(tf.memory().numTensors, before);
  } finally {
    await rm(folder, { recursive: true });
  }
});
