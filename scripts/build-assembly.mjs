/**
 * Compiles lib/assembly to lib/src/backend/fused/binary.ts: `node scripts/build-assembly.mjs`.
 *
 * The module works inside the memory of the wasm backend, so it may bring nothing of its own into it: the binary is refused
 * if it has a data segment (it would be written over TensorFlow.js's data, silently), a start function, or any import but
 * that memory.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = new URL('..', import.meta.url);
const sources = new URL('lib/assembly/', root);
const target = new URL('lib/src/backend/fused/binary.ts', root);

const FLAGS = [
  ...['--optimizeLevel', '3', '--shrinkLevel', '0', '--converge', '--noAssert'],
  ...['--runtime', 'stub', '--importMemory', '--noExportMemory', '--initialMemory', '1'],
  ...['--enable', 'simd', '--use', 'abort='],
];

/** SHA-256 over names and texts of the sources and over the compiler's flags. */
export function sourceHash() {
  const hash = createHash('sha256').update(JSON.stringify(FLAGS));
  for (const name of readdirSync(sources).sort()) {
    if (!name.endsWith('.ts')) continue;
    hash.update(`${name}\0`).update(readFileSync(new URL(name, sources), 'utf8').replaceAll('\r\n', '\n'));
  }
  return hash.digest('hex');
}

/** Ids of the sections in a wasm binary (the header is 8 bytes; each section is an id, a LEB128 length and a body). */
function sectionIds(binary) {
  const ids = [];
  for (let at = 8; at < binary.length; ) {
    ids.push(binary[at++]);
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = binary[at++];
      length += (byte & 127) * 2 ** shift;
      if (byte < 128) break;
    }
    at += length;
  }
  return ids;
}

/** What makes a binary unfit to share the backend's memory; empty if nothing does. */
export function faults(binary) {
  const found = [];
  const ids = sectionIds(binary);
  if (ids.includes(11) || ids.includes(12)) found.push('it has a data section');
  if (ids.includes(8)) found.push('it has a start function');
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(binary));
  const others = imports
    .filter(({ kind }) => kind !== 'memory')
    .map(({ module, name }) => `${module}.${name}`);
  if (others.length > 0) found.push(`it imports ${others.join(', ')}`);
  if (imports.length - others.length !== 1) found.push('it does not import exactly one memory');
  return found;
}

function compile() {
  const folder = mkdtempSync(join(tmpdir(), 'heed-assembly-'));
  try {
    const out = join(folder, 'module.wasm');
    const compiler = fileURLToPath(new URL('node_modules/assemblyscript/bin/asc.js', root));
    execFileSync(process.execPath, [compiler, 'index.ts', ...FLAGS, '--outFile', out], {
      cwd: fileURLToPath(sources),
      stdio: 'inherit',
    });
    const binary = readFileSync(out);
    const found = faults(binary);
    if (found.length > 0) throw new Error(`The compiled module is unfit: ${found.join('; ')}.`);
    return binary;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const binary = compile();
  const lines = Buffer.from(binary)
    .toString('base64')
    .match(/.{1,100}/g);
  const text = [
    '// Generated from lib/assembly by `node scripts/build-assembly.mjs`; do not edit.',
    `export const sourceHash = '${sourceHash()}';`,
    'export const binary = [',
    ...lines.map((line) => `  '${line}',`),
    "].join('');",
    '',
  ].join('\n');
  writeFileSync(target, text);
  console.log(`${fileURLToPath(target)}: ${binary.length} bytes of wasm`);
}
