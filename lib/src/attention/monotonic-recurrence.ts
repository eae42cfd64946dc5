import * as tf from '@tensorflow/tfjs';
import type { GradSaver } from '../core/params.js';
import { checkShape } from '../core/shapes.js';

/** Sizes of a row of chances, and where output t of batch row b begins in the flat numbers. */
interface Layout {
  readonly batch: number;
  readonly target: number;
  readonly source: number;
}

/**
 * Alpha of a reader that goes from left to right: each output goes on where the one before stopped, stops at position j with
 * the chance stop_j, else moves on. With q_j the chance to arrive at j,
 * q_j = go_(j-1) q_(j-1) + previous_j and alpha_j = stop_j q_j (Raffel et al. 2017, equations 9 to 14).
 *
 * The closed form of the paper's appendix divides by a running product of 1 - stop and breaks down as soon as some stop is near
 * 1, which is what training aims at. Here the recurrence itself runs over the numbers, forwards and backwards, in double
 * precision: nothing is divided, no logarithm taken. That reads the chances back from the engine.
 *
 * @param stop `[batch, target, source]`, 0 at padding
 * @param go 1 - stop, given by itself since subtracting would lose digits near 1
 * @param previous alpha of the output before the first, `[batch, source]`
 */
export function monotonicAlpha(stop: tf.Tensor3D, go: tf.Tensor3D, previous: tf.Tensor2D): tf.Tensor3D {
  const layout = checkShape('stop', stop, 'batch target source');
  checkShape('go', go, 'batch target source', layout);
  checkShape('previous alpha', previous, 'batch source', layout);
  const run = tf.customGrad((...args) => {
    const [stops, goes, before, save] = args as unknown as [tf.Tensor, tf.Tensor, tf.Tensor, GradSaver];
    const alpha = tf.tensor(
      forwards(layout, numbers(stops), numbers(goes), numbers(before)),
      stops.shape,
      'float32',
    );
    save([stops, goes, before, alpha]);
    return {
      value: alpha,
      gradFunc: (upstream, saved) => {
        const [s, g, b, a] = saved.map(numbers) as [Numbers, Numbers, Numbers, Numbers];
        const errors = backwards(layout, { stop: s, go: g, previous: b, alpha: a }, numbers(upstream));
        return [
          tf.tensor(errors.stop, stop.shape, 'float32'),
          tf.tensor(errors.go, go.shape, 'float32'),
          tf.tensor(errors.previous, previous.shape, 'float32'),
        ];
      },
    };
  });
  return run(stop, go, previous) as tf.Tensor3D;
}

type Numbers = Float32Array;

const numbers = (tensor: tf.Tensor): Numbers => tensor.dataSync() as Float32Array;

function forwards({ batch, target, source }: Layout, stop: Numbers, go: Numbers, previous: Numbers): Numbers {
  const alpha = new Float32Array(batch * target * source);
  for (let b = 0; b < batch; b++) {
    let before = previous.subarray(b * source, (b + 1) * source);
    for (let t = 0; t < target; t++) {
      const at = (b * target + t) * source;
      let arrives = 0;
      for (let j = 0; j < source; j++) {
        arrives = (j > 0 ? go[at + j - 1]! * arrives : 0) + before[j]!;
        alpha[at + j] = stop[at + j]! * arrives;
      }
      before = alpha.subarray(at, at + source);
    }
  }
  return alpha;
}

/** The recurrence in reverse: an error in q_j comes from alpha_j and from q_(j+1), and goes on to the output before. */
function backwards(
  { batch, target, source }: Layout,
  run: { readonly stop: Numbers; readonly go: Numbers; readonly previous: Numbers; readonly alpha: Numbers },
  upstream: Numbers,
): { stop: Numbers; go: Numbers; previous: Numbers } {
  const errors = {
    stop: new Float32Array(run.stop.length),
    go: new Float32Array(run.go.length),
    previous: new Float32Array(run.previous.length),
  };
  const arrives = new Float64Array(source);
  for (let b = 0; b < batch; b++) {
    const earlier = new Float64Array(source); // what the output after this one hands back
    for (let t = target - 1; t >= 0; t--) {
      const at = (b * target + t) * source;
      const [before, from] = t > 0 ? [run.alpha, at - source] : [run.previous, b * source];
      for (let j = 0; j < source; j++) {
        arrives[j] = (j > 0 ? run.go[at + j - 1]! * arrives[j - 1]! : 0) + before[from + j]!;
      }
      let next = 0; // the error of q_(j+1)
      for (let j = source - 1; j >= 0; j--) {
        const error = upstream[at + j]! + earlier[j]!; // of alpha_j
        errors.stop[at + j] = error * arrives[j]!;
        errors.go[at + j] = next * arrives[j]!;
        next = error * run.stop[at + j]! + next * run.go[at + j]!;
        earlier[j] = next;
      }
    }
    errors.previous.set(earlier, b * source);
  }
  return errors;
}
