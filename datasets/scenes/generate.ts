/**
 * Makes scenes.json, or checks the frozen one.
 *
 *   node --import tsx datasets/scenes/generate.ts [--check | --write]      (--check without an argument)
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { createRandom } from '../../lib/src/random/random.js';
import { loadDigits } from '../../lib/src/tasks/digits.js';
import {
  CELL,
  digitThings,
  drawScenes,
  isHeldOut,
  SCENE_CELLS,
  type SceneThings,
  shapeThings,
} from '../../lib/src/tasks/scenes.js';

const FILE = fileURLToPath(new URL('scenes.json', import.meta.url));
const SUMS = fileURLToPath(new URL('SHA256SUMS', import.meta.url));
const EACH = 200;

const require = createRequire(import.meta.url);
const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

/** Hash of captions and pixels, in 256 steps of grey, of a fixed set of scenes of two and of three things. */
export function hashOfSample(things: SceneThings): string {
  const hash = createHash('sha256');
  for (const objects of [2, 3] as const) {
    for (const { caption, pixels } of drawScenes(things, createRandom(`scenes of ${objects}`), EACH, {
      objects,
    })) {
      hash.update(`${caption}\n`);
      hash.update(Uint8Array.from(pixels, (value) => Math.round(255 * value)));
    }
  }
  return hash.digest('hex');
}

const frozenThings = (things: SceneThings) => ({
  names: things.names,
  heldOut: things.names.flatMap((first) =>
    things.names.filter((second) => isHeldOut(things.names, first, second)).map((second) => [first, second]),
  ),
  sample: { count: 2 * EACH, sha256: hashOfSample(things) },
});

function generate() {
  const digits = loadDigits((digit) => require(`mnist/src/digits/${digit}.json`)).split('test');
  return {
    name: 'scenes',
    version: 1,
    cells: SCENE_CELLS,
    cellPixels: CELL,
    shapes: frozenThings(shapeThings),
    digits: frozenThings(digitThings(digits)),
  };
}

const serialise = (data: unknown): string => `${JSON.stringify(data, null, 1)}\n`;

function write(): void {
  const text = serialise(generate());
  writeFileSync(FILE, text);
  writeFileSync(SUMS, `${sha256(text)}  scenes.json\n`);
  console.log(`scenes.json written, SHA-256 ${sha256(text)}\n${text}`);
}

function check(): void {
  const text = readFileSync(FILE, 'utf8');
  const expected = readFileSync(SUMS, 'utf8').slice(0, 64);
  if (sha256(text) !== expected)
    throw new Error(
      `scenes.json has SHA-256 ${sha256(text)}, expected ${expected}: it was changed; restore it.`,
    );
  if (serialise(generate()) !== text)
    throw new Error('The generator gives another scenes.json than the frozen one: restore one of them.');
  console.log('scenes: generated again byte for byte');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [mode = '--check'] = process.argv.slice(2);
  if (mode === '--write') write();
  else if (mode === '--check') check();
  else throw new Error(`Unknown option ${mode}: expected --check or --write.`);
}
