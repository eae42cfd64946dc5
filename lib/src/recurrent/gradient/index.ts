export { gruGradient, lstmGradient, rnnGradient } from './sequence.js';
