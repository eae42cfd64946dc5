/*
 * One training step (forward, backward, Adam) on wasm: plain operations on the stock kernels, the same on the mended kernels, and the
 * whole-sequence gradients. Run with
 *   node --conditions=heed-source --import tsx bench/engine-levels.ts [batch,time,features,units] [rounds]
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { mendWasm } from '../lib/src/backend/mend/index.js';
import { sequenceGradientOps } from '../lib/src/recurrent/gradient/index.js';
import { referenceGru, referenceLstm, referenceRnn } from '../lib/src/recurrent/reference.js';
import { referenceGruDecoder, referenceLstmDecoder } from '../lib/src/seq2seq/reference.js';

type Ops = typeof sequenceGradientOps;
type Step = () => tf.Scalar;

const [batch, time, features, units] = (process.argv[2] ?? '64,32,64,128').split(',').map(Number) as [
  number,
  number,
  number,
  number,
];
const rounds = Number(process.argv[3] ?? 7);
const [source, attentionUnits] = [32, 128];
const reference: Ops = {
  rnn: referenceRnn,
  gru: referenceGru,
  lstm: referenceLstm,
  gruDecoder: referenceGruDecoder,
  lstmDecoder: referenceLstmDecoder,
};

const random = (shape: number[], seed: number, scale = 0.1) =>
  tf.randomNormal(shape, 0, scale, 'float32', seed);

/** A step that trains `shapes` on the last state of what `run` gives. */
function trainer(
  shapes: Record<string, number[]>,
  run: (x: Record<string, tf.Tensor>, zeros: tf.Tensor2D) => tf.Tensor,
): Step {
  const variables = Object.fromEntries(
    Object.entries(shapes).map(([name, shape], k) => [name, tf.variable(random(shape, k + 3))]),
  );
  const target = random([batch, units], 2, 1);
  const adam = tf.train.adam(1e-3);
  const loss = (): tf.Scalar => {
    const last = tf.slice(run(variables, tf.zeros([batch, units])), [time - 1, 0, 0], [1, batch, units]);
    return tf.losses.meanSquaredError(target, last.reshape([batch, units]));
  };
  return () => tf.tidy(() => adam.minimize(loss, true, Object.values(variables))!);
}

function steps(ops: Ops): Record<string, Step> {
  const x = random([time, batch, features], 1, 1) as tf.Tensor3D;
  const cell = (gates: number, inputs = features): Record<string, number[]> => ({
    kernel: [inputs, gates * units],
    recurrentKernel: [units, gates * units],
    bias: [gates * units],
    ...(gates === 3 && { recurrentBias: [gates * units] }),
  });
  const attention = {
    queryKernel: [units, attentionUnits],
    vector: [attentionUnits],
    keys: [batch, source, attentionUnits],
    values: [batch, source, units],
  };
  return {
    'lstm-step': trainer(
      cell(4),
      (w, zeros) => ops.lstm(w as never, x, { hidden: zeros, cell: zeros }, null, 'forward').hidden,
    ),
    'gru-step': trainer(cell(3), (w, zeros) => ops.gru(w as never, x, zeros, null, 'forward')),
    'rnn-step': trainer(cell(1), (w, zeros) => ops.rnn(w as never, x, zeros, null, 'forward', 'tanh')),
    'attention-decoder-step': trainer({ ...cell(4, features + units), ...attention }, (w, zeros) => {
      const memory = { keys: w.keys, values: w.values, mask: null } as never;
      return ops.lstmDecoder({ attention: w, cell: w } as never, x, memory, { hidden: zeros, cell: zeros })
        .states;
    }),
  };
}

function median(times: number[]): number {
  return [...times].sort((a, b) => a - b)[times.length >> 1]!;
}

/** Rounds over all contenders in turn, so that a busy machine disturbs them alike. */
function measure(contenders: Record<string, Step>, count: number): Record<string, number> {
  const times: Record<string, number[]> = Object.fromEntries(
    Object.keys(contenders).map((name) => [name, []]),
  );
  for (let round = -2; round < count; round++) {
    for (const [name, step] of Object.entries(contenders)) {
      const start = performance.now();
      const loss = step();
      loss.dataSync();
      loss.dispose();
      if (round >= 0) times[name]!.push(performance.now() - start);
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, list]) => [name, median(list)]));
}

const manifest = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json');
setWasmPaths(`${path.dirname(manifest)}/dist/`);
await tf.setBackend('wasm');
await tf.ready();
const stock = measure(steps(reference), Math.min(rounds, 3));
mendWasm();
const levels = { reference: steps(reference), sequence: steps(sequenceGradientOps) };
const mended = measure(
  Object.fromEntries(
    Object.entries(levels).flatMap(([level, all]) =>
      Object.entries(all).map(([name, step]) => [`${name} ${level}`, step]),
    ),
  ),
  rounds,
);
console.log(
  `wasm, batch ${batch}, time ${time}, features ${features}, units ${units}; median ms of ${rounds} rounds (stock: ${Math.min(rounds, 3)})`,
);
console.log(
  `${'work'.padEnd(24)}${'stock'.padStart(9)}${'mended'.padStart(9)}${'sequence'.padStart(9)}${'ratio'.padStart(8)}`,
);
for (const [name, before] of Object.entries(stock)) {
  const [plain, sequence] = [mended[`${name} reference`]!, mended[`${name} sequence`]!];
  const row = [before, plain, sequence].map((ms) => ms.toFixed(1).padStart(9)).join('');
  console.log(`${name.padEnd(24)}${row}${(before / sequence).toFixed(1).padStart(8)}`);
}
