import { gruDecoder, lstmDecoder } from './decoder.js';
import { gru } from './gru.js';
import { lstm } from './lstm.js';
import { rnn } from './rnn.js';

export { fusedExp, fusedSigmoid, fusedTanh } from './activations.js';
export { type AdamConfig, type AdamState, defaultAdam, fusedAdam } from './adam.js';
export { fusedBatchNorm, fusedPatches } from './images.js';
export { type FusedStatus, loadFused } from './load.js';
export { fusedBatchMatMul, fusedMatMul } from './mat-mul.js';

/** The whole-sequence operations on wasm, with the signatures that every engine level shares; `loadFused()` first. */
export const fusedOps = { rnn, gru, lstm, gruDecoder, lstmDecoder } as const;
