import { types } from 'node:util';
import type { MimeBundle } from './mime.js';
import { formatColumn, tableToHtml, tableToText } from './table.js';

/** What is asked of a value to be shown as a danfo DataFrame or Series. */
export interface FrameLike {
  // The fields with a dollar sign, since danfo hides `columns`, `index` and `shape` behind columns of these names.
  readonly $data: readonly unknown[];
  readonly $columns: readonly unknown[];
  readonly $index: readonly unknown[];
  readonly $isSeries?: boolean;
  readonly $dtypes?: readonly string[];
}

export function isFrameLike(value: unknown): value is FrameLike {
  if (typeof value !== 'object' || value === null || !('$data' in value)) return false;
  const frame = value as Partial<FrameLike>;
  return [frame.$data, frame.$columns, frame.$index].every(Array.isArray);
}

export const maxRows = 20;
export const maxColumns = 30;

/** A frame as an HTML table and a text table with its index; at most 20 rows and 30 columns, the rest counted. */
export function frameBundle(frame: FrameLike): MimeBundle {
  const isSeries = frame.$isSeries ?? !Array.isArray(frame.$data[0]);
  // danfo keeps an empty frame's data as a list of one empty row
  const rowCount = frame.$index.length === 0 ? 0 : frame.$data.length;
  const isEmpty = rowCount === 0;
  const shown = isEmpty ? [] : frame.$data.slice(0, maxRows);
  const header = frame.$columns.slice(0, maxColumns).map(String);
  const cells = shown.map((row) => (isSeries ? [row] : (row as unknown[]).slice(0, maxColumns)));
  const columns = header.map((_, column) => cells.map((row) => row[column]));
  const numeric = columns.map(
    (column) => column.some(isNumber) && column.every((cell) => isNumber(cell) || isMissing(cell)),
  );
  const texts = columns.map((column, at) => (numeric[at] ? numberTexts(column) : column.map(cellText)));
  const table = {
    header,
    index: frame.$index.slice(0, shown.length).map(cellText),
    rows: shown.map((_, row) => texts.map((column) => column[row]!)),
    numeric,
    ...noteOf(frame, isSeries, rowCount),
  };
  return { data: { 'text/html': tableToHtml(table), 'text/plain': tableToText(table) }, metadata: {} };
}

/** A frame in one line. */
export function describeFrame(frame: FrameLike): string {
  const rows = frame.$index.length;
  return frame.$isSeries ? `Series of ${rows}` : `DataFrame ${rows} x ${frame.$columns.length}`;
}

function noteOf(frame: FrameLike, isSeries: boolean, rowCount: number): { note?: string } {
  const left = [];
  if (rowCount > maxRows) left.push(`… ${rowCount - maxRows} more rows`);
  if (frame.$columns.length > maxColumns) left.push(`… ${frame.$columns.length - maxColumns} more columns`);
  const kind = isSeries ? `Series of ${rowCount}` : `${rowCount} rows x ${frame.$columns.length} columns`;
  if (left.length > 0 || rowCount === 0) return { note: [...left, kind].join(', ') };
  return isSeries ? { note: `${kind}${frame.$dtypes?.[0] ? `, ${frame.$dtypes[0]}` : ''}` } : {};
}

const isNumber = (cell: unknown): cell is number => typeof cell === 'number';
const isMissing = (cell: unknown) => cell === null || cell === undefined;

function numberTexts(column: readonly unknown[]): string[] {
  const numbers = formatColumn(column.filter(isNumber));
  let at = 0;
  return column.map((cell) => (isNumber(cell) ? numbers[at++]! : cellText(cell)));
}

const longestCell = 200;

function cellText(cell: unknown): string {
  if (types.isDate(cell)) return Number.isNaN(cell.getTime()) ? 'Invalid Date' : cell.toISOString();
  const text = typeof cell === 'object' && cell !== null ? JSON.stringify(cell) : String(cell);
  return text.length > longestCell ? `${text.slice(0, longestCell)}…` : text.replace(/[\r\n\t]+/g, ' ');
}
