import assert from 'node:assert/strict';
import { before, it } from 'node:test';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { pack, packing, unpack } from '../../../../lib/src/backend/native/padding.js';

before(() => tf.setBackend('cpu'));

const masks = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 4 }))
  .chain(([time, batch]) =>
    fc.record({
      time: fc.constant(time),
      batch: fc.constant(batch),
      mask: fc.array(fc.integer({ min: 0, max: 1 }), { minLength: time * batch, maxLength: time * batch }),
      direction: fc.constantFrom('forward' as const, 'backward' as const),
    }),
  );

it('a running sum over packed steps is, unpacked, the one that walks over the mask', () => {
  fc.assert(
    fc.property(masks, ({ time, batch, mask, direction }) => {
      tf.tidy(() => {
        const inputs = tf.range(1, time * batch + 1).reshape([time, batch, 1]) as tf.Tensor3D;
        const initial = tf.range(100, 100 + batch).reshape([batch, 1]) as tf.Tensor2D;
        const plan = packing(mask, { time, batch }, direction);
        const sums = tf.cumsum(pack(plan, inputs), 0).add(initial) as tf.Tensor3D;
        const got = unpack(plan, sums, initial).dataSync();

        const values = inputs.dataSync();
        const expected = new Array<number>(time * batch);
        const state = Array.from(initial.dataSync());
        const walk = Array.from({ length: time }, (_, t) => t);
        for (const t of direction === 'forward' ? walk : walk.reverse()) {
          for (let row = 0; row < batch; row++) {
            if (mask[t * batch + row] === 1) state[row]! += values[t * batch + row]!;
            expected[t * batch + row] = state[row]!;
          }
        }
        assert.deepEqual(Array.from(got), expected);
      });
    }),
  );
});

it('takes as many steps as the longest row has, and moves nothing where padding stands behind', () => {
  const plan = packing([1, 1, 1, 0, 0, 0], { time: 3, batch: 2 }, 'forward');
  assert.equal(plan.time, 2);
  assert.equal(plan.from, null);
  assert.deepEqual([...plan.back], [2, 3, 4, 3, 4, 3]);
  assert.equal(packing([0, 0], { time: 2, batch: 1 }, 'forward').time, 1);
});
