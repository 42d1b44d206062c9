import type { CurvePoint } from '../../apps/anonymise/choose.ts';
import type { AnonymityReport } from '../../apps/anonymise/report.ts';
import type { Share } from '../../apps/anonymise/shares.ts';
import type { Utility } from '../../apps/anonymise/utility.ts';
import { chartSvg } from '../chart.ts';
import { LEVEL_LOOKS, LINE_LOOKS } from '../chartMarks.ts';
import type { Chart, ChartPoint, Panel } from '../chartSpec.ts';
import { figureMarkup } from '../html/figure.ts';
import { keyMarkup, type LineLook } from '../html/key.ts';
import { html, type Markup } from '../html/markup.ts';
import { NOT_MEASURED } from './figures.ts';

/** The reader's own, as the page has it. */
const FONT = 'system-ui, sans-serif';
/** What the axis of a panel and the edges of a drawing take, in pixels. */
const AXIS = 64;
/** Between panels, as charts have it. */
const GAP = 64;

type Line = Panel['lines'][number];
type Level = { readonly name: string; readonly y: number };

/** Who is recognised at each strength, by what chose it. */
export const identityCurve = async (report: AnonymityReport): Promise<Markup> => {
  const { curve, chosen, target, baseline } = report;
  const lines = linesOf({
    'own original found': sharesOf(curve, (point) => point.own),
    'another picture of the person found': sharesOf(curve, (point) => point.person),
  });
  if (lines.length === 0) return html`<p>Who is recognised at each strength: ${NOT_MEASURED}.</p>`;
  const levels: Level[] = [
    { name: 'target', y: target },
    ...(baseline?.chance === undefined ? [] : [{ name: 'by chance', y: baseline.chance }]),
    ...(baseline?.untouched === undefined ? [] : [{ name: 'untouched pictures', y: baseline.untouched }]),
  ];
  const panel = {
    title: '',
    lines,
    target,
    levels: levels.slice(1).map(({ y }) => y),
    domain: [0, 1],
    format: '.0%',
  } as const;
  return figureMarkup({
    label:
      'Line chart of the share of copies that are recognised against strength, with 95 % intervals and the target.',
    key: keyMarkup([...looksOf(lines), ...levels.map(({ name }, n) => ({ name, ...(LEVEL_LOOKS[n] as Look) }))]),
    caption: captionOf(report),
    draw: (width) => drawn([panel], { width, at: chosen.strength, height: 240 }),
  });
};

const captionOf = ({ chosen, embedder }: AnonymityReport): string =>
  `Copies that ${embedder} recognises, with 95 % intervals in pale.${
    chosen.strength === undefined ? '' : ' The upright line is the strength that was chosen.'
  }`;

/** What copies keep at each strength. */
export const utilityCurve = ({ curve, chosen }: AnonymityReport): Promise<Markup> => {
  const names = [...new Set(curve.flatMap(({ utility }) => Object.keys(utility.attributes)))];
  const kept = linesOf({
    'somebody found': sharesOf(curve, ({ utility }) => utility.found),
    'classes kept': sharesOf(curve, ({ utility }) => utility.labels),
    ...Object.fromEntries(
      names.map((name) => [`${name} kept`, sharesOf(curve, ({ utility }) => utility.attributes[name]?.kept)]),
    ),
  }).slice(0, LINE_LOOKS.length);
  const mean = (of: keyof Pick<Utility, 'ssim' | 'distance'>): Line[] => [
    { name: of, points: curve.map(({ strength, utility }) => ({ x: strength, y: utility[of] })) },
  ];
  const panels: Panel[] = [
    ...(kept.length > 0 ? [{ title: 'kept', lines: kept, domain: [0, 1], format: '.0%' } as const] : []),
    { title: 'likeness, SSIM', lines: mean('ssim'), domain: [0, 1] },
    { title: 'distance, RMS', lines: mean('distance') },
  ];
  return figureMarkup({
    label: 'Line charts of what copies keep against strength: shares kept, structural similarity, and distance.',
    ...(kept.length > 0 ? { key: keyMarkup(looksOf(kept)) } : {}),
    caption: `What copies keep of their originals. Likeness is 1 and distance 0 where nothing changed.`,
    draw: (width) => drawn(panels, { width, at: chosen.strength, height: 150 }),
  });
};

type Look = Omit<LineLook, 'name'>;

/** Lines with points, by name. */
const linesOf = (points: Readonly<Record<string, readonly ChartPoint[]>>): Line[] =>
  Object.entries(points).flatMap(([name, own]) => (own.length > 0 ? [{ name, points: own }] : []));

const looksOf = (lines: readonly Line[]): LineLook[] =>
  lines.map(({ name }, n) => ({ name, ...(LINE_LOOKS[n] as Look) }));

const sharesOf = (curve: readonly CurvePoint[], of: (point: CurvePoint) => Share | undefined): ChartPoint[] =>
  curve.flatMap((point) => {
    const share = of(point);
    return share ? [{ x: point.strength, y: share.share, low: share.low, high: share.high }] : [];
  });

type Size = { readonly width: number; readonly at: number | undefined; readonly height: number };

const drawn = (panels: readonly Panel[], { width, at, height }: Size): Promise<string> => {
  const columns = width > 500 ? panels.length : 1;
  const chart: Chart = {
    panels,
    columns,
    xTitle: 'strength',
    ...(at === undefined ? {} : { at }),
    width: Math.floor((width - AXIS - GAP * (columns - 1)) / columns),
    height,
    font: FONT,
    isKeyed: false,
  };
  return chartSvg(chart);
};
