/** What plotly draws: traces and a layout. */
export interface FigureSpec {
  readonly data: readonly object[];
  readonly layout?: object;
  readonly config?: object;
}
