import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { linkNative } from './native-link.mjs';
import { root, runQuiet, SetupError, step } from './step.mjs';

const MIN_NODE = [20, 19];

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > MIN_NODE[0] || (major === MIN_NODE[0] && minor >= MIN_NODE[1])) return;
  throw new SetupError(
    `Heed needs Node ${MIN_NODE.join('.')} or newer; this is ${process.versions.node}. Install a newer Node.`,
  );
}

/** True when every package that the lock file requires here is in node_modules at its version. */
function packagesInPlace() {
  const installedFile = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    // Optional packages may be for another platform or may have failed to build.
    if (!path.includes('node_modules/') || entry.optional) return true;
    return (
      installed[path] !== undefined &&
      installed[path].version === entry.version &&
      existsSync(join(root, path))
    );
  });
}

/** Installs npm packages if any is missing. */
export async function ensurePackages() {
  checkNode();
  if (packagesInPlace()) return void linkNative();
  await step('npm packages', async () => {
    await runQuiet('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
    return `npm packages installed; engine: ${engineInPlace()}`;
  });
}

/** Which engine the installed packages give. */
export function engineInPlace() {
  return linkNative()
    ? 'native TensorFlow'
    : 'WebAssembly (native TensorFlow could not be downloaded: all works without it; npm run native builds it)';
}

/** Compiles what has changed. */
export async function ensureBuilt() {
  await step('library and kernel built', () =>
    runQuiet(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b', 'lib', 'kernel']).then(
      () => undefined,
    ),
  );
}
