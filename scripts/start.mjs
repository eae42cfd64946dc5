/** `npm start`: from a bare clone to the open course. Options: --no-browser, --port N, --lesson FILE. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { basename, join, relative, resolve, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt, ensurePackages } from './setup/install.mjs';
import { ensureEnvironment, ensureKernelspec, jupyterEnvironment, venvPython } from './setup/python.mjs';
import { main, root, runLoud, SetupError } from './setup/step.mjs';

const FIRST_LESSON = 'notebooks/01-focus.ipynb';

function readOptions(args) {
  const options = { 'no-browser': { type: 'boolean' }, port: { type: 'string' }, lesson: { type: 'string' } };
  let values;
  try {
    ({ values } = parseArgs({ args, options }));
  } catch (error) {
    throw new SetupError(`${error.message}\nUsage: npm start -- [--no-browser] [--port N] [--lesson FILE]`);
  }
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65536)) {
    throw new SetupError(`--port wants a number from 1 to 65535, got "${values.port}".`);
  }
  const lesson = relative(root, resolve(root, values.lesson ?? FIRST_LESSON))
    .split(sep)
    .join('/');
  if (!existsSync(join(root, lesson))) {
    throw new SetupError(`There is no notebook ${lesson}. The lessons are in notebooks/.`);
  }
  return { browser: !values['no-browser'], port, lesson };
}

function tryPort(port) {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(undefined));
    server.listen(port, '127.0.0.1', () => {
      const { port: got } = server.address();
      server.close(() => done(got));
    });
  });
}

async function choosePort(wanted) {
  if (wanted !== undefined) {
    if ((await tryPort(wanted)) === wanted) return wanted;
    throw new SetupError(
      `Port ${wanted} is taken. Stop what uses it, or choose another: npm start -- --port N`,
    );
  }
  for (let port = 8888; port < 8908; port++) if (await tryPort(port)) return port;
  throw new SetupError('No free port from 8888 to 8907. Name one: npm start -- --port N');
}

async function waitUntilServed(url, child) {
  let ended = false;
  child.once('exit', () => {
    ended = true;
  });
  for (let i = 0; i < 600 && !ended; i++) {
    try {
      if ((await fetch(url)).ok) return;
    } catch {}
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new SetupError('JupyterLab did not come up; what it printed stands above.');
}

async function openLab({ browser, port, lesson }) {
  const token = randomBytes(16).toString('hex');
  mkdirSync(join(root, '.heed/jupyter/runtime'), { recursive: true });
  const args = [
    ...['-m', 'jupyterlab', `--port=${port}`, '--ServerApp.port_retries=0', '--ip=127.0.0.1'],
    ...[`--IdentityProvider.token=${token}`, `--ServerApp.root_dir=${root}`, '--ServerApp.log_level=WARN'],
    '--LabApp.log_level=WARN',
    ...[`--LabApp.default_url=/lab/tree/${lesson}`, browser ? '' : '--no-browser'],
    process.getuid?.() === 0 ? '--allow-root' : '',
  ].filter(Boolean);
  const child = spawn(venvPython, args, {
    cwd: root,
    env: jupyterEnvironment,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exit = new Promise((done) => child.on('exit', (code) => done(code ?? 0)));
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill('SIGTERM'));
  await waitUntilServed(`http://127.0.0.1:${port}/api`, child);
  console.log(
    `\nThe course is open at http://127.0.0.1:${port}/lab/tree/${lesson}?token=${token}\nCtrl-C stops it.`,
  );
  return exit;
}

async function servePage({ browser, port, lesson }, reason) {
  console.log(`  Without JupyterLab: ${reason}. The lesson is run here and shown as a page.`);
  const cli = join(root, 'kernel/bin/heed.js');
  const folder = join(root, '.heed/page');
  mkdirSync(folder, { recursive: true });
  const code = await runLoud(process.execPath, [cli, 'run', lesson, '--output', folder]);
  if (code !== 0) console.log('  The run did not pass; the page shows what it printed.');
  const page = [
    cli,
    'page',
    join(folder, basename(lesson)),
    '--output',
    join(folder, 'index.html'),
    '--serve',
  ];
  return runLoud(process.execPath, [...page, '--port', String(port), ...(browser ? ['--open'] : [])]);
}

await main(async (args) => {
  const options = readOptions(args);
  await ensurePackages();
  await ensureBuilt();
  const missing = await ensureEnvironment();
  const port = await choosePort(options.port);
  if (missing) return servePage({ ...options, port }, missing);
  await ensureKernelspec();
  return openLab({ ...options, port });
});
