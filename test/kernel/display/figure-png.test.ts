import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Resvg } from '@resvg/resvg-js';
import { PNG } from 'pngjs';
import { toBundle } from '../../../kernel/src/display/bundle.js';
import { figureToPng, figureToSvg } from '../../../kernel/src/display/figure-png.js';
import { type Face, fontFiles, textWidth } from '../../../kernel/src/display/fonts.js';

/** Colour of the picture at a place in CSS pixels. */
function pixelAt(png: PNG, x: number, y: number, scale = 2): number[] {
  const at = 4 * (Math.floor(y * scale) * png.width + Math.floor(x * scale));
  return [...png.data.subarray(at, at + 3)];
}

const margin = { l: 50, r: 50, t: 50, b: 50 };
const black = 'rgb(0,0,0)';
const end = [200, 100, 40];

function heatMap(z: number[][], extra: object = {}) {
  return {
    data: [
      {
        type: 'heatmap',
        z,
        zmin: 0,
        zmax: 1,
        showscale: false,
        colorscale: [
          [0, black],
          [1, `rgb(${end})`],
        ],
        ...extra,
      },
    ],
    layout: { width: 700, height: 450, margin },
  };
}

test('each cell of a heat map has the colour of its value, up to its edges', async () => {
  const z = [
    [0, 0.25, 0.5],
    [1, 0.75, 0],
  ];
  const png = PNG.sync.read(await figureToPng(heatMap(z)));
  assert.deepEqual([png.width, png.height], [1400, 900]);
  // the plot is 600 x 350 at (50, 50); row 0 is at the bottom
  for (const [row, values] of z.entries()) {
    for (const [column, value] of values.entries()) {
      const [left, top] = [50 + 200 * column, 50 + 175 * (1 - row)];
      for (const [x, y] of [
        [100, 87],
        [2, 87],
        [197, 87],
        [100, 2],
        [100, 172],
      ]) {
        const colour = pixelAt(png, left + x!, top + y!);
        // plotly rounds each channel to a whole number
        for (const [channel, full] of end.entries()) {
          const error = Math.abs(colour[channel]! - value * full);
          assert.ok(error <= 1, `cell ${row}, ${column} at ${x}, ${y}: ${colour} for ${value}`);
        }
      }
    }
  }
});

test('so has a map of too many cells for rectangles, and one with text axes and gaps', async () => {
  const many = Array.from({ length: 150 }, (_, row) =>
    Array.from({ length: 200 }, (_, column) => (row + column) % 2),
  );
  const large = PNG.sync.read(await figureToPng(heatMap(many)));
  // cells of 3 x 2.333 CSS pixels: the centres of two neighbours in the lowest row
  assert.deepEqual(pixelAt(large, 51.5, 399), [0, 0, 0]);
  assert.deepEqual(pixelAt(large, 54.5, 399), end);
  const named = heatMap(
    [
      [0, 1],
      [1, 0],
    ],
    { x: ['le', 'chat'], y: ['the', 'cat'], xgap: 10, ygap: 10 },
  );
  const words = PNG.sync.read(await figureToPng(named));
  assert.deepEqual(pixelAt(words, 200, 312), [0, 0, 0]);
  assert.deepEqual(pixelAt(words, 500, 312), end);
  assert.deepEqual(pixelAt(words, 350, 150), [255, 255, 255]);
});

test('an alignment of 10 x 28 with repeated letters keeps every letter and its colour bar', async () => {
  const source = [...'le chat noir dort sur le lit'];
  const z = Array.from({ length: 10 }, (_, row) => source.map((_, column) => (column === row ? 1 : 0)));
  const axis = (labels: string[]) => ({ tickvals: labels.map((_, at) => at), ticktext: labels });
  const svg = await figureToSvg({
    data: [{ type: 'heatmap', z, colorscale: 'Viridis' }],
    layout: { xaxis: axis(source), yaxis: axis([...'2024-03-17']) },
  });
  const letters = [...svg.matchAll(/class="xtick"[^>]*><text[^>]*>([^<]*)</g)].map((match) => match[1]);
  assert.equal(letters.filter((letter) => letter === 't').length, 3);
  assert.equal(svg.match(/<g class="cells"/g)?.length, 1);
  assert.equal(svg.match(/fill="rgb\(253,231,37\)"/g)?.length, 10);
  assert.equal(svg.match(/fill="rgb\(68,1,84\)"/g)?.length, 270);
  assert.match(svg, /class="cbfills/);
});

test('the same figure gives the same bytes', async () => {
  const figure = {
    data: [
      { y: [3, 1, 2], name: 'loss' },
      { type: 'histogram', x: [1, 2, 2], xaxis: 'x2', yaxis: 'y2' },
    ],
    layout: { grid: { rows: 1, columns: 2, pattern: 'independent' }, title: { text: 'Twice' } },
  };
  const first = await figureToPng(figure);
  const svg = await figureToSvg(figure);
  await figureToPng({ data: [{ type: 'pie', values: [1, 2] }], layout: {} });
  assert.ok(first.equals(await figureToPng(figure)));
  assert.equal(await figureToSvg(figure), svg);
});

test('the figure that is given is not changed', async () => {
  const figure = { data: [{ type: 'scattergl', y: [1, 2] }], layout: { title: 'a title' } };
  const before = JSON.stringify(figure);
  await figureToSvg(figure);
  assert.equal(JSON.stringify(figure), before);
});

test('size comes from the options, else the layout, else plotly; the scale multiplies it', async () => {
  const figure = { data: [{ y: [1, 2] }], layout: { width: 300, height: 200 } };
  const sizeOf = (bytes: Buffer) => ((png) => [png.width, png.height])(PNG.sync.read(bytes));
  assert.deepEqual(sizeOf(await figureToPng(figure)), [600, 400]);
  assert.deepEqual(sizeOf(await figureToPng(figure, { width: 400, scale: 1 })), [400, 200]);
  await assert.rejects(figureToPng(figure, { width: 1e6 }), /cannot be drawn: expected at least 10 x 10/);
});

test('what only a browser or the network can draw is refused with its reason', async () => {
  await assert.rejects(figureToPng({ data: [{ type: 'surface', z: [[1]] }] }), /'surface' trace needs WebGL/);
  await assert.rejects(figureToPng({ data: [{ type: 'choropleth' }] }), /maps from the network/);
  await assert.rejects(figureToPng({ data: [{ type: 'image', source: 'data:,' }] }), /give its colours as z/);
  await assert.rejects(figureToPng({ data: [null as never] }), /list `data` of traces, each an object/);
  await assert.rejects(
    figureToPng({ data: [{ y: [1] }], layout: { xaxis: 'bad' } }),
    /plotly refused the figure/,
  );
  const many = { data: [{ y: Array.from({ length: 100_001 }, () => 0) }] };
  await assert.rejects(figureToPng(many), /100001 points are too many/);
});

test('a picture from the network is left out and not waited for', async () => {
  const images = [{ source: 'https://example.invalid/a.png', x: 0, y: 1, sizex: 1, sizey: 1 }];
  const svg = await figureToSvg({ data: [{ y: [1, 2] }], layout: { images } });
  assert.doesNotMatch(svg, /example\.invalid/);
});

test('words without glyphs and without end do not stop it', async () => {
  const title = `日本語 العربية 😀 ${'long words '.repeat(30)}`;
  const svg = await figureToSvg({ data: [{ y: [1, 2], name: '漢字' }], layout: { title, showlegend: true } });
  assert.match(svg, /日本語/);
  assert.ok((svg.match(/class="line"/g)?.length ?? 0) >= 4, 'the title is broken into lines');
});

test('labels are as wide for plotly as they are drawn', () => {
  const families: [Face, string][] = [
    ['regular', ''],
    ['bold', 'font-weight="bold"'],
    ['oblique', 'font-style="italic"'],
    ['mono', ''],
  ];
  for (const [face, style] of families) {
    const inkOf = (text: string) => {
      const family = face === 'mono' ? 'DejaVu Sans Mono' : 'DejaVu Sans';
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="5000" height="200"><text y="100" font-size="100" font-family="${family}" ${style}>${text}</text></svg>`;
      const options = { font: { fontFiles: fontFiles(), loadSystemFonts: false } };
      return new Resvg(svg, options).getBBox()!.width;
    };
    for (const text of ['Training loss', 'AVATAR To.', 'ελληνικά', '0.123 −4', 'русский']) {
      // the sides of the outer letters fall out of the difference
      const drawn = inkOf(`H${text}H`) - inkOf('HH');
      const measured = 100 * (textWidth(`H${text}H`, face) - textWidth('HH', face));
      assert.ok(
        Math.abs(drawn - measured) < 0.02 * drawn,
        `${face} ${text}: drawn ${drawn}, measured ${measured}`,
      );
    }
  }
});

test('no label leaves the picture: long category names, names turned, a legend', async () => {
  const names = ['Neural machine translation by jointly learning to align', 'Attention is all you need'];
  const png = PNG.sync.read(
    await figureToPng({
      data: [
        {
          type: 'bar',
          orientation: 'h',
          y: names,
          x: [2, 1],
          name: 'a name of some length',
          showlegend: true,
        },
      ],
      layout: { width: 700, height: 300 },
    }),
  );
  // the outermost two pixels all round are empty
  for (let y = 0; y < png.height; y++) {
    for (const x of [0, 1, png.width - 2, png.width - 1])
      assert.deepEqual(pixelAt(png, x, y, 1), [255, 255, 255]);
  }
});

test('a plain figure becomes plotly JSON, a PNG with alternative text, and words', async () => {
  const figure = {
    data: [{ type: 'bar', x: ['a', 'b'], y: [1, 2], name: 'seen' }],
    layout: { title: { text: 'Exact <b>match</b>' }, xaxis: { title: 'language' }, width: 400, height: 300 },
  };
  const { data, metadata } = await toBundle(figure);
  const text = 'Figure: Exact match; language; bar seen (2)';
  assert.deepEqual(data['application/vnd.plotly.v1+json'], figure);
  assert.equal(data['text/plain'], text);
  assert.deepEqual(metadata, { 'image/png': { alt: text, width: 400, height: 300 } });
  // As many pixels as it is wide on the page: JupyterLab's plotly shows it by its own size.
  assert.equal(PNG.sync.read(Buffer.from(String(data['image/png']), 'base64')).width, 400);
});

test('a bundle with plotly JSON gets a PNG, once; one that cannot be drawn says why', async () => {
  const display = Symbol.for('Jupyter.display');
  const mime = 'application/vnd.plotly.v1+json';
  const spec = { data: [{ y: [1, 2] }], layout: {} };
  const drawn = await toBundle({ [display]: () => ({ [mime]: spec, 'text/plain': 'The loss falls.' }) });
  assert.equal((drawn.metadata['image/png'] as { alt: string }).alt, 'The loss falls.');
  assert.ok(String(drawn.data['image/png']).startsWith('iVBOR'));
  const own = await toBundle({ [display]: () => ({ [mime]: spec, 'image/png': 'abc', 'text/plain': 'x' }) });
  assert.equal(own.data['image/png'], 'abc');
  const solid = { data: [{ type: 'surface', z: [[1]] }], layout: {} };
  const refused = await toBundle({ [display]: () => ({ [mime]: solid, 'text/plain': 'A hill.' }) });
  assert.ok(!('image/png' in refused.data));
  assert.match(String(refused.data['text/plain']), /^A hill\.\n\(no still image: .*WebGL/);
});

test('what only looks a little like a figure is left alone', async () => {
  for (const value of [
    { data: [{ id: 1 }] },
    { data: [{ x: 1, y: 2 }], layout: {} },
    { data: [], layout: {} },
  ]) {
    assert.deepEqual(Object.keys((await toBundle(value)).data), ['text/plain']);
  }
});
