import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { JSDOM } from 'jsdom';
import type { Cell, Output } from '../../../kernel/src/run/notebook.js';
import { renderPage } from '../../../kernel/src/run/page/page.js';
import { servePage } from '../../../kernel/src/run/page/serve.js';
import { code, notebookOf, temporaryFolder } from './support.js';

const text = (source: string): Cell => ({ cell_type: 'markdown', id: '', metadata: {}, source });
const shown = (data: Record<string, unknown>): Cell => ({
  ...code('show()'),
  outputs: [{ output_type: 'display_data', data, metadata: {} }],
});
const pageOf = (cells: readonly Cell[], folder = '.') => renderPage(notebookOf(cells), { folder });
const documentOf = (cells: readonly Cell[], folder?: string) =>
  new JSDOM(pageOf(cells, folder)).window.document;

test('equations of every form are set; money is not an equation', () => {
  const sources = [
    '$x^2$',
    '$$x^2$$',
    '$$\nx^2\n$$',
    '\\begin{align}\nx &= 2\n\\end{align}',
    'a \\\\(x\\\\) b',
  ];
  for (const source of sources)
    assert.equal(documentOf([text(source)]).querySelectorAll('.katex').length, 1, source);
  assert.equal(documentOf([text('$$x$$')]).querySelectorAll('.katex-display').length, 1);
  for (const source of ['from $5 to $6', '`$x$`', '```\n$$x$$\n```', '$ x $'])
    assert.equal(documentOf([text(source)]).querySelectorAll('.katex').length, 0, source);
  assert.equal(documentOf([text("$\\alpha_{t,t'} * \\beta * x_i _$")]).querySelectorAll('em').length, 0);
  assert.match(documentOf([text('$\\frac{$')]).querySelector('.katex-error')?.textContent ?? '', /frac/);
});

test('the page asks no other host for anything', (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'dot.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  const figure = { data: [{ y: [1, 2] }], layout: {} };
  const html = pageOf(
    [
      text('$x$ ![a dot](dot.svg) ![far](https://example.org/x.png)'),
      shown({ 'application/vnd.plotly.v1+json': figure }),
    ],
    folder,
  );
  const { document } = new JSDOM(html).window;
  const addresses = [...document.querySelectorAll('[src], link[href]')].map(
    (element) => element.getAttribute('src') ?? element.getAttribute('href') ?? '',
  );
  assert.ok(addresses.length > 0);
  for (const address of addresses) assert.match(address, /^data:/);
  const styles = [...document.querySelectorAll('style')].map((style) => style.textContent).join('');
  for (const [, address] of styles.matchAll(/url\(([^)]*)\)/g))
    assert.match(address!, /^data:font\/woff2;base64,/);
  assert.match(styles, /KaTeX_Main/);
  assert.match(
    document.querySelector('meta[http-equiv]')?.getAttribute('content') ?? '',
    /^default-src 'none'/,
  );
  assert.equal(document.querySelector('img')?.getAttribute('alt'), 'a dot');
});

test('a figure has its picture, its caption and its data; data cannot end the script', () => {
  const figure = { data: [{ y: [1], name: '</script><b>' }], layout: {} };
  const document = documentOf([
    shown({ 'application/vnd.plotly.v1+json': figure, 'image/png': 'QUJD\n', 'text/plain': 'Loss "falls".' }),
  ]);
  const place = document.querySelector('.plotly')!;
  assert.deepEqual(JSON.parse(place.querySelector('script')!.textContent!), figure);
  assert.equal(place.querySelector('img')?.getAttribute('src'), 'data:image/png;base64,QUJD');
  assert.equal(place.querySelector('img')?.getAttribute('alt'), 'Loss "falls".');
  assert.equal(document.querySelector('figcaption')?.textContent, 'Loss "falls".');
  assert.equal(document.querySelector('b'), null);
});

test('plotly is in the page only where there is a figure', () => {
  assert.ok(pageOf([text('no figure')]).length < 20_000);
});

test('streams, errors, claims and results are shown as what they are', () => {
  const outputs: Output[] = [
    { output_type: 'stream', name: 'stdout', text: '<tag> & \u001b[1mbold\u001b[0m' },
    {
      output_type: 'error',
      ename: 'E',
      evalue: 'bad',
      traceback: ['\u001b[31mE: bad\u001b[0m', 'at cell 1:2:3'],
    },
    {
      output_type: 'display_data',
      data: { 'application/vnd.heed.claim+json': { name: 'sum', value: 2, bound: 1, holds: false } },
      metadata: {},
    },
    { output_type: 'execute_result', data: { 'text/plain': '42' }, metadata: {}, execution_count: 3 },
  ];
  const document = documentOf([{ ...code('const x: number = 1'), outputs } as Cell]);
  assert.equal(document.querySelector('.stream')?.textContent, '<tag> & bold');
  assert.equal(document.querySelector('[role=alert]')?.textContent, 'E: bad\nat cell 1:2:3');
  assert.equal(document.querySelector('.claim.fails')?.textContent, 'Claim fails sum: 2');
  assert.equal(document.querySelector('.result')?.textContent, '42');
  assert.equal(document.querySelector('code.hljs')?.textContent, 'const x: number = 1');
  assert.equal(document.querySelector('.hljs-keyword')?.textContent, 'const');
});

test('an output that is right under several forms is shown in the one that says most', () => {
  const document = documentOf([shown({ 'text/plain': 'plain', 'text/html': '<table><td>1</td></table>' })]);
  assert.equal(document.querySelector('td')?.textContent, '1');
  assert.equal(document.querySelector('.result'), null);
});

test('the server shows the page, and says so when a port is taken', async () => {
  const first = await servePage('<p>hello</p>');
  try {
    assert.equal(await (await fetch(first.url)).text(), '<p>hello</p>');
    assert.equal((await fetch(`${first.url}other`)).status, 404);
    const port = Number(new URL(first.url).port);
    await assert.rejects(servePage('', { port }), new RegExp(`port ${port} is taken.*--port`));
    const second = await servePage('');
    assert.notEqual(second.url, first.url);
    await second.close();
  } finally {
    await first.close();
  }
});
