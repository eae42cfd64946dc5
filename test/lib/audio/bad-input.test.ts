import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { decodeWav, framesWithin, logMel, readWav } from 'heed';

// The library's files are taken as they are, and broken where it says so.
const { WaveFile } = createRequire(import.meta.url)('wavefile');

function file(samples: readonly number[], bits = '16'): Uint8Array {
  const wave = new WaveFile();
  wave.fromScratch(1, 8000, bits, samples);
  return wave.toBuffer();
}

test('a float file may hold what is no number, and a header no rate', async () => {
  await assert.rejects(
    decodeWav(file([0.1, Number.NaN, 0.3], '32f'), 'n.wav'),
    /n.wav: sample 1 is NaN, not a number; record or convert it again/,
  );
  const silent = file([0, 1, 2]);
  new DataView(silent.buffer, silent.byteOffset).setUint32(24, 0, true);
  await assert.rejects(decodeWav(silent, 'r.wav'), /r.wav: its header says 0 samples a second/);
});

test('wherever a file is cut off, it is said', async () => {
  const whole = file(Array.from({ length: 50 }, (_, i) => i));
  for (let length = 0; length < whole.length; length++)
    await assert.rejects(
      decodeWav(whole.subarray(0, length), 'c.wav'),
      /c.wav (is empty|is not a whole WAV file|is cut off)/,
      `after ${length} of ${whole.length} bytes`,
    );
  assert.equal((await decodeWav(whole)).samples.length, 50);
});

test('frames and stretches that there are', () => {
  assert.throws(() => framesWithin([100, 50], 8000), /expected a stretch .* got \[100, 50\]/);
  assert.throws(() => framesWithin([Number.NaN, 50], 8000), /got \[NaN, 50\]/);
  assert.throws(
    () => logMel(new Float32Array(300), 8000),
    /gives 1 frame of 256 samples; at least 2 are needed/,
  );
});

test('one file is read as its bytes are, under its path', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'heed-'));
  const path = join(folder, 'a.wav');
  await writeFile(path, file([0, 8192, -16384]));
  assert.deepEqual(await readWav(path), { name: path, rate: 8000, samples: Float32Array.of(0, 0.25, -0.5) });
  await assert.rejects(readWav(join(folder, 'none.wav')), /Cannot read .*none.wav/);
  await rm(folder, { recursive: true });
});
