/**
 * Cells of a notebook as JavaScript, on TypeScript's public API. A conversion is a function of the cell and of the
 * declarations that earlier cells left; only `node-host.ts` knows Node.
 *
 *     let count = 0;                                (async function ($$) { "use strict"; const $$count = $$.box("count") …
 *     const next = () => ++count;                   let count = 0;
 *     await pause(5);                    becomes    $$.declare($$count, count);
 *     next()                                        const next = () => ++$$count.v;
 *                                                   $$.declare($$next, next);
 *                                                   await (0, $$pause.v)(5);
 *                                                   return { value: (0, $$next.v)() };
 *                                                   })
 *
 * A declaration stays a declaration: functions and classes keep their names, and TypeScript compiles patterns, `using`,
 * decorators and enums as anywhere. After it the value goes into the name's box, which all cells share, and every other
 * mention is of the box. So a later cell's assignment or redeclaration is seen by earlier closures, and what a throwing
 * cell assigned stays. What no rewriting can change: a class knows itself within its own body, and an instance stays of the
 * class that made it.
 *
 * Why boxes: 20 million turns of a top-level loop over one shared name, against the same loop over locals of a function
 * (9-17 ms), took with boxes 17 (integers), 67 (floats), 18 (calls); with properties of one object of 200 names 190-460;
 * with accessors to variables of the declaring cell 29-1,900; with names of a vm context some 10,000. Variables that a
 * closure captures, which is what top-level variables of a module are, took 17, 126 and 18.
 *
 * Why imports are loaded first: `import` is hoisted anyway. The executor loads `imports` with a `Linker`, waiting as it must,
 * and hands the namespaces in; so packages with top-level await load, and a cell without `await` remains a synchronous
 * function that an interrupt can end.
 *
 * To run a cell: convert; stop unless `ok`; `modules = await linker.load(imports, sideModules, cellFile)`;
 * `context = scope.context({ modules, import, meta, require })`; evaluate `code`, call the function with the context, await it if
 * `hasTopLevelAwait`; `{ value }` comes back when the cell ends in an expression. After a throw the next declarations are
 * `withoutNames(before, conversion.declarations, names that context.assigned lacks)`.
 */
export { type CellDiagnostic, checkNotebook } from './check.js';
export { type Converter, createConverter } from './converter.js';
export { Linker, type LinkerHost } from './linker.js';
export { createNodeHost } from './node-host.js';
export { type Box, type CellContext, type CellSurroundings, readableMessage, Scope } from './scope.js';
export { noDeclarations, withoutNames } from './state.js';
export type * from './types.js';
