import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { type BackendName, describeBackend, useBackend } from 'heed';

/** Runs a program of its own, since an engine once loaded stays; what it wrote and whether it failed. */
function inProcess(environment: Record<string, string>, program: string): { out: string; error: string } {
  const code = `import * as tf from '@tensorflow/tfjs'; import { useBackend, describeBackend } from 'heed';\n${program}`;
  const args = ['--conditions=heed-source', '--import', 'tsx', '--input-type=module', '--eval', code];
  const options = { cwd: new URL('../../..', import.meta.url), encoding: 'utf8', stdio: 'pipe' } as const;
  try {
    const out = execFileSync(process.execPath, args, { ...options, env: { ...process.env, ...environment } });
    return { out, error: '' };
  } catch (error) {
    const failed = error as { stdout: string; stderr: string };
    return { out: failed.stdout, error: failed.stderr };
  }
}

test('a named engine is used and described', async () => {
  for (const name of ['cpu', 'wasm'] as const) {
    assert.equal(await useBackend(name), name);
    const description = describeBackend();
    assert.equal(description.backend, name);
    assert.equal(description.versions.tfjs, '4.22.0');
    assert.match(description.line, new RegExp(`^backend ${name} \\(tfjs 4\\.22\\.0, Node `));
  }
});

test('an unknown name lists the known ones', async () => {
  await assert.rejects(
    useBackend('webgpu' as BackendName),
    /Unknown backend "webgpu": known are native, wasm, cpu/,
  );
  const { error } = inProcess({ HEED_BACKEND: 'cuda' }, 'await useBackend();');
  assert.match(error, /Unknown backend "cuda" \(from HEED_BACKEND\): known are native, wasm, cpu/);
});

test('the environment chooses where the program does not', () => {
  const print = 'console.log(await useBackend(), tf.getBackend());';
  assert.equal(inProcess({ HEED_BACKEND: 'cpu' }, print).out.trim(), 'cpu cpu');
  const named = "console.log(await useBackend('wasm'));";
  assert.equal(inProcess({ HEED_BACKEND: 'cpu' }, named).out.trim(), 'wasm');
});

test('no engine writes to the error stream by itself', () => {
  for (const name of ['cpu', 'wasm', '']) {
    const program = `
      const write = process.stderr.write.bind(process.stderr);
      let noise = '';
      process.stderr.write = (text) => ((noise += text), true);
      await useBackend(${name === '' ? '' : `'${name}'`});
      tf.ones([2, 2]).matMul(tf.ones([2, 2])).dataSync();
      process.stderr.write = write;
      console.log(JSON.stringify(noise));`;
    assert.equal(inProcess({ HEED_BACKEND: '' }, program).out.trim(), '""');
  }
});

test('without a name the native engine comes first, and the line says why it was passed over', async (t) => {
  const { out } = inProcess(
    { HEED_BACKEND: '' },
    'console.log(await useBackend()); console.log(describeBackend().line);',
  );
  const [name, line] = out.trim().split('\n');
  if (name === 'native') {
    t.diagnostic('the native engine is installed');
    assert.match(line!, /^backend native/);
    return;
  }
  assert.equal(name, 'wasm');
  assert.match(line!, /native: /);
  const refused = inProcess({}, "await useBackend('native');");
  assert.match(refused.error, /The backend "native" cannot be used: .*Known are native, wasm, cpu/);
});

test('an error that nobody catches is said as it is, not after a line of the engine', () => {
  const { error } = inProcess(
    {},
    "await useBackend('wasm'); setTimeout(() => { throw new Error('late'); }, 1);",
  );
  assert.match(error, /Error: late/);
  assert.ok(error.length < 2000, `${error.length} characters were written`);
  const rejected = inProcess({}, "await useBackend('wasm'); Promise.reject(new Error('refused'));");
  assert.match(rejected.error, /Error: refused/);
  assert.ok(rejected.error.length < 2000, `${rejected.error.length} characters were written`);
});

test('a process that listens to its errors goes on, and keeps its listeners', () => {
  const { out, error } = inProcess(
    {},
    `process.on('uncaughtException', ({ message }) => console.log('heard', message));
     process.on('unhandledRejection', ({ message }) => console.log('heard', message));
     await useBackend('wasm');
     setTimeout(() => { throw new Error('one'); }, 1);
     setTimeout(() => Promise.reject(new Error('two')), 20);
     setTimeout(() => console.log('alive'), 60);`,
  );
  assert.equal(error, '');
  assert.deepEqual(out.trim().split('\n'), ['heard one', 'heard two', 'alive']);
});
