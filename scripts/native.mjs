/**
 * `npm run native`: puts the native TensorFlow engine in place where npm's own download was refused.
 *
 * npm's package is taken without its install script; TensorFlow's C library comes from the wheel that PyPI serves; the
 * addon is compiled here with g++. All of it is built beside `.heed/native` and renamed when it is whole, then linked as
 * `node_modules/tfjs-native`; so neither a failure, nor an interrupt, nor a later `npm ci` leaves a half state. A wheel that has
 * arrived is kept until the engine is built, so that a second attempt does not fetch it again.
 */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { ensurePackages } from './setup/install.mjs';
import { linkNative, nativeFolder, nativePackage } from './setup/native-link.mjs';
import { findPython } from './setup/python.mjs';
import { main, root, runLoud, runQuiet, SetupError, step } from './setup/step.mjs';

const VERSION = '2.15.1';
const WHEEL = `tensorflow-cpu==${VERSION}`;
const WHEEL_MEGABYTES = 207;
const DISK_MEGABYTES = 600;
const LIBRARIES = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];

function checkMachine() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new SetupError(
      `The native engine is built here for Linux on x64 only; this is ${process.platform} on ${process.arch}. ` +
        'The WebAssembly engine works everywhere; or try npm install @tensorflow/tfjs-node in a project of your own.',
    );
  }
  const runs = (command, ...args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;
  const python = findPython();
  if (!python || !runs(...python, '-m', 'pip', '--version')) {
    throw new SetupError('Python >= 3.10 with pip is needed to fetch TensorFlow; install it and try again.');
  }
  if (!runs('g++', '--version')) {
    throw new SetupError(
      'g++ is needed to compile the addon and was not found; install it (Debian, Ubuntu: apt install g++) and try again. ' +
        'The WebAssembly engine works without.',
    );
  }
  return python;
}

/** What npm installed by itself; undefined where there is nothing, or the link to what was built here. */
function broughtByNpm() {
  const place = join(root, 'node_modules/tfjs-native');
  return lstatSync(place, { throwIfNoEntry: false })?.isDirectory() ? place : undefined;
}

/** npm's package and what it needs beside TensorFlow.js, at the versions of the lock file, without install scripts. */
async function fetchPackage(folder) {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const entry = lock['node_modules/tfjs-native'];
  const needed = Object.keys(entry.dependencies).filter((name) => !name.startsWith('@tensorflow/'));
  const version = (name) =>
    (lock[`node_modules/tfjs-native/node_modules/${name}`] ?? lock[`node_modules/${name}`]).version;
  const dependencies = {
    ...Object.fromEntries(needed.map((name) => [name, version(name)])),
    'node-api-headers': '1.9.0',
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
  await runQuiet('npm', ['install', '--ignore-scripts', '--no-package-lock', '--loglevel=error'], {
    cwd: folder,
  });
  await runQuiet('npm', ['pack', `@tensorflow/tfjs-node@${entry.version}`, '--silent'], { cwd: folder });
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  await runQuiet('tar', ['-xzf', tarball], { cwd: folder });
  renameSync(join(folder, 'package'), nativePackage(folder));
  rmSync(join(folder, tarball));
}

/** TensorFlow's two shared libraries and its C headers out of the wheel. */
async function fetchLibrary(folder, python) {
  const wheels = join(root, '.heed/wheels');
  mkdirSync(wheels, { recursive: true });
  const download = [
    ...['-m', 'pip', 'download', WHEEL, '--no-deps', '--only-binary=:all:', '--python-version', '3.11'],
    ...[
      '--platform',
      'manylinux2014_x86_64',
      '--dest',
      wheels,
      '--disable-pip-version-check',
      '--no-cache-dir',
    ],
  ];
  const code = await runLoud(python[0], [...python.slice(1), ...download]);
  const wheel = readdirSync(wheels).find((name) => name.startsWith(`tensorflow_cpu-${VERSION}-`));
  if (code !== 0 || !wheel) {
    throw new SetupError(
      `pip could not download ${WHEEL}. Check the package index and run npm run native again.`,
    );
  }
  const unpack = `
import sys, zipfile
wheel, out = sys.argv[1:]
with zipfile.ZipFile(wheel) as z:
    wanted = [n for n in z.namelist() if n.startswith(('tensorflow/include/tensorflow/', 'tensorflow/include/tsl/'))
              or n in (${LIBRARIES.map((name) => `'tensorflow/${name}'`).join(', ')})]
    z.extractall(out, wanted)
`;
  try {
    await runQuiet(python[0], [...python.slice(1), '-c', unpack, join(wheels, wheel), join(folder, 'wheel')]);
  } catch (error) {
    // A damaged wheel would be taken for a downloaded one for ever.
    rmSync(wheels, { recursive: true, force: true });
    throw error;
  }
  const libraries = join(nativePackage(folder), 'deps/lib');
  mkdirSync(libraries, { recursive: true });
  for (const name of LIBRARIES) renameSync(join(folder, 'wheel/tensorflow', name), join(libraries, name));
}

async function compileAddon(folder) {
  const target = nativePackage(folder);
  const out = join(target, 'lib/napi-v8');
  mkdirSync(out, { recursive: true });
  await runQuiet('g++', [
    ...['-std=c++17', '-O2', '-fPIC', '-shared', '-DNAPI_VERSION=8', '-w'],
    ...[
      '-I',
      join(folder, 'wheel/tensorflow/include'),
      '-I',
      join(folder, 'node_modules/node-api-headers/include'),
    ],
    ...[join(target, 'binding/tfjs_backend.cc'), join(target, 'binding/tfjs_binding.cc')],
    ...['-o', join(out, 'tfjs_binding.node'), '-L', join(target, 'deps/lib')],
    ...LIBRARIES.map((name) => `-l:${name}`),
    '-Wl,-rpath,$ORIGIN/../../deps/lib',
  ]);
  rmSync(join(folder, 'wheel'), { recursive: true });
}

/** A small product computed by the native engine in a process of its own. */
async function proveIt() {
  const program = `
const util = require('node:util'); util.isNullOrUndefined ??= (v) => v == null;
const tf = require('tfjs-native');
const product = tf.matMul(tf.tensor2d([[1, 2], [3, 4]]), tf.tensor2d([[5, 6], [7, 8]])).dataSync();
if (tf.getBackend() !== 'tensorflow' || product.join() !== '19,22,43,50') throw new Error(tf.getBackend() + ' gave ' + product);
if (require('@tensorflow/tfjs').engine() !== tf.engine()) throw new Error('there are two copies of tfjs-core');
`;
  await runQuiet(process.execPath, ['--no-deprecation', '-e', program], {
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
  });
}

/** Removes what was begun, also when the user interrupts. */
async function cleaningUp(partial, work) {
  const clean = () => rmSync(partial, { recursive: true, force: true });
  const interrupted = (signal) => {
    clean();
    console.error(
      `\nInterrupted (${signal}): nothing was installed; a wheel that has arrived is kept for the next npm run native.`,
    );
    process.exit(130);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, interrupted);
  clean();
  try {
    await work();
  } finally {
    for (const signal of signals) process.off(signal, interrupted);
    clean();
  }
}

async function build(python) {
  console.log(
    `  ${WHEEL} (${WHEEL_MEGABYTES} MB) will be downloaded; the engine takes about ${DISK_MEGABYTES} MB below .heed/native.`,
  );
  const partial = `${nativeFolder}.partial`;
  await cleaningUp(partial, async () => {
    mkdirSync(partial, { recursive: true });
    await step('package @tensorflow/tfjs-node', () => fetchPackage(partial));
    await step('TensorFlow library', () => fetchLibrary(partial, python));
    await step('addon compiled', () => compileAddon(partial));
    cpSync(join(root, '.npmrc'), join(partial, '.npmrc'));
    renameSync(partial, nativeFolder);
  });
  rmSync(join(root, '.heed/wheels'), { recursive: true, force: true });
}

await main(async () => {
  await ensurePackages();
  if (broughtByNpm()) {
    await step('native engine that npm installed computes', proveIt);
    return;
  }
  if (!existsSync(nativeFolder)) await build(checkMachine());
  linkNative();
  try {
    await step('native engine computes', proveIt);
  } catch (error) {
    rmSync(join(root, 'node_modules/tfjs-native'), { force: true });
    rmSync(nativeFolder, { recursive: true, force: true });
    throw error;
  }
});
