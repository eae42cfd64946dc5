import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import type { ParamTree } from 'heed';
import { flattenParams } from '../../../lib/src/core/params.js';

/** Each call must throw its message and leave no tensor behind. */
export function refused(cases: readonly (readonly [call: () => unknown, message: RegExp])[]): void {
  const before = tf.memory().numTensors;
  for (const [call, message] of cases) {
    assert.throws(call, message);
    assert.equal(tf.memory().numTensors, before, `${message}: tensors left behind`);
  }
}

/** As a training that has run away, or a file that was damaged, would leave them. */
export function spoil(params: ParamTree): void {
  for (const [, variable] of flattenParams(params)) {
    tf.tidy(() => variable.assign(tf.fill(variable.shape, Number.NaN)));
  }
}
