import { createRequire } from 'node:module';
import type * as tf from '@tensorflow/tfjs';
import {
  type CaptionedPicture,
  type Captioner,
  type ConvLayer,
  caption,
  captionerGrid,
  captionLoss,
  createRandom,
  createVocabulary,
  type DigitSet,
  digitThings,
  drawScenes,
  hardCaptionLoss,
  loadDigits,
  pointingMass,
  pointingShare,
  type Random,
  type Scene,
  type SceneChoice,
  type SceneThings,
  shapeThings,
  type Vocabulary,
} from 'heed';

export type CaptionKind = 'digits' | 'shapes';

/** Shapes are told apart by less than handwriting is; the regions are those of `defaultCaptioner` for both. */
export const captionEncoders: Readonly<Record<CaptionKind, readonly ConvLayer[]>> = {
  digits: [
    { filter: 5, stride: 2, units: 16 },
    { filter: 3, stride: 2, units: 32 },
    { filter: 3, stride: 2, units: 64 },
    { filter: 2, stride: 1, units: 96 },
  ],
  shapes: [
    { filter: 5, stride: 2, units: 8 },
    { filter: 3, stride: 2, units: 16 },
    { filter: 3, stride: 2, units: 32 },
    { filter: 2, stride: 1, units: 48 },
  ],
};

export interface CaptionData {
  readonly vocabulary: Vocabulary;
  draw(random: Random, count: number): (CaptionedPicture & { scene: Scene })[];
  fixedSets(split: 'test' | 'validation', count: number): { name: string; scenes: Scene[] }[];
}

/**
 * Scenes to train on, without held-out combinations, and fixed sets to measure on, from digits of their own split.
 *
 * @param distortion of the digits that are trained on: 8,000 are few, so each is drawn a little otherwise every time
 */
export function captionData(
  kind: CaptionKind,
  choice: Pick<SceneChoice, 'objects' | 'without'>,
  distortion: number,
): CaptionData {
  const digits = kind === 'digits' ? readDigits() : null;
  const things = (split: 'train' | 'test' | 'validation'): SceneThings =>
    digits === null
      ? shapeThings
      : digitThings(digits.split(split), { distortion: split === 'train' ? distortion : 0 });
  const byName = { train: things('train'), test: things('test'), validation: things('validation') };
  const words = byName.train.names.flatMap((name) => `${name === 'eight' ? 'an' : 'a'} ${name}`);
  const vocabulary = createVocabulary([...words, 'above left of and'], { kind: 'word' });
  const pairOf = (scene: Scene) => ({ scene, picture: scene, ids: vocabulary.encode(scene.caption) });
  return {
    vocabulary,
    draw: (random, count) =>
      drawScenes(byName.train, random, count, { ...choice, combinations: 'trained' }).map(pairOf),
    fixedSets: (split, count) => {
      const random = createRandom(`scenes: ${kind}, ${split}`);
      const set = (name: string, more: Partial<SceneChoice>) => ({
        name,
        scenes: drawScenes(byName[split], random.child(name), count, { ...choice, ...more }),
      });
      const [unseen] = choice.without;
      return [
        set('trained combinations', { combinations: 'trained' }),
        set('held-out combinations', { combinations: 'held out' }),
        ...(unseen === undefined ? [] : [set('an object never seen', { without: [], including: unseen })]),
      ];
    },
  };
}

function readDigits(): { split(name: 'train' | 'test' | 'validation'): DigitSet } {
  const require = createRequire(import.meta.url);
  return loadDigits((digit) => require(`mnist/src/digits/${digit}.json`));
}

export interface LossOfStepOptions {
  readonly look: 'soft' | 'hard' | 'doubly';
  readonly steps: number;
  readonly lambda: number;
  readonly samples: number;
  readonly entropy: number;
  /** Share of the steps in which a hard captioner looks softly. */
  readonly warm: number;
}

export function lossOfStep(captioner: Captioner, options: LossOfStepOptions) {
  const { look, steps, lambda, samples, entropy, warm } = options;
  return (
    batch: CaptionedPicture[],
    { step, random }: { step: number; random: Random | null },
  ): tf.Scalar => {
    if (look === 'hard' && step >= warm * steps) {
      const left = 1 - step / steps;
      return hardCaptionLoss(captioner, batch, { random: random!, samples, entropy: entropy * left });
    }
    return captionLoss(captioner, batch, { doublyStochastic: look === 'doubly' ? lambda : 0 });
  };
}

/** A point counts as on its object up to this many pixels beside its cell. */
const MARGIN = 2;

/** Exact captions and pointing of each set, with soft or hard looks as the captioner was made for. */
export function captionMeasures(
  captioner: Captioner,
  { vocabulary }: CaptionData,
  sets: readonly { name: string; scenes: readonly Scene[] }[],
) {
  const grid = captionerGrid(captioner.config);
  return {
    sets: sets.map(({ name, scenes }) => {
      const written = caption(captioner, scenes);
      const right = scenes.map((scene, k) => vocabulary.decode(written[k]!.ids) === scene.caption);
      // Each word of the true caption that names something; where nothing was written in its place, no region is right.
      const pointed = scenes.flatMap((scene, k) =>
        scene.named.flatMap((object, t) =>
          object === null
            ? []
            : [
                {
                  alpha: written[k]!.alpha[t] ?? nowhere(grid.regions),
                  box: wider(object.cell),
                  ink: object.ink,
                },
              ],
        ),
      );
      const of = (measure: (parts: typeof pointed) => number) => Number(measure(pointed).toFixed(4));
      return {
        name,
        pictures: scenes.length,
        exact: right.filter(Boolean).length / scenes.length,
        words: wordShare(
          scenes.map(({ words }) => words),
          written.map(({ ids }) => ids.map((id) => vocabulary.decode([id]))),
        ),
        pointing: of((parts) => pointingShare(parts, grid)),
        onInk: of((parts) =>
          pointingShare(
            parts.map(({ alpha, ink }) => ({ alpha, box: ink })),
            grid,
          ),
        ),
        mass: of((parts) => pointingMass(parts, grid)),
      };
    }),
  };
}

const nowhere = (regions: number) => new Float32Array(regions);
const wider = ({ top, left, bottom, right }: Scene['objects'][number]['cell']) => ({
  top: top - MARGIN,
  left: left - MARGIN,
  bottom: bottom + MARGIN,
  right: right + MARGIN,
});

/** Share of the words of the true captions that stand in their place. */
function wordShare(truth: readonly (readonly string[])[], written: readonly (readonly string[])[]): number {
  const hits = truth.flatMap((words, k) => words.map((word, t) => written[k]![t] === word));
  return Number((hits.filter(Boolean).length / hits.length).toFixed(4));
}
