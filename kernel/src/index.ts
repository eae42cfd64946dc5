export {
  completeBundle,
  type Displayable,
  type FigureSpec,
  figureToPng,
  figureToSvg,
  html,
  image,
  json,
  latex,
  type MimeBundle,
  markdown,
  prepareFigures,
  svg,
  toBundle,
} from './display/index.js';
export type { ClearOptions, DisplayOptions, Host } from './host.js';
export { clearOutput, display } from './notebook.js';
