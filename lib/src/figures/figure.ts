import { type Bundle, DISPLAY, displayed } from './display.js';

export { DISPLAY };

/** A picture as data, with the words and numbers for those who cannot see it. */
export interface Figure {
  /** What plotly draws. */
  readonly spec: PlotlySpec;
  /** One or two sentences that state the finding. */
  readonly caption: string;
  /** The numbers behind the picture. */
  readonly table: Table;
  /** The MIME bundle by which a notebook shows the figure. */
  [DISPLAY](): Bundle;
}

export interface PlotlySpec {
  readonly data: readonly Readonly<Record<string, unknown>>[];
  readonly layout: Readonly<Record<string, unknown>>;
}

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

export interface FigureParts {
  readonly title: string;
  readonly caption: string;
  readonly table: Table;
  readonly data: PlotlySpec['data'];
  /** Laid over the common layout; axes are merged one level deep. */
  readonly layout: Readonly<Record<string, unknown>> & { readonly width: number; readonly height: number };
}

/** Colours that remain apart in every kind of colour blindness (Okabe and Ito 2008), without the yellow, too pale for lines. */
export const PALETTE = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00', '#56B4E9', '#000000'] as const;

// DejaVu Sans has every script of the course; it is what a machine without fonts of its own is given.
const FONT = 'DejaVu Sans, Verdana, sans-serif';
const LINE = 17;
const AXIS = {
  automargin: true,
  zeroline: false,
  gridcolor: '#e5e5e5',
  linecolor: '#444444',
  ticks: '',
  showline: false,
};

/**
 * Puts a figure together: common fonts, colours and margins, the caption under the title.
 *
 * @throws Error when the caption or the table is missing
 */
export function createFigure({ title, caption, table, data, layout }: FigureParts): Figure {
  if (caption.trim() === '') {
    throw new Error(`Figure "${title}" has no caption: say in one sentence what it shows.`);
  }
  if (table.rows.some((row) => row.length !== table.columns.length)) {
    throw new Error(`Figure "${title}": every row of its table needs ${table.columns.length} cells.`);
  }
  const { xaxis, yaxis, margin, ...rest } = layout as Record<string, object>;
  const subtitle = wrap(caption, Math.floor((layout.width - 40) / 6.4));
  const top = 58 + LINE * subtitle.length;
  const spec: PlotlySpec = {
    data,
    layout: {
      font: { family: FONT, size: 13, color: '#222222' },
      title: {
        text: escapeMarkup(title),
        subtitle: { text: subtitle.map(escapeMarkup).join('<br>'), font: { size: 12, color: '#444444' } },
        x: 0,
        xanchor: 'left',
        xref: 'container',
        pad: { l: 16 },
        y: 1 - 26 / (layout.height + top),
        yanchor: 'bottom',
      },
      colorway: PALETTE,
      paper_bgcolor: '#ffffff',
      plot_bgcolor: '#ffffff',
      hoverlabel: { font: { family: FONT } },
      ...rest,
      height: layout.height + top,
      margin: { l: 70, r: 24, b: 56, ...margin, t: top + ((margin as { t?: number })?.t ?? 0) },
      xaxis: { ...AXIS, ...xaxis },
      yaxis: { ...AXIS, ...yaxis },
    },
  };
  return {
    spec,
    caption,
    table,
    ...displayed(() => ({
      'application/vnd.plotly.v1+json': { data: spec.data, layout: spec.layout },
      'text/plain': `${title}. ${caption}`,
    })),
  };
}

/** Text for plotly, which reads a small HTML. */
export function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Numbers as people read them: 0.997, 1.2e-7, 350. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e6)) return value.toExponential(1);
  return String(Number(value.toPrecision(4)));
}

function wrap(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.trim().split(/\s+/u)) {
    const line = lines.at(-1)!;
    if (line !== '' && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}
