import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { decodeWav, readWavFolder } from 'heed';

interface Header {
  readonly tag?: number;
  readonly channels?: number;
  readonly rate?: number;
  readonly bits?: number;
  /** Bytes that the header promises; those of the data where not given. */
  readonly promised?: number;
}

/** A WAV file by hand, from the specification: RIFF, `fmt ` of 16 bytes, `data`. */
function wav(data: Uint8Array, header: Header = {}): Uint8Array {
  const { tag = 1, channels = 1, rate = 8000, bits = 16, promised = data.length } = header;
  const bytes = Buffer.alloc(44 + data.length);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(36 + promised, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(tag, 20);
  bytes.writeUInt16LE(channels, 22);
  bytes.writeUInt32LE(rate, 24);
  bytes.writeUInt32LE((rate * channels * bits) / 8, 28);
  bytes.writeUInt16LE((channels * bits) / 8, 32);
  bytes.writeUInt16LE(bits, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(promised, 40);
  bytes.set(data, 44);
  return bytes;
}
const ints = (...values: number[]) => new Uint8Array(Int16Array.from(values).buffer);

test('16-bit samples are divided by 2^15, 8-bit ones are unsigned, floats are themselves', async () => {
  const sixteen = await decodeWav(wav(ints(0, 16384, -32768)));
  assert.deepEqual([...sixteen.samples], [0, 0.5, -1]);
  assert.equal(sixteen.rate, 8000);
  const eight = await decodeWav(wav(Uint8Array.of(128, 192, 0), { bits: 8, rate: 11025 }));
  assert.deepEqual([...eight.samples], [0, 0.5, -1]);
  assert.equal(eight.rate, 11025);
  const floats = new Uint8Array(Float32Array.from([0.25, -0.75]).buffer);
  assert.deepEqual([...(await decodeWav(wav(floats, { tag: 3, bits: 32 }))).samples], [0.25, -0.75]);
});

test('what cannot be used says why and what to do', async () => {
  const good = ints(1, 2, 3, 4);
  const cases: [Uint8Array, RegExp][] = [
    [wav(good, { channels: 2 }), /call\.wav: expected one channel, got 2; mix them down: ffmpeg -i IN -ac 1/],
    [wav(good, { tag: 7, bits: 8 }), /format tag 1, PCM, or 3, float\), got tag 7, mu-law, .*compressed/],
    [wav(good, { tag: 85 }), /got tag 85, MP3/],
    [new Uint8Array(0), /call\.wav is empty \(0 bytes\)/],
    [wav(good.subarray(0, 0)), /holds no sample/],
    [wav(good, { promised: 100 }), /cut off: its header promises 100 bytes of samples, 8 are there/],
    [wav(good).subarray(0, 30), /call\.wav is not a whole WAV file/],
    [Buffer.from('ID3 this is music but no WAV file at all'), /call\.wav is not a whole WAV file/],
  ];
  for (const [bytes, message] of cases) await assert.rejects(decodeWav(bytes, 'call.wav'), message);
});

test('a folder is read in the order of names; one rate, at least one file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'heed-wav-'));
  try {
    await assert.rejects(readWavFolder(folder), /expected WAV files \(\*\.wav\), found none/);
    await writeFile(join(folder, 'b.wav'), wav(ints(2)));
    await writeFile(join(folder, 'a.WAV'), wav(ints(1)));
    await writeFile(join(folder, 'notes.txt'), 'no sound');
    const read = await readWavFolder(folder);
    assert.deepEqual(
      read.map(({ name }) => name),
      ['a', 'b'],
    );
    await writeFile(join(folder, 'c.wav'), wav(ints(3), { rate: 16000 }));
    await assert.rejects(
      readWavFolder(folder),
      /c\.wav: expected 8000 samples a second.*got 16000; resample/,
    );
    await assert.rejects(readWavFolder(join(folder, 'none')), /Cannot read the folder .*none/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
