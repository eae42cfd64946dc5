export {
  defaultLogMel,
  framesWithin,
  hann,
  type LogMelConfig,
  logMel,
  powerSpectrum,
  type Spectrogram,
} from './log-mel.js';
export { hertzOfMel, type MelBank, type MelBankSizes, melBank, melOfHertz } from './mel.js';
export { decodeWav, type Recording, readWav, readWavFolder } from './wav.js';
