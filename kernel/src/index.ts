export type { ClearOptions, DisplayOptions, Host } from './host.js';
export { clearOutput, display } from './notebook.js';
