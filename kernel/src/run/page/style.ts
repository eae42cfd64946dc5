/** Typography and colours of a notebook page: light and dark, readable at any width, printable. */
export const PAGE_STYLE = `
:root { --ink: #1c2024; --paper: #fdfdfc; --soft: #f3f4f2; --line: #dcdfdb; --dim: #5d666e; --link: #0a5bbd;
  --good: #1b6e3c; --bad: #b3261e; --word: #7a3ea8; --string: #1b6e3c; --number: #9a4a00; --name: #0a5bbd; color-scheme: light dark; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e6e3; --paper: #16191c; --soft: #1f2428; --line: #353b41; --dim: #9ca6ae; --link: #7db4ff;
  --good: #7fd6a0; --bad: #ff9a90; --word: #d3a6f5; --string: #8fd8a8; --number: #f0b47a; --name: #8fbfff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 17px/1.6 Charter, "Bitstream Charter", Georgia, "DejaVu Serif", serif; }
main { max-width: 50rem; margin: 0 auto; padding: 2rem 1.25rem 6rem; }
h1, h2, h3, h4 { font-family: system-ui, "DejaVu Sans", sans-serif; line-height: 1.25; margin: 2em 0 .6em; }
h1 { font-size: 2rem; margin-top: .5em; } h2 { font-size: 1.45rem; } h3 { font-size: 1.15rem; }
a { color: var(--link); }
img { max-width: 100%; height: auto; }
blockquote { margin: 1em 0; padding: .1em 1em; border-left: 3px solid var(--line); color: var(--dim); }
pre, code { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: .82rem; }
pre { margin: 0; line-height: 1.5; overflow-x: auto; }
:not(pre) > code { background: var(--soft); padding: .1em .3em; border-radius: 3px; }
.text pre { background: var(--soft); padding: .8rem 1rem; border-radius: 6px; margin: 1em 0; }
.code { margin: 1.2em 0; }
.source { position: relative; background: var(--soft); border: 1px solid var(--line); border-radius: 6px; padding: .7rem .9rem; }
.count { position: absolute; right: calc(100% + .6rem); top: .7rem; color: var(--dim); font: .75rem ui-monospace, monospace; }
@media (max-width: 58rem) { .count { display: none; } }
.outputs { padding: .5rem 0 0 .9rem; border-left: 2px solid var(--line); margin: .5rem 0 0 .2rem; }
.outputs > * + * { margin-top: .6rem; }
.outputs pre { white-space: pre-wrap; overflow-wrap: anywhere; max-height: 30rem; overflow-y: auto; }
.stderr { color: var(--dim); }
.error { color: var(--bad); border-left: 3px solid var(--bad); padding-left: .8rem; }
.claim { margin: 0; font-family: system-ui, "DejaVu Sans", sans-serif; font-size: .9rem; }
.claim.holds strong { color: var(--good); } .claim.fails strong { color: var(--bad); }
.html, .text { overflow-x: auto; }
table { border-collapse: collapse; font: .85rem/1.4 system-ui, "DejaVu Sans", sans-serif; margin: .6em 0; }
th, td { padding: .3em .8em; border-bottom: 1px solid var(--line); text-align: left; }
td { font-variant-numeric: tabular-nums; } thead th { border-bottom: 2px solid var(--dim); }
figure { margin: 0; } figure img { display: block; }
.plot > img, .plotly { background: #fff; color: #1c2024; border-radius: 6px; overflow: hidden; }
figcaption { color: var(--dim); font: .85rem/1.45 system-ui, "DejaVu Sans", sans-serif; margin-top: .4rem; }
.katex-display { overflow-x: auto; overflow-y: hidden; padding: .2em .5em .2em 0; }
.hljs-keyword, .hljs-built_in, .hljs-literal { color: var(--word); }
.hljs-string, .hljs-regexp, .hljs-template-variable { color: var(--string); }
.hljs-number, .hljs-meta { color: var(--number); }
.hljs-title, .hljs-title.function_, .hljs-type, .hljs-section { color: var(--name); }
.hljs-comment, .hljs-quote { color: var(--dim); font-style: italic; }
@media print { .outputs pre { max-height: none; } main { max-width: none; } }
`;

/** Replaces each static figure by an interactive one; a figure that plotly cannot draw stays a picture. */
export const PLOT_SCRIPT = `
for (const place of document.querySelectorAll('.plotly')) {
  const source = place.querySelector('script');
  if (!source || !window.Plotly) continue;
  const figure = JSON.parse(source.textContent);
  const target = document.createElement('div');
  const before = [...place.childNodes];
  place.append(target);
  const layout = Object.assign({ autosize: true }, figure.layout);
  delete layout.width;
  Plotly.newPlot(target, figure.data || [], layout, Object.assign({ responsive: true, displaylogo: false }, figure.config))
    .then(() => { for (const node of before) node.remove(); }, () => target.remove());
}
`;
