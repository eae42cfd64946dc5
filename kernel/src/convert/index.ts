export { type CellDiagnostic, checkNotebook } from './check.js';
export { type Converter, createConverter } from './converter.js';
export { Linker, type LinkerHost } from './linker.js';
export { createNodeHost } from './node-host.js';
export { type Box, type CellContext, type CellSurroundings, readableMessage, Scope } from './scope.js';
export { noDeclarations, withoutNames } from './state.js';
export type * from './types.js';
