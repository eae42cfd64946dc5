import { stripVTControlCharacters } from 'node:util';
import type { MimeBundle, Output } from '../notebook.js';
import { escapeHtml, renderMath } from './markdown.js';

const PLOTLY = 'application/vnd.plotly.v1+json';
const CLAIM = 'application/vnd.heed.claim+json';

/** Forms of a bundle, the one that says most first. */
const PREFERRED = [
  CLAIM,
  PLOTLY,
  'text/html',
  'text/markdown',
  'image/svg+xml',
  'image/png',
  'image/jpeg',
  'image/gif',
  'text/latex',
  'application/json',
  'text/plain',
] as const;

/** JSON that may stand inside a script element: no `</script>` and no comment can end it early. */
export const scriptJson = (value: unknown): string => JSON.stringify(value).replace(/</g, '\\u003c');

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value, null, 2));

const pre = (value: string, kind: string): string =>
  `<pre class="${kind}">${escapeHtml(stripVTControlCharacters(value))}</pre>`;

/** One output of a cell as HTML. */
export function renderOutput(output: Output, markdown: (source: string) => string): string {
  if (output.output_type === 'stream')
    return pre(output.text, output.name === 'stderr' ? 'stream stderr' : 'stream');
  if (output.output_type === 'error') {
    const trace = output.traceback.join('\n') || `${output.ename}: ${output.evalue}`;
    return `<div role="alert">${pre(trace, 'error')}</div>`;
  }
  return renderBundle(output.data, markdown);
}

/** The sentence that stands for a picture where it cannot be seen. */
function captionOf(data: MimeBundle): string {
  return typeof data['text/plain'] === 'string'
    ? stripVTControlCharacters(data['text/plain']).trim()
    : 'Output without a description';
}

function picture(data: MimeBundle): string | undefined {
  const alt = escapeHtml(captionOf(data));
  for (const mime of ['image/png', 'image/jpeg', 'image/gif']) {
    if (typeof data[mime] !== 'string') continue;
    const base64 = (data[mime] as string).replace(/\s/g, '');
    return `<img alt="${alt}" src="data:${mime};base64,${base64}">`;
  }
  return undefined;
}

function renderBundle(data: MimeBundle, markdown: (source: string) => string): string {
  const mime = PREFERRED.find((form) => data[form] !== undefined);
  if (mime === undefined) return '';
  const value = data[mime];
  switch (mime) {
    case CLAIM:
      return renderClaim(value as Record<string, unknown>, captionOf(data));
    case PLOTLY: {
      const caption = escapeHtml(captionOf(data));
      const fallback = picture(data) ?? `<p>${caption}</p>`;
      return `<figure class="plot"><div class="plotly" role="img" aria-label="${caption}">${fallback}<script type="application/json">${scriptJson(value)}</script></div><figcaption>${caption}</figcaption></figure>`;
    }
    case 'text/html':
      return `<div class="html">${text(value)}</div>`;
    case 'text/markdown':
      return `<div class="html">${markdown(text(value))}</div>`;
    case 'image/svg+xml': {
      const base64 = Buffer.from(text(value)).toString('base64');
      return `<figure class="plot"><img alt="${escapeHtml(captionOf(data))}" src="data:image/svg+xml;base64,${base64}"></figure>`;
    }
    case 'text/latex':
      return `<div class="html">${renderMath(text(value).replace(/^\$+|\$+$/g, ''), { display: true })}</div>`;
    case 'application/json':
      return pre(text(value), 'result');
    case 'text/plain':
      return pre(text(value), 'result');
    default:
      return `<figure class="plot">${picture(data) ?? ''}</figure>`;
  }
}

function renderClaim(claim: Record<string, unknown>, caption: string): string {
  const holds = claim.holds === true;
  const line = caption.startsWith('Output without') ? `${String(claim.name)}: ${text(claim.value)}` : caption;
  const said = line.replace(/^(?:holds|FAILS): /, '');
  return `<p class="claim ${holds ? 'holds' : 'fails'}"><strong>${holds ? 'Claim holds' : 'Claim fails'}</strong> ${escapeHtml(said)}</p>`;
}

/** Whether a page needs plotly for an output. */
export const isPlot = (output: Output): boolean => 'data' in output && output.data[PLOTLY] !== undefined;
