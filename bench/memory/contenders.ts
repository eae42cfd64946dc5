import * as tf from '@tensorflow/tfjs';
import {
  type Cell,
  gruCell,
  initializers,
  lstmCell,
  lstmCellWith,
  type ParamTree,
  type Random,
  rnnCell,
  rnnCellWith,
} from 'heed';

/**
 * `rnn` starts as in PyTorch, uniform in +-1 / sqrt(units); `orthogonal` is the same cell with an orthogonal start; `identity`
 * has relu and starts at the identity (Le et al. 2015). `forget0` and `forget5` are the LSTM with another forget bias, `stock`
 * is tf.layers.lstm as it comes: forget bias 0 and a hard sigmoid. All but the first of these stand in the adding problem only.
 */
export type Contender =
  | 'rnn'
  | 'orthogonal'
  | 'identity'
  | 'gru'
  | 'lstm'
  | 'attention'
  | 'forget0'
  | 'forget5'
  | 'stock';
export type Everywhere = 'rnn' | 'gru' | 'lstm' | 'attention';
export const everywhere = (contender: Contender): contender is Everywhere =>
  ['rnn', 'gru', 'lstm', 'attention'].includes(contender);
export const cells: Record<string, Cell<ParamTree, unknown>> = {
  rnn: rnnCellWith({ recurrent: initializers.uniform(1 / Math.sqrt(64)) }) as never,
  orthogonal: rnnCell as never,
  identity: rnnCellWith({ activation: 'relu', recurrent: identity }) as never,
  gru: gruCell as never,
  lstm: lstmCell as never,
  forget0: lstmCellWith({ forgetBias: 0 }) as never,
  forget5: lstmCellWith({ forgetBias: 5 }) as never,
  stock: stockLstm() as never,
};

function identity(_random: Random, [rows = 0, columns = 0]: readonly number[]): Float32Array {
  const values = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++) values[i * columns + i] = 1;
  return values;
}

/** tf.layers.lstm with all defaults but the seeds, for whatever trains a cell; it gives the last state alone. */
function stockLstm(): Pick<Cell<ParamTree, tf.Tensor2D>, 'init' | 'sequence' | 'hidden'> {
  const layers = new WeakMap<object, tf.layers.Layer>();
  return {
    init: (random, { input, units }) => {
      const layer = tf.layers.lstm({
        units,
        kernelInitializer: tf.initializers.glorotUniform({ seed: random.child('kernel').tensorSeed() }),
        recurrentInitializer: tf.initializers.orthogonal({ seed: random.child('recurrent').tensorSeed() }),
      });
      tf.dispose(layer.apply(tf.zeros([1, 1, input])) as tf.Tensor); // makes the weights
      // The variable behind a layer's weight is not public, and training needs it.
      const variables = layer.trainableWeights.map(
        (weight) => (weight as unknown as { val: tf.Variable }).val,
      );
      const [kernel, recurrentKernel, bias] = variables as [tf.Variable, tf.Variable, tf.Variable];
      const params = { kernel, recurrentKernel, bias };
      layers.set(kernel, layer);
      return params;
    },
    sequence: (params, inputs) => ({
      outputs: inputs,
      state: layers.get((params as { kernel: tf.Variable }).kernel)!.apply(inputs) as tf.Tensor2D,
    }),
    hidden: (state) => state,
  };
}
