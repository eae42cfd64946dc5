import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import {
  decodeSafetensors,
  encodeSafetensors,
  loadParams,
  readCheckpoint,
  saveParams,
  type TensorData,
  useBackend,
} from 'heed';

/** A file written by hand from the format's description. */
function file(header: string, body: number[]): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + body.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(body, 8 + text.length);
  return bytes;
}

test("the layout is the format's: length, sorted header padded to 8, data", () => {
  const bytes = encodeSafetensors(
    new Map<string, TensorData>([
      ['b', { dtype: 'F32', shape: [1], data: Float32Array.of(1) }],
      ['a', { dtype: 'I32', shape: [2], data: Int32Array.of(1, -1) }],
    ]),
    { note: 'é' },
  );
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  assert.equal(length % 8, 0);
  const header =
    '{"__metadata__":{"note":"é"},"a":{"dtype":"I32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}';
  assert.equal(new TextDecoder().decode(bytes.subarray(8, 8 + length)).trimEnd(), header);
  assert.deepEqual([...bytes.subarray(8 + length)], [1, 0, 0, 0, 255, 255, 255, 255, 0, 0, 128, 63]);
});

test('what is written is read back, whatever the order of the names', () => {
  const tensor = fc
    .array(fc.float({ noNaN: true }), { maxLength: 6 })
    .map((values): TensorData => ({ dtype: 'F32', shape: [values.length], data: Float32Array.from(values) }));
  const name = fc.string().filter((text) => text !== '__metadata__' && text !== '__proto__');
  fc.assert(
    fc.property(fc.dictionary(name, tensor), (dictionary) => {
      const entries = Object.entries(dictionary);
      const bytes = encodeSafetensors(new Map(entries));
      assert.deepEqual(bytes, encodeSafetensors(new Map(entries.reverse())));
      const { tensors } = decodeSafetensors(bytes);
      assert.equal(tensors.size, entries.length);
      for (const [key, value] of entries) assert.deepEqual(tensors.get(key), value);
    }),
  );
});

test('halves, doubles and long integers are read', () => {
  const read = (dtype: string, count: number, body: number[]) =>
    Array.from(
      decodeSafetensors(
        file(`{"x":{"dtype":"${dtype}","shape":[${count}],"data_offsets":[0,${body.length}]}}`, body),
      ).tensors.get('x')!.data as Float32Array,
    );
  // 1, -2, 1/3 rounded, the least subnormal, infinity; from numpy.float16(...).tobytes().
  assert.deepEqual(read('F16', 5, [0, 0x3c, 0, 0xc0, 0x55, 0x35, 1, 0, 0, 0x7c]), [
    1,
    -2,
    0.333251953125,
    2 ** -24,
    Number.POSITIVE_INFINITY,
  ]);
  assert.deepEqual(read('BF16', 3, [0x80, 0x3f, 0x00, 0xc0, 0x80, 0x7f]), [1, -2, Number.POSITIVE_INFINITY]);
  assert.deepEqual(read('F64', 1, [0, 0, 0, 0, 0, 0, 0xf0, 0x3f]), [1]);
  assert.deepEqual(read('I64', 1, [255, 255, 255, 255, 255, 255, 255, 255]), [-1n]);
});

test('damaged files are told apart', () => {
  const cases: [Uint8Array, RegExp][] = [
    [new Uint8Array(3), /3 bytes/],
    [file('{}', []).subarray(0, 9), /header should have 2 bytes, 1 are there/],
    [file('{"x"', []), /header is not JSON/],
    [file('[]', []), /not a JSON object/],
    [file('{"__metadata__":{"n":1}}', []), /metadata are not texts/],
    [
      file('{"x":{"dtype":"Q8","shape":[1],"data_offsets":[0,1]}}', [0]),
      /tensor "x" has the type "Q8", known are/,
    ],
    [file('{"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}', [0, 0, 0, 0]), /"x" has no shape/],
    [file('{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}', [0, 0, 0, 0]), /"x" has no place/],
    [
      file('{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}', [0, 0, 0, 0]),
      /\[2\] needs 8 bytes, its place has 4/,
    ],
    [
      file('{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', [0, 0, 0, 0]),
      /byte 8 of 4: the file was cut off/,
    ],
  ];
  for (const [bytes, message] of cases)
    assert.throws(() => decodeSafetensors(bytes, 'model.safetensors'), message);
});

test('parameters go to a file and back with their configuration; the strictness names the tensor', async (t) => {
  await useBackend('cpu');
  const folder = await mkdtemp(path.join(tmpdir(), 'heed-'));
  t.after(() => rm(folder, { recursive: true }));
  const place = path.join(folder, 'weights.safetensors');
  const tree = (values: number[]) => ({
    layer: { kernel: tf.variable(tf.tensor2d(values, [2, 2])) },
    step: tf.variable(tf.scalar(7, 'int32')),
  });
  const saved = tree([1, 2, 3, 4]);
  await saveParams(place, saved, { units: 2 });
  assert.deepEqual(await readdir(folder), ['weights.safetensors']);
  assert.deepEqual((await readCheckpoint(place)).config, { units: 2 });

  const other = tree([0, 0, 0, 0]);
  assert.deepEqual(await loadParams(place, other), { units: 2 });
  assert.deepEqual(Array.from(other.layer.kernel.dataSync()), [1, 2, 3, 4]);
  assert.equal(other.step.dtype, 'int32');

  await assert.rejects(loadParams(place, { layer: other.layer }), /weights.safetensors has a tensor "step"/);
  await assert.rejects(
    loadParams(place, { ...other, more: tf.variable(tf.scalar(1)) }),
    /lacks the parameter "more"/,
  );
  const wide = { ...other, layer: { kernel: tf.variable(tf.zeros([2, 3])) } };
  await assert.rejects(loadParams(place, wide), /"layer\/kernel": expected shape \[2, 3\], got \[2, 2\]/);
  await assert.rejects(loadParams(path.join(folder, 'none'), other), /Cannot read .*none: ENOENT/);
  await writeFile(place, (await readFile(place)).subarray(0, -3));
  await assert.rejects(
    loadParams(place, other),
    /weights.safetensors is not a whole safetensors file: .*cut off/,
  );
  // Nothing was loaded from the damaged file, and a failed write leaves no part behind.
  assert.deepEqual(Array.from(other.layer.kernel.dataSync()), [1, 2, 3, 4]);
  await assert.rejects(saveParams(path.join(folder, 'no', 'such', 'folder'), saved), /Cannot write/);
  assert.deepEqual(await readdir(folder), ['weights.safetensors']);
});
