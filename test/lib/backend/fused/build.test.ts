import assert from 'node:assert/strict';
import { it } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import { binary, sourceHash } from '../../../../lib/src/backend/fused/binary.js';
import { loadFused } from '../../../../lib/src/backend/fused/index.js';
import { fusedModule, type WasmBackend } from '../../../../lib/src/backend/fused/module.js';
// @ts-expect-error a plain script without declarations
import * as build from '../../../../scripts/build-assembly.mjs';
import { useFused } from './plain.js';

it('the embedded binary was built from the sources as they are', () => {
  assert.equal(sourceHash, build.sourceHash(), 'run: node scripts/build-assembly.mjs');
});

it('the embedded binary brings no data, no start function and no import but the memory', () => {
  assert.deepEqual(build.faults(Buffer.from(binary, 'base64')), []);
});

it('the check finds data sections, start functions and imports', () => {
  const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  const memory = [2, 8, 1, 1, 0x61, 1, 0x62, 2, 0, 1]; // (import "a" "b" (memory 1))
  const data = [11, 7, 1, 0, 0x41, 0, 0x0b, 1, 42]; // (data (i32.const 0) "*")
  assert.deepEqual(build.faults(Uint8Array.from([...header, ...memory])), []);
  assert.deepEqual(build.faults(Uint8Array.from([...header, ...memory, ...data])), ['it has a data section']);
  const type = [1, 4, 1, 0x60, 0, 0]; // (type (func))
  const imported = [2, 15, 2, 1, 0x61, 1, 0x62, 2, 0, 1, 1, 0x61, 1, 0x66, 0, 0]; // and (import "a" "f" (func))
  imported[1] = imported.length - 2;
  const start = [8, 1, 0];
  assert.deepEqual(build.faults(Uint8Array.from([...header, ...type, ...imported, ...start])), [
    'it has a start function',
    'it imports a.f',
  ]);
  assert.deepEqual(build.faults(Uint8Array.from(header)), ['it does not import exactly one memory']);
});

it('loading needs wasm, says so, and is done once', async () => {
  await tf.setBackend('cpu');
  assert.deepEqual(loadFused(), {
    available: false,
    reason: 'fused kernels need the wasm backend, the backend is "cpu"',
  });
  await useFused();
  const kernel = tf.getKernel('BatchMatMul', 'wasm');
  assert.equal(loadFused(), loadFused());
  assert.equal(tf.getKernel('BatchMatMul', 'wasm'), kernel);
});

it('a backend whose inside is different is told apart', () => {
  const backend = (wasm: object) => ({ wasm }) as unknown as WasmBackend;
  assert.throws(() => fusedModule(backend({})), /does not show its memory/);
  const shared = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  assert.throws(() => fusedModule(backend({ asm: { memory: shared } })), /threads/);
  const memory = new WebAssembly.Memory({ initial: 1 });
  assert.throws(() => fusedModule(backend({ asm: { memory } })), /has no _malloc/);
});

it('survives growth of the heap between allocation and use', async () => {
  await useFused();
  tf.tidy(() => {
    const a = tf.ones([64, 64]) as tf.Tensor2D;
    // Larger than what the heap starts with, so memory grows and old views are detached.
    const large = tf.ones([40 * 2 ** 20]);
    assert.equal(a.matMul(a, false, true).dataSync()[0], 64);
    large.dispose();
  });
});
