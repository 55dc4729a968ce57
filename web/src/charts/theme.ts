// What every Vega-Lite chart of the page looks like: it fills its box, in the page's fonts and colours.

/** A colour of the page's tokens. */
export const color = (name: string) => `var(--${name})`;

export const axisText = {
  labelColor: color('ink-3'),
  titleColor: color('ink-2'),
  labelFontSize: 11,
  titleFontSize: 11,
  titleFontWeight: 'normal',
  titlePadding: 6,
  gridColor: color('rule'),
  domainColor: color('rule-2'),
  tickColor: color('rule-2'),
  labelOverlap: 'greedy',
} as const;

export const frame = {
  $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
  width: 'container',
  height: 'container',
  autosize: { type: 'fit', contains: 'padding' },
  background: 'transparent',
  config: { font: 'inherit', view: { stroke: null }, axis: { labelFont: 'inherit', titleFont: 'inherit' } },
} as const;
