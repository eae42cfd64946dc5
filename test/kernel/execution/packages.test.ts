import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createConverter, createNodeHost, noDeclarations } from '../../../kernel/src/convert/index.js';
import { runNotebook } from '../../../kernel/src/run/run.js';
import { code, installScriptedKernel, writeNotebook } from '../run/support.js';
import { startTestKernel, type TestKernel } from '../start-kernel.js';

const root = resolve(import.meta.dirname, '../../..');

describe('a notebook outside every project', () => {
  let kernel: TestKernel;
  // Its folder has a space in its name and no node_modules above it.
  before(async () => {
    kernel = await startTestKernel();
  });
  after(() => kernel.stop());
  const value = async (source: string) => {
    const { result, error } = await kernel.execute(source);
    assert.equal(error, undefined, error?.traceback.join('\n'));
    return result?.data['text/plain'];
  };

  test('imports what is installed beside the kernel, with its types', async () => {
    assert.equal(
      await value("import { registerComm } from 'heed-kernel';\ntypeof registerComm"),
      "'function'",
    );
    assert.equal(
      await value("const { openComm } = await import('heed-kernel');\ntypeof openComm"),
      "'function'",
    );
    assert.equal(await value("import { PNG } from 'pngjs';\nnew PNG({ width: 2, height: 1 }).width"), '2');
    assert.equal(await value("typeof require('pngjs').PNG"), "'function'");
    assert.match((await value("require.resolve('pngjs')"))!, /pngjs/);
    const { error } = await kernel.execute('registerComm(1, () => {})');
    assert.match(error!.evalue, /TS2345/);
  });

  test('its own packages come first, and what is nowhere is told as of its folder', async () => {
    const own = join(kernel.folder, 'node_modules', 'pngjs');
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, 'package.json'), '{ "name": "pngjs", "version": "0.0.0", "main": "i.js" }');
    writeFileSync(join(own, 'i.js'), "exports.whose = 'mine';");
    assert.equal(await value("require('pngjs').whose"), "'mine'");
    const host = createNodeHost(kernel.folder);
    const converter = createConverter(host);
    assert.equal(converter.convert("import { whose } from 'pngjs'; whose", noDeclarations).ok, true);
    converter.close();
    const missing = await kernel.execute("const gone = require('no-such-package')");
    assert.match(missing.error!.evalue, /Cannot find module 'no-such-package'/);
    const dynamic = await kernel.execute("const name: string = 'no-such-package'; await import(name)");
    assert.match(dynamic.error!.evalue, /no-such-package/);
  });
});

test('a kernel installed elsewhere serves it as well', { timeout: 200_000 }, async (t) => {
  if (!existsSync(join(root, 'kernel/dist/server.js'))) {
    assert.ok(!process.env.CI, 'with CI set this must run, but the kernel is not built');
    return t.skip('the kernel is not built: npm run build');
  }
  const place = mkdtempSync(join(tmpdir(), 'heed installed '));
  t.after(() => rmSync(place, { recursive: true, force: true }));
  const modules = join(place, 'a project', 'node_modules');
  mkdirSync(modules, { recursive: true });
  // Real files, since Node knows a linked package by where it really is.
  for (const [name, from] of [
    ['heed-kernel', 'kernel'],
    ['heed', 'lib'],
  ] as const)
    for (const part of ['package.json', 'bin', 'dist'])
      if (existsSync(join(root, from, part)))
        cpSync(join(root, from, part), join(modules, name, part), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules')))
    if (!/^(heed|heed-kernel|\..*)$/.test(name))
      symlinkSync(join(root, 'node_modules', name), join(modules, name), 'junction');
  const notebooks = join(place, 'my notebooks');
  mkdirSync(notebooks);
  const specs = join(place, 'jupyter');
  installScriptedKernel(specs);
  mkdirSync(join(specs, 'kernels', 'elsewhere'));
  writeFileSync(
    join(specs, 'kernels', 'elsewhere', 'kernel.json'),
    JSON.stringify({
      argv: [process.execPath, join(modules, 'heed-kernel/bin/heed-kernel.js'), '{connection_file}'],
      display_name: 'Elsewhere',
      language: 'typescript',
      env: { HEED_HISTORY: 'none' },
    }),
  );
  const path = writeNotebook(notebooks, [
    code(
      "import * as tf from '@tensorflow/tfjs';\nimport { createRandom } from 'heed';\nimport { openComm } from 'heed-kernel';",
    ),
    code(
      'await tf.ready();\nconst sum: number = tf.ones([3]).sum().dataSync()[0] ?? 0;\nconsole.log(sum, typeof openComm, createRandom(1) !== undefined);',
    ),
    code("const wrong: number = 'x';", ['raises-exception']),
  ]);
  const { cells, notebook } = await runNotebook(path, { kernel: 'elsewhere' });
  assert.deepEqual(
    cells.map(({ status, message }) => [status, message]),
    [
      ['ok', ''],
      ['ok', ''],
      ['ok', ''],
    ],
  );
  const [, second] = notebook!.cells;
  assert.ok(second?.cell_type === 'code');
  assert.deepEqual(second.outputs, [{ output_type: 'stream', name: 'stdout', text: '3 function true\n' }]);
});
