export { type MimeBundle, toBundle } from './bundle.js';
export { type BundleOptions, completeBundle } from './complete.js';
export {
  figureToPng,
  figureToSvg,
  prepareFigures,
  type StillOptions,
} from './figure-png.js';
export type { FigureSpec } from './figure-spec.js';
export { html, image, json, latex, markdown, svg } from './helpers.js';
export { type Displayable, displaySymbol } from './mime.js';
export { errorText, plainText } from './text.js';
