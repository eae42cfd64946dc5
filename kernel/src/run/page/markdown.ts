import hljs from 'highlight.js/lib/common';
import katex from 'katex';
import MarkdownIt from 'markdown-it';

type Rules = MarkdownIt['inline']['ruler'];
type State = Parameters<Parameters<Rules['push']>[1]>[0];
type Blocks = Parameters<Parameters<MarkdownIt['block']['ruler']['push']>[1]>[0];

const PAIRS = [
  { open: '$$', close: '$$', display: true },
  { open: '$', close: '$', display: false },
  { open: '\\\\[', close: '\\\\]', display: true },
  { open: '\\\\(', close: '\\\\)', display: false },
] as const;

/** `$x$`, `$$x$$`, and `\\(x\\)`, `\\[x\\]` as Jupyter reads them. A dollar before a space or after one is money. */
function inlineMath(state: State, silent: boolean): boolean {
  const { src, pos } = state;
  const pair = PAIRS.find(({ open }) => src.startsWith(open, pos));
  if (!pair) return false;
  const start = pos + pair.open.length;
  let end = src.indexOf(pair.close, start);
  while (end > 0 && src[end - 1] === '\\' && pair.open.startsWith('$'))
    end = src.indexOf(pair.close, end + 1);
  if (end <= start) return false;
  const tex = src.slice(start, end);
  if (pair.open === '$' && (/^\s|\s$/.test(tex) || /\d/.test(src[end + 1] ?? ''))) return false;
  if (!silent) {
    const token = state.push('math', 'math', 0);
    token.content = tex;
    token.meta = { display: pair.display };
  }
  state.pos = end + pair.close.length;
  return true;
}

/** A paragraph that begins with `$$` or an equation environment, to its end, over several lines. */
function blockMath(state: Blocks, startLine: number, endLine: number, silent: boolean): boolean {
  const lineText = (line: number) =>
    state.src.slice(state.bMarks[line]! + state.tShift[line]!, state.eMarks[line]);
  const first = lineText(startLine);
  const environment = first.match(/^\\begin\{([a-z]+\*?)\}/)?.[1];
  const close = environment ? `\\end{${environment}}` : '$$';
  if (!environment && !first.startsWith('$$')) return false;
  let text = '';
  for (let line = startLine; line < endLine; line++) {
    text += `${line > startLine ? '\n' : ''}${lineText(line)}`;
    const at = text.indexOf(close, environment ? 0 : 2);
    if (at < 0) continue;
    if (text.slice(at + close.length).trim() !== '') return false;
    if (silent) return true;
    const token = state.push('math', 'math', 0);
    token.block = true;
    token.content = environment ? text.slice(0, at + close.length) : text.slice(2, at);
    token.meta = { display: true };
    state.line = line + 1;
    return true;
  }
  return false;
}

/** An equation as HTML with MathML inside for those who do not see it; a faulty one shows its source in red. */
export function renderMath(tex: string, { display }: { display: boolean }): string {
  return katex.renderToString(tex.trim(), {
    displayMode: display,
    throwOnError: false,
    strict: 'ignore',
    output: 'htmlAndMathml',
  });
}

/** Source code as highlighted HTML; an unknown language is only escaped. */
export function renderCode(source: string, language: string): string {
  if (!hljs.getLanguage(language)) return escapeHtml(source);
  return hljs.highlight(source, { language, ignoreIllegals: true }).value;
}

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

/** What a picture named in Markdown becomes: an address that needs no other host, or nothing. */
export type ImageResolver = (source: string) => string | undefined;

/** The Markdown of notebooks: tables, equations, highlighted code, headings with anchors, pictures put into the page. */
export function createMarkdown(resolveImage: ImageResolver): (source: string) => string {
  const markdown = new MarkdownIt({
    html: true,
    linkify: true,
    highlight: (source, language) => renderCode(source, language),
  });
  markdown.inline.ruler.before('escape', 'math', inlineMath);
  markdown.block.ruler.before('fence', 'math', blockMath, { alt: ['paragraph', 'blockquote', 'list'] });
  markdown.renderer.rules.math = (tokens, at) => {
    const token = tokens[at]!;
    return renderMath(token.content, token.meta as { display: boolean });
  };
  markdown.renderer.rules.heading_open = (tokens, at) => {
    const title = tokens[at + 1]?.content ?? '';
    return `<${tokens[at]!.tag} id="${anchor(title)}">`;
  };
  markdown.renderer.rules.image = (tokens, at) => {
    const token = tokens[at]!;
    const source = token.attrGet('src') ?? '';
    const alt = escapeHtml(token.content);
    const address = resolveImage(source);
    return address
      ? `<img src="${escapeHtml(address)}" alt="${alt}">`
      : `<a href="${escapeHtml(source)}">${alt || escapeHtml(source)}</a>`;
  };
  return (source) => markdown.render(source);
}

/** The anchor that Jupyter gives a heading: its words joined by hyphens. */
const anchor = (title: string): string => escapeHtml(title.trim().replace(/\s+/g, '-'));
