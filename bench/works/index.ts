import { cellWorks } from './cells.js';
import { decoderWork } from './decoder.js';
import { convolutionWork, crossEntropyWork, embeddingWork } from './layers.js';
import { matMulWorks } from './mat-mul.js';
import { beamWork, datesWork, greedyWork } from './translator.js';
import type { Work } from './work.js';

export const works: readonly Work[] = [
  ...cellWorks,
  decoderWork,
  embeddingWork,
  convolutionWork,
  crossEntropyWork,
  ...matMulWorks,
  datesWork,
  greedyWork,
  beamWork,
];
