// npm run datasets [-- --write]: checks every dataset against its generator and hashes, or writes them anew.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const options = process.argv.slice(2);
if (options.some((option) => option !== '--write' && option !== '--check') || options.length > 1) {
  console.error(`datasets: unknown options "${options.join(' ')}". Expected nothing, --check or --write.`);
  process.exit(2);
}

const generators = readdirSync(join(root, 'datasets'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => join('datasets', entry.name, 'generate.ts'))
  .filter((path) => existsSync(join(root, path)));
if (generators.length === 0) {
  console.error('datasets: no datasets/*/generate.ts found; is the checkout complete?');
  process.exit(1);
}

const failed = [];
for (const path of generators) {
  const started = performance.now();
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', path, options[0] ?? '--check'], {
    cwd: root,
    stdio: 'inherit',
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'ok' : 'FAILED'}  ${path}  ${seconds} s`);
  if (status !== 0) failed.push(path);
}
if (failed.length > 0) {
  console.error(`datasets: ${failed.length} of ${generators.length} failed: ${failed.join(', ')}`);
  process.exit(1);
}
