import { fusedOps, loadFused } from '../backend/fused/index.js';
import { nativeFused, nativeOps } from '../backend/native/index.js';
import type {
  GruAttentionDecoder,
  GruSequence,
  LstmAttentionDecoder,
  LstmSequence,
  RnnSequence,
} from '../backend/sequences.js';
import { sequenceGradientOps } from './gradient/index.js';
import { referenceGru, referenceLstm, referenceRnn } from './reference.js';

/** From the plainest to the fastest. */
export const engineLevels = ['reference', 'sequence', 'fused'] as const;
export type EngineLevel = (typeof engineLevels)[number];

/** The whole-sequence operations; every level has the same signatures and must agree with the reference. */
export interface SequenceOps {
  readonly rnn: RnnSequence;
  readonly gru: GruSequence;
  readonly lstm: LstmSequence;
  readonly gruDecoder: GruAttentionDecoder;
  readonly lstmDecoder: LstmAttentionDecoder;
}

export interface SequenceEngine extends SequenceOps {
  /** The fastest level that serves any of the operations. */
  readonly level: EngineLevel;
}

interface Registration {
  readonly ops: Partial<SequenceOps>;
  /** Whether it can run on the present backend. */
  readonly available: () => boolean;
}

// Like the kernels of TensorFlow.js, engines belong to the process: they change how fast a result comes, not the result.
const registrations = new Map<EngineLevel, Registration[]>();
let ceiling: EngineLevel = 'fused';

/**
 * Adds operations to a level; of two registrations for one operation the later is used.
 *
 * @param available asked at each use, whether they run on the present backend; everywhere without it
 */
export function registerEngine(
  level: EngineLevel,
  ops: Partial<SequenceOps>,
  available: () => boolean = () => true,
): void {
  registrations.set(level, [{ ops, available }, ...(registrations.get(level) ?? [])]);
}

/** The highest level that may be used, for comparisons; returns the one that held before. */
export function limitEngine(level: EngineLevel): EngineLevel {
  const before = ceiling;
  ceiling = level;
  return before;
}

/** For each operation the fastest form that is registered for the present backend. */
export function sequenceEngine(): SequenceEngine {
  let level: EngineLevel = 'reference';
  const ops: Partial<SequenceOps> = {};
  for (const candidate of engineLevels.slice(0, engineLevels.indexOf(ceiling) + 1)) {
    // Oldest first: a later registration writes over an earlier one.
    for (const { ops: offered, available } of [...(registrations.get(candidate) ?? [])].reverse()) {
      if (!available()) continue;
      Object.assign(ops, offered);
      level = candidate;
    }
  }
  return { ...(ops as SequenceOps), level };
}

registerEngine('reference', { rnn: referenceRnn, gru: referenceGru, lstm: referenceLstm });
registerEngine('sequence', sequenceGradientOps);
registerEngine('fused', fusedOps, () => loadFused().available);
registerEngine('fused', nativeOps, () => nativeFused().available);
