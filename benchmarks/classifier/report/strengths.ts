import type { TopLevelSpec } from 'vega-lite';
import { type Content, html, type Section, tableMarkup } from '../../../src/node/html/markup.ts';
import type { StrengthFacts, Study } from '../record.ts';
import { drawChart, heading } from './drawing.ts';
import { percent } from './wording.ts';

/** What variants of each strength look like. */
export const pictureSection = ({ picture }: Study): Section => {
  const look = widthOf(picture) < SMALL ? 'small' : '';
  const body = html`<figure>
<div class="scroll" role="region" tabindex="0" aria-label="Variants by strength">
<img class="${look}" src="data:image/png;base64,${picture}" alt="Sample images in the first column, a row for each, and beside
them their variants by rising strength">
</div>
<figcaption>A row for each image: the image itself, then variants by rising strength.</figcaption>
</figure>`;
  return { title: 'Variants by strength', body: picture ? body : html`<p>No picture was made in this study.</p>` };
};

/** Below so many pixels a picture is bare, without headers to read, and its pixels are to be seen as squares. */
const SMALL = 400;

/** The width stands in the header of every PNG. */
const widthOf = (picture: string): number => {
  const bytes = Buffer.from(picture.slice(0, 40), 'base64');
  return bytes.length < 24 ? 0 : bytes.readUInt32BE(16);
};

/** What each strength does to labels and pixels. */
export const strengthSection = async ({ strengths }: Study): Promise<Section> => {
  const title = 'What each strength does';
  if (strengths.length === 0) return { title, body: html`<p>Not measured in this study.</p>` };
  const chart = await drawChart({
    label:
      'Three line charts against strength: the share of variants that keep their class with its 95 % interval, the ' +
      'distance of variants from their image, and the diversity among variants. The table below has the numbers.',
    caption: html`Measured on validation images. A variant keeps its class if a classifier that is right about the image
says the same of the variant. Distance and diversity are RMS differences of pixels in [0, 1]: from the image, and among
variants of one image.`,
    spec: (width) => strengthChart(strengths, width),
  });
  return { title, body: [chart, tableOf(strengths)] };
};

type Panel = { readonly title: string; readonly of: keyof StrengthFacts; readonly scale: number };

const PANELS: readonly Panel[] = [
  { title: 'labels kept, %', of: 'kept', scale: 100 },
  { title: 'distance, RMS', of: 'distance', scale: 1 },
  { title: 'diversity, RMS', of: 'diversity', scale: 1 },
];
/** Room for the y axis of a panel and the gap before the next, in pixels. */
const BETWEEN = 62;

const strengthChart = (strengths: readonly StrengthFacts[], width: number): TopLevelSpec => {
  const isWide = width > 500;
  const panel = { width: isWide ? width / 3 - BETWEEN : width - BETWEEN, height: isWide ? 170 : 150 };
  const rows = strengths.map((facts) => ({ ...facts, low: 100 * facts.keptLow, high: 100 * facts.keptHigh }));
  const highest = Math.max(...strengths.map(({ strength }) => strength));
  const x = {
    field: 'strength',
    type: 'quantitative' as const,
    title: 'strength',
    scale: { domain: [0, highest] },
    axis: { grid: false, tickCount: 4, format: '~r' },
  };
  const panels = PANELS.map(({ title, of, scale }) => {
    const values = rows.map((row) => ({ ...row, value: scale * row[of] }));
    const y = { type: 'quantitative', title: null, scale: { zero: of !== 'kept' }, axis: { format: '~r' } } as const;
    const interval = {
      mark: { type: 'rule', strokeWidth: 1.5 } as const,
      encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' } },
    };
    return {
      ...panel,
      data: { values },
      layer: [
        ...(of === 'kept' ? [interval] : []),
        {
          mark: { type: 'line', color: '#c1420b', point: { filled: true, color: '#c1420b', size: 45 } } as const,
          encoding: { x, y: { ...y, field: 'value' } },
        },
        heading(title),
      ],
    };
  });
  return isWide ? { hconcat: panels, spacing: 26 } : { vconcat: panels, spacing: 26 };
};

const tableOf = (strengths: readonly StrengthFacts[]): Content =>
  tableMarkup({
    caption: 'What each strength does to validation images',
    headers: ['strength', 'labels kept, %', '95 % interval', 'distance', 'diversity'],
    rows: strengths.map(({ strength, kept, keptLow, keptHigh, distance, diversity }) => [
      strength,
      percent(kept),
      `${percent(keptLow)} to ${percent(keptHigh)}`,
      distance.toFixed(3),
      diversity.toFixed(3),
    ]),
  });
