import { createRandom, initTranslator, saveParams, train, translatorLoss, useBackend } from 'heed';

/** A small training with everything that has a state: Adam, dropout, random batches, a schedule, early stopping. */
export async function trainToTheEnd(
  options: { readonly checkpoint?: string; readonly onStep?: (step: number) => void | Promise<void> },
  weights: string,
): Promise<void> {
  await useBackend('wasm');
  const steps = 60;
  const translator = initTranslator(createRandom(7), {
    sourceVocab: 9,
    targetVocab: 9,
    embedding: 8,
    units: 12,
    attention: 8,
    dropout: 0.2,
  });
  const validation = [{ source: [4, 5, 6], target: [6, 5, 4] }];
  await train({
    params: translator.params,
    random: createRandom('steps'),
    batches: (_step, { random }) => {
      const stream = random!.child('batch');
      return Array.from({ length: 4 }, () => {
        const source = Array.from({ length: 2 + stream.integer(3) }, () => 4 + stream.integer(5));
        return { source, target: source.toReversed() };
      });
    },
    loss: (batch, { random }) => translatorLoss(translator, batch, { random, truth: 0.8 }),
    steps,
    learningRate: (step) => 0.01 / (1 + step / 20),
    clipNorm: 1,
    earlyStopping: {
      every: 4,
      patience: 100,
      evaluate: () => {
        const loss = translatorLoss(translator, validation);
        const value = loss.dataSync()[0]!;
        loss.dispose();
        return value;
      },
    },
    onStep: ({ step }) => options.onStep?.(step),
    ...(options.checkpoint && {
      checkpoint: { path: options.checkpoint, every: 2, identity: { seed: 7, steps } },
    }),
  });
  await saveParams(weights, translator.params);
}

const [, , program, checkpoint, weights] = process.argv;
if (program === 'run')
  await trainToTheEnd(
    { checkpoint: checkpoint!, onStep: (step) => void process.stdout.write(`${step}\n`) },
    weights!,
  );
