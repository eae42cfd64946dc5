/**
 * Makes scenes.json, or checks the frozen one.
 *
 *   node --import tsx datasets/scenes/generate.ts [--check | --write]      (--check without an argument)
 */
import { createHash } from 'node:crypto';
import { createRandom } from '../../lib/src/random/random.js';
import {
  CELL,
  digitThings,
  drawScenes,
  isHeldOut,
  SCENE_CELLS,
  type SceneThings,
  shapeThings,
} from '../../lib/src/tasks/scenes.js';
import { runGenerator } from '../generator.js';
import { greys, handwriting } from '../handwriting.js';

const EACH = 200;

/** Hash of captions and pixels, in 256 steps of grey, of a fixed set of scenes of two and of three things. */
function hashOfSample(things: SceneThings): string {
  const hash = createHash('sha256');
  for (const objects of [2, 3] as const) {
    for (const { caption, pixels } of drawScenes(things, createRandom(`scenes of ${objects}`), EACH, {
      objects,
    })) {
      hash.update(`${caption}\n`);
      hash.update(greys(pixels));
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
  const digits = handwriting().split('test');
  return {
    name: 'scenes',
    version: 1,
    cells: SCENE_CELLS,
    cellPixels: CELL,
    shapes: frozenThings(shapeThings),
    digits: frozenThings(digitThings(digits)),
  };
}

runGenerator({ url: import.meta.url, generate, indent: 1 });
