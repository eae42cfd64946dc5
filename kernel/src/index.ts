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
export type {
  ClearOptions,
  Comm,
  CommListener,
  CommMessage,
  CommOptions,
  CommTarget,
  DisplayOptions,
  Host,
} from './host.js';
export { clearOutput, display, openComm, promptPassword, registerComm } from './notebook.js';
