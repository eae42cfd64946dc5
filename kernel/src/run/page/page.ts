import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { type Cell, type Notebook, tagsOf } from '../notebook.js';
import { createMarkdown, escapeHtml, type ImageResolver, renderCode } from './markdown.js';
import { isPlot, renderOutput } from './output.js';
import { PAGE_STYLE, PLOT_SCRIPT } from './style.js';

const require = createRequire(import.meta.url);

/** The policy that lets a browser prove what we promise: nothing is fetched from anywhere. */
const POLICY =
  "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' blob:; worker-src blob:; style-src 'unsafe-inline'; img-src data: blob:; font-src data:";

/**
 * One self-contained HTML page of an executed notebook: equations, highlighted code, tables, errors, and plotly figures that are interactive where scripts
 * run and pictures where they do not. Style, fonts and scripts are inside; no other host is asked for anything.
 *
 * @param folder where pictures named by relative paths are looked for.
 */
export function renderPage(
  notebook: Notebook,
  { folder, title }: { folder: string; title?: string },
): string {
  const language =
    notebook.metadata.language_info?.name ?? notebook.metadata.kernelspec?.language ?? 'typescript';
  const body = notebook.cells.map((cell) => renderCell(cell, { folder, language })).join('\n');
  const plots = notebook.cells.some((cell) => cell.cell_type === 'code' && cell.outputs.some(isPlot));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${escapeHtml(title ?? firstHeading(notebook) ?? 'Notebook')}</title>
<style>${PAGE_STYLE}</style>
${body.includes('class="katex') ? `<style>${katexStyle()}</style>` : ''}
</head>
<body>
<main>
${body}
</main>
${plots ? `<script>${plotlySource()}</script>\n<script>${PLOT_SCRIPT}</script>` : ''}
</body>
</html>
`;
}

function firstHeading(notebook: Notebook): string | undefined {
  for (const cell of notebook.cells) {
    const heading = cell.cell_type === 'markdown' ? cell.source.match(/^#\s+(.+)$/m)?.[1] : undefined;
    if (heading) return heading.replace(/[*_`$]/g, '');
  }
  return undefined;
}

function renderCell(cell: Cell, { folder, language }: { folder: string; language: string }): string {
  if (cell.cell_type === 'raw') return '';
  const attachments = cell.cell_type === 'code' ? undefined : cell.attachments;
  const markdown = createMarkdown(imagesOf(folder, attachments));
  if (cell.cell_type !== 'code') return `<section class="text">${markdown(cell.source)}</section>`;
  const outputs = cell.outputs.map((output) => renderOutput(output, markdown)).join('\n');
  if (cell.source.trim() === '' && outputs === '') return '';
  const count = cell.execution_count ?? ' ';
  const source = tagsOf(cell).includes('hide-input')
    ? ''
    : `<div class="source"><span class="count" aria-hidden="true">${count}</span><pre><code class="hljs">${renderCode(cell.source, language)}</code></pre></div>`;
  return `<section class="code">${source}${outputs ? `<div class="outputs">${outputs}</div>` : ''}</section>`;
}

const IMAGE_TYPES: Record<string, string> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.svg': 'image/svg+xml',
  '.webp': 'image/webp',
};

function imagesOf(
  folder: string,
  attachments: Record<string, Record<string, unknown>> | undefined,
): ImageResolver {
  return (source) => {
    if (source.startsWith('data:')) return source;
    if (source.startsWith('attachment:')) {
      const [mime, base64] = Object.entries(attachments?.[source.slice(11)] ?? {})[0] ?? [];
      return mime ? `data:${mime};base64,${String(base64).replace(/\s/g, '')}` : undefined;
    }
    const mime = IMAGE_TYPES[extname(source).toLowerCase()];
    if (!mime || /^[a-z]+:/i.test(source)) return undefined;
    try {
      return `data:${mime};base64,${readFileSync(join(folder, decodeURIComponent(source))).toString('base64')}`;
    } catch {
      // A picture that is not there becomes a link with its description; the page is still worth reading.
      return undefined;
    }
  };
}

/** KaTeX's style sheet with its fonts inside (woff2, which every browser of today reads). */
function katexStyle(): string {
  const folder = dirname(require.resolve('katex/dist/katex.min.css'));
  return readFileSync(join(folder, 'katex.min.css'), 'utf8').replace(
    /src:url\((fonts\/[^)]+\.woff2)\)[^;}]*/g,
    (_, font: string) =>
      `src:url(data:font/woff2;base64,${readFileSync(join(folder, font)).toString('base64')}) format("woff2")`,
  );
}

function plotlySource(): string {
  const source = readFileSync(require.resolve('plotly.js-dist-min'), 'utf8');
  return source.replace(/<\/script/gi, '<\\/script').replace(/<!--/g, '<\\!--');
}
