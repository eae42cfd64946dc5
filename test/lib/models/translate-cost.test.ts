import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import { createRandom, initTranslator, type Translator, translate, translateBeam, useBackend } from 'heed';

/** A translator that never ends by itself. */
function endless(look: 'before' | 'after'): Translator {
  const sizes = { sourceVocab: 9, targetVocab: 8, embedding: 4, units: 5, attention: 3 };
  const translator = initTranslator(createRandom(0), { ...sizes, look });
  translator.params.decoder.output.bias.assign(tf.tensor1d([0, 0, -1e9, 0, 0, 0, 0, 0]));
  return translator;
}

/** Operations that were made, and the numbers that they wrote. */
async function cost(decode: () => void): Promise<readonly [operations: number, numbers: number]> {
  const { kernels } = await tf.profile(() => {
    decode();
    return tf.scalar(0);
  });
  const sizes = kernels.flatMap(({ outputShapes }) =>
    outputShapes.map((shape) => shape.reduce((size, axis) => size * axis, 1)),
  );
  return [kernels.length, sizes.reduce((sum, size) => sum + size, 0)];
}

for (const look of ['before', 'after'] as const) {
  test(`look ${look}: twice as many symbols are twice the operations, greedy and by beam`, async () => {
    await useBackend('cpu');
    const translator = endless(look);
    const sources = [
      [3, 4, 5, 6],
      [7, 8],
    ];
    const ways = {
      greedy: (maxLength: number) => {
        const written = translate(translator, sources, { maxLength });
        assert.ok(written.every(({ ids }) => ids.length === maxLength));
      },
      beam: (maxLength: number) => {
        const written = translateBeam(translator, sources, { maxLength, width: 3 });
        assert.ok(written.every(([best]) => best!.ids.length === maxLength));
      },
    };
    for (const [name, decode] of Object.entries(ways)) {
      const costs: (readonly [number, number])[] = [];
      for (const length of [5, 10, 20, 40]) costs.push(await cost(() => decode(length)));
      const [operations, numbers] = [0, 1].map((n) => costs.map((each) => each[n]!)) as [number[], number[]];
      for (const values of [operations, numbers]) {
        const [a, b, c] = values.slice(1).map((value, n) => value - values[n]!) as [number, number, number];
        // Beams that keep their order make no new state in a step, so a beam's costs are not the same in each.
        const slack = name === 'greedy' ? 0 : 0.05;
        assert.ok(Math.abs(b / a - 2) <= slack && Math.abs(c / a - 4) <= 2 * slack, `${name}: ${values}`);
      }
    }
  });
}
