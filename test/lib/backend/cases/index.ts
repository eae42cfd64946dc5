import { elementwise } from './elementwise.js';
import type { OperationCase } from './entry.js';
import { convolutions } from './images.js';
import { losses } from './losses.js';
import { lookups, products } from './matrices.js';
import { reductions, shapes } from './shapes.js';

/** What training can meet, one line each. */
export const operationCases: readonly OperationCase[] = [
  ...products,
  ...lookups,
  ...convolutions,
  ...losses,
  ...elementwise,
  ...reductions,
  ...shapes,
].map(([name, shapes, run, extra]) => ({ name, shapes, run, ...extra }));
