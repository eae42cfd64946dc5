import { createFigure, escapeMarkup, type Figure, formatNumber, PALETTE } from './figure.js';

export interface TextPanel {
  /** What the weights are, written above the text. */
  readonly name: string;
  /** One a word, 0 or more. */
  readonly weights: ArrayLike<number>;
}

export interface TextHeatmapOptions {
  readonly words: readonly string[];
  /** The same text once a panel, from the top down. */
  readonly panels: readonly TextPanel[];
  /** What a weight is. */
  readonly valueTitle: string;
  /** The weight of full colour, for all panels. Default: the largest of all. */
  readonly most?: number;
  /** Places of words that get a frame. */
  readonly framed?: readonly number[];
  /** What the frames mean. Default `where to look`. */
  readonly framedTitle?: string;
  readonly title: string;
  /** One sentence that states the finding. */
  readonly caption: string;
}

const WIDTH = 680;
const CHARACTER_WIDTH = 8;
const GAP = 12;
const LINE_HEIGHT = 26;
const PANEL_GAP = 34;
// Full colour and the end of an empty word: white, so that a weight of 0 is seen as none.
const FULL = [0, 114, 178] as const;
// White is easier to read than black from here on.
const LIGHT_TEXT = 0.85;
// Orange beside blue, apart in every kind of colour blindness.
const FRAME = PALETTE[1];

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/**
 * A text as it is read, each word on a ground as dark as its weight: where a reader looks.
 *
 * @throws RangeError when a panel has not one weight of 0 or more for each word, a framed word is none, or there is nothing to draw
 */
export function textHeatmap(options: TextHeatmapOptions): Figure {
  const { words, panels, valueTitle, framed = [], framedTitle = 'where to look', title, caption } = options;
  if (words.length === 0 || panels.length === 0)
    throw new RangeError(`Figure "${title}": expected at least one word and one panel of weights.`);
  for (const { name, weights } of panels) {
    if (weights.length !== words.length || Array.from(weights).some((w) => !(w >= 0 && Number.isFinite(w))))
      throw new RangeError(
        `Figure "${title}", panel "${name}": expected ${words.length} weights of 0 or more, got ${weights.length}` +
          `${weights.length === words.length ? ', one of them negative or no number' : ''}.`,
      );
  }
  const outside = framed.find((at) => !Number.isInteger(at) || at < 0 || at >= words.length);
  if (outside !== undefined)
    throw new RangeError(`Figure "${title}": there is no word ${outside} to frame among ${words.length}.`);
  const most = options.most ?? Math.max(...panels.flatMap(({ weights }) => Array.from(weights)));
  if (!(most > 0)) throw new RangeError(`Figure "${title}": expected a largest weight above 0, got ${most}.`);

  const flow = flowOf(words);
  const panelHeight = flow.lines * LINE_HEIGHT + PANEL_GAP;
  const height = panels.length * panelHeight;
  const boxes = panels.flatMap((panel, p) =>
    flow.boxes.map((box, at) => ({
      ...box,
      y: p * panelHeight + PANEL_GAP + box.y,
      at,
      panel,
      share: Math.min(1, panel.weights[at]! / most),
    })),
  );
  return createFigure({
    title,
    caption,
    table: {
      columns: ['position', 'word', ...panels.map(({ name }) => name)],
      rows: words.map((word, at) => [
        at,
        word,
        ...panels.map(({ weights }) => Number(formatNumber(weights[at]!))),
      ]),
    },
    data: [
      {
        type: 'scatter',
        mode: 'text',
        x: boxes.map(({ x, width }) => x + width / 2),
        y: boxes.map(({ y }) => y),
        text: boxes.map(({ at }) => escapeMarkup(words[at]!)),
        textfont: { color: boxes.map(({ share }) => (share > LIGHT_TEXT ? '#ffffff' : '#222222')) },
        cliponaxis: false,
        customdata: boxes.map(({ panel, at }) => [
          escapeMarkup(panel.name),
          formatNumber(panel.weights[at]!),
        ]),
        hovertemplate: `%{text}: ${escapeMarkup(valueTitle)} %{customdata[1]}<br>%{customdata[0]}<extra></extra>`,
      },
    ],
    layout: {
      width: WIDTH,
      height: height + 34,
      margin: { l: 24, r: 24, t: 0, b: 34 },
      showlegend: false,
      xaxis: { range: [0, WIDTH - 48], visible: false },
      yaxis: { range: [height, 0], visible: false },
      shapes: boxes.map(({ x, y, width, share, at }) => ({
        type: 'rect',
        layer: 'below',
        x0: x - 4,
        x1: x + width + 4,
        y0: y - LINE_HEIGHT / 2 + 3,
        y1: y + LINE_HEIGHT / 2 - 3,
        fillcolor: colourOf(share),
        line: framed.includes(at) ? { color: FRAME, width: 2 } : { width: 0 },
      })),
      annotations: [
        ...panels.map(({ name }, p) => ({
          ...NOTE,
          y: p * panelHeight + 21,
          text: `<b>${escapeMarkup(name)}</b>`,
        })),
        {
          ...NOTE,
          yref: 'paper',
          y: 0,
          yshift: -20,
          text: escapeMarkup(
            `${valueTitle}: white is 0, full colour ${formatNumber(most)}${framed.length > 0 ? `; framed: ${framedTitle}` : ''}`,
          ),
        },
      ],
    },
  });
}

const NOTE = { x: 0, xanchor: 'left', yanchor: 'middle', showarrow: false, font: { size: 12 } } as const;

/** Puts words on lines. Places are pixels: x of the left edge, y of the middle of the line. */
function flowOf(words: readonly string[]): { boxes: Box[]; lines: number } {
  let x = 4;
  let line = 0;
  const boxes = words.map((word) => {
    const width = Array.from(word).length * CHARACTER_WIDTH;
    if (x > 4 && x + width > WIDTH - 56) {
      x = 4;
      line++;
    }
    const box = { x, y: line * LINE_HEIGHT + LINE_HEIGHT / 2, width };
    x += width + GAP;
    return box;
  });
  return { boxes, lines: line + 1 };
}

function colourOf(share: number): string {
  const parts = FULL.map((end) => Math.round(255 + share * (end - 255)));
  return `rgb(${parts.join(',')})`;
}
