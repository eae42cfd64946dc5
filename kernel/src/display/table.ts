import { escapeHtml } from './mime.js';

/** A table ready to be written: every cell is text already. */
export interface TextTable {
  readonly header: readonly string[];
  /** Row names, shown in the first column in bold; empty for none. */
  readonly index: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Columns whose cells stand to the right, as numbers do. */
  readonly numeric: readonly boolean[];
  /** A line below: what was left out, shape, type. */
  readonly note?: string;
}

/** The table as HTML with row and column headings marked as such, which a screen reader needs. */
export function tableToHtml({ header, index, rows, numeric, note }: TextTable): string {
  const align = (column: number) => ` style="text-align:${numeric[column] ? 'right' : 'left'}"`;
  const corner = index.length > 0 ? '<td></td>' : '';
  const head = header
    .map((cell, column) => `<th scope="col"${align(column)}>${escapeHtml(cell)}</th>`)
    .join('');
  const body = rows.map((row, at) => {
    const name = index.length > 0 ? `<th scope="row">${escapeHtml(index[at] ?? '')}</th>` : '';
    return `<tr>${name}${row.map((cell, column) => `<td${align(column)}>${escapeHtml(cell)}</td>`).join('')}</tr>`;
  });
  const thead = header.length > 0 ? `<thead><tr>${corner}${head}</tr></thead>\n` : '';
  const below = note ? `\n<p>${escapeHtml(note)}</p>` : '';
  return `<table>\n${thead}<tbody>\n${body.join('\n')}\n</tbody>\n</table>${below}`;
}

/** The table as text, columns padded to one width. */
export function tableToText({ header, index, rows, numeric, note }: TextTable): string {
  const lines = [...(header.length > 0 ? [header] : []), ...rows];
  const named = index.length > 0;
  const grid = lines.map((line, at) => {
    const name = header.length > 0 ? (at === 0 ? '' : index[at - 1]) : index[at];
    return named ? [name ?? '', ...line] : [...line];
  });
  const right = named ? [false, ...numeric] : numeric;
  const widths: number[] = [];
  for (const line of grid) {
    line.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, displayWidth(cell));
    });
  }
  const text = grid.map((line) =>
    line
      .map((cell, column) => {
        const space = ' '.repeat(widths[column]! - displayWidth(cell));
        return right[column] ? space + cell : cell + space;
      })
      .join('  ')
      .trimEnd(),
  );
  return [...text, ...(note ? [note] : [])].join('\n');
}

/** Columns that a text takes in a fixed-width font: East Asian wide characters take two, marks none. */
function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/\p{M}/u.test(character)) continue;
    width += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/u.test(
      character,
    )
      ? 2
      : 1;
  }
  return width;
}

/**
 * A number for a table: whole numbers whole, others with at most six digits that count, very large and very
 * small ones with an exponent.
 */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Object.is(value, -0)) return '0';
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  const size = Math.abs(value);
  if (size >= 1e15 || size < 1e-4) return value.toExponential(3);
  return String(Number(size >= 1e6 ? value.toFixed(1) : value.toPrecision(6)));
}

/**
 * Numbers of one column with one count of decimals, so that the points stand below each other: as many as the
 * column needs, four at most (`0.1234`), exponents where that would lose a small number.
 */
export function formatColumn(values: readonly number[]): string[] {
  const finite = values.filter(Number.isFinite);
  const smallest = Math.min(...finite.filter((value) => value !== 0).map(Math.abs));
  const largest = Math.max(0, ...finite.map(Math.abs));
  if (largest >= 1e9 || smallest < 1e-3) return values.map(formatNumber);
  const decimals = Math.min(4, Math.max(0, ...finite.map(decimalsOf)));
  return values.map((value) => (Number.isFinite(value) ? plain(value, decimals) : String(value)));
}

const plain = (value: number, decimals: number) => value.toFixed(decimals).replace(/^-(0\.?0*)$/, '$1');

/** Decimals that a number needs, counting single precision's seven digits only: 0.1 as float32 needs one. */
function decimalsOf(value: number): number {
  const digits = String(Number(value.toPrecision(7)));
  const point = digits.indexOf('.');
  return point < 0 ? 0 : digits.length - point - 1;
}
