export { type AlignmentHeatmapOptions, alignmentHeatmap } from './alignment-heatmap.js';
export type { AlphaOverTime } from './alpha-over-time.js';
export { type CaptionAttentionOptions, captionAttention } from './caption-attention.js';
export {
  type BarChartOptions,
  barChart,
  type LineChartOptions,
  lineChart,
  type Reference,
  type Series,
  type TrainingCurveOptions,
  trainingCurve,
} from './charts.js';
export {
  type EstimatorChartOptions,
  type EstimatorPath,
  type EstimatorPoint,
  estimatorChart,
} from './estimator-chart.js';
export {
  createFigure,
  DISPLAY,
  type Figure,
  type FigureParts,
  formatNumber,
  PALETTE,
  type PlotlySpec,
  type Table,
} from './figure.js';
export { type FilmStripOptions, filmStrip } from './film-strip.js';
export { type GradientChartOptions, type GradientSeries, gradientChart } from './gradient-chart.js';
export {
  type FrameBox,
  type ImageAttentionOptions,
  type ImagePanel,
  imageAttention,
} from './image-attention.js';
export { type PoseStripOptions, poseStrip } from './pose-strip.js';
export { type SpectrogramAlphaOptions, spectrogramAlpha } from './spectrogram-alpha.js';
export { type TextHeatmapOptions, type TextPanel, textHeatmap } from './text-heatmap.js';
export { type WordHeatmapOptions, wordHeatmap } from './word-heatmap.js';
