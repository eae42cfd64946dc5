import { type CodeCell, type Notebook, NotebookError, tagsOf } from './notebook.js';

export type Parameters = Readonly<Record<string, unknown>>;

/** The value of a parameter given on a command line: JSON where it is JSON (`3`, `true`, `[1, 2]`, `"3"`), else the text itself. */
export function parseParameter(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Literals and assignments as a language writes them. */
const LANGUAGES: Record<string, { assign(name: string, value: unknown): string; comment: string }> = {
  typescript: { comment: '//', assign: (name, value) => `let ${name} = ${JSON.stringify(value)};` },
  python: { comment: '#', assign: (name, value) => `${name} = ${python(value)}` },
};

function python(value: unknown): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map(python).join(', ')}]`;
  if (typeof value === 'object')
    return `{${Object.entries(value)
      .map(([key, part]) => `${JSON.stringify(key)}: ${python(part)}`)
      .join(', ')}}`;
  return JSON.stringify(value);
}

/**
 * A copy of the notebook with a cell after the one tagged `parameters` that sets the given values; a cell that an earlier run injected is replaced.
 *
 * @throws NotebookError when no cell is tagged `parameters`, or when it does not mention a given name: a misspelt
 * parameter would otherwise change nothing and nobody would see it.
 */
export function withParameters(
  notebook: Notebook,
  parameters: Parameters,
  { language, name }: { language: string; name: string },
): Notebook {
  const names = Object.keys(parameters);
  if (names.length === 0) return notebook;
  const form = LANGUAGES[language === 'javascript' ? 'typescript' : language];
  if (!form)
    throw new NotebookError(`${name}: parameters can be set in typescript and python, not in ${language}.`);
  const cells = notebook.cells.filter((cell) => !tagsOf(cell).includes('injected-parameters'));
  const at = cells.findIndex((cell) => cell.cell_type === 'code' && tagsOf(cell).includes('parameters'));
  if (at < 0)
    throw new NotebookError(
      `${name}: no cell is tagged "parameters", so ${names.join(', ')} cannot be set. Put the defaults into one cell and give it that tag.`,
    );
  const defaults = cells[at]!.source;
  for (const wanted of names) {
    if (!/^[A-Za-z_]\w*$/.test(wanted))
      throw new NotebookError(
        `${name}: "${wanted}" is not a name of a variable. Use -p name value, with a name like epochs.`,
      );
    if (!new RegExp(`\\b${wanted}\\b`).test(defaults))
      throw new NotebookError(
        `${name}: the cell tagged "parameters" has no ${wanted}. It reads:\n${defaults}\nGive one of its names, or add ${wanted} there.`,
      );
  }
  const injected: CodeCell = {
    cell_type: 'code',
    id: 'injected-parameters',
    metadata: { tags: ['injected-parameters'] },
    source: [`${form.comment} Parameters`, ...names.map((key) => form.assign(key, parameters[key]))].join(
      '\n',
    ),
    outputs: [],
    execution_count: null,
  };
  return { ...notebook, cells: [...cells.slice(0, at + 1), injected, ...cells.slice(at + 1)] };
}
