import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { installKernel, uninstallKernel } from '../../../kernel/src/run/install.js';
import {
  findKernel,
  installedKernels,
  jupyterDataFolders,
  kernelEntry,
  userDataFolder,
} from '../../../kernel/src/run/kernelspec.js';
import { temporaryFolder } from './support.js';

function register(folder: string, name: string, spec: unknown): void {
  mkdirSync(join(folder, 'kernels', name), { recursive: true });
  writeFileSync(
    join(folder, 'kernels', name, 'kernel.json'),
    typeof spec === 'string' ? spec : JSON.stringify(spec),
  );
}

test('a kernel is found by its name in any letter case, the first folder wins, damaged ones hide nothing', (t) => {
  const [one, two] = [temporaryFolder(t), temporaryFolder(t)];
  register(one, 'broken', '{');
  register(one, 'empty', { argv: [] });
  register(one, 'Python3', { argv: ['first'], display_name: 'P', language: 'Python' });
  register(two, 'python3', {
    argv: ['second'],
    display_name: 'P',
    language: 'python',
    interrupt_mode: 'message',
  });
  register(two, 'broken', { argv: ['whole'], display_name: 'B', language: 'x', interrupt_mode: 'message' });
  const python = findKernel('python3', [one, two]);
  assert.deepEqual([python.argv, python.language, python.interruptMode], [['first'], 'python', 'signal']);
  assert.deepEqual(findKernel('BROKEN', [one, two]).argv, ['whole']);
  assert.deepEqual([...installedKernels([one, two]).keys()].sort(), ['broken', 'python3']);
  assert.throws(() => findKernel('no', [one]), /"no"\. Known: heed, tslab, python3\. Searched: /);
});

test('without a name it is the kernel of this package; tslab needs no registration', () => {
  assert.deepEqual(findKernel(undefined, []).argv, [process.execPath, kernelEntry, '{connection_file}']);
  assert.ok(existsSync(findKernel('tslab', []).argv[1]!));
});

test("Jupyter's own variables name the folders, in its order", () => {
  const env = { JUPYTER_PATH: '/a:/b', JUPYTER_DATA_DIR: '/mine', VIRTUAL_ENV: '/env', PATH: '' };
  const folders = jupyterDataFolders(env, '/').slice(0, 4);
  if (process.platform !== 'win32') assert.deepEqual(folders, ['/a', '/b', '/mine', '/env/share/jupyter']);
  if (process.platform === 'linux') {
    assert.equal(userDataFolder({ HOME: '/home/ada' }), '/home/ada/.local/share/jupyter');
    assert.equal(userDataFolder({ HOME: '/home/ada', XDG_DATA_HOME: '/data' }), '/data/jupyter');
  }
});

test('install writes a kernelspec that starts by absolute paths; uninstall removes it and no other', (t) => {
  const prefix = temporaryFolder(t);
  const target = { prefix };
  const folder = installKernel({ target, name: 'Mine' });
  assert.equal(folder, join(prefix, 'share', 'jupyter', 'kernels', 'mine'));
  const spec = JSON.parse(readFileSync(join(folder, 'kernel.json'), 'utf8'));
  assert.deepEqual(spec.argv, [process.execPath, kernelEntry, '{connection_file}']);
  assert.deepEqual(
    [spec.display_name, spec.language, spec.interrupt_mode],
    ['TypeScript (Heed)', 'typescript', 'message'],
  );
  assert.equal(installKernel({ target, name: 'mine' }), folder, 'a second install replaces the first');
  assert.equal(uninstallKernel({ target, name: 'mine' }), folder);
  assert.deepEqual(readdirSync(join(prefix, 'share', 'jupyter', 'kernels')), []);
  assert.throws(() => uninstallKernel({ target, name: 'mine' }), /nothing is installed in/);
});

test("another's kernel is neither replaced nor removed", (t) => {
  const prefix = temporaryFolder(t);
  register(join(prefix, 'share', 'jupyter'), 'heed', { argv: ['x'], display_name: 'X', language: 'x' });
  assert.throws(() => installKernel({ target: { prefix } }), /holds another kernel.*--name/);
  assert.throws(() => uninstallKernel({ target: { prefix } }), /left alone/);
});

test('a name that could leave the folder, and a prefix that cannot be written, are refused', (t) => {
  assert.throws(() => installKernel({ target: 'user', name: '../../etc' }), /cannot be a kernel's name/);
  const file = join(temporaryFolder(t), 'file');
  writeFileSync(file, '');
  assert.throws(() => installKernel({ target: { prefix: file } }), /cannot be written.*--user/);
});
