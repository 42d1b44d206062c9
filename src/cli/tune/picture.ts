import sharp from 'sharp';
import { drawChart } from '../../node/chart.ts';
import type { ChartPoint, Panel } from '../../node/chartSpec.ts';
import { contactSheet } from '../../node/contactSheet.ts';
import type { Estimate } from '../../node/tuning/scores.ts';
import type { ImageShape } from '../../tensors/noise.ts';
import { toldText } from '../way.ts';
import type { ReportedPoint, TuneReport } from './report.ts';

/** An image with its variants, one for each strength. */
export type ShownImage = { readonly label: string; readonly images: readonly Float32Array[] };

export type TunePicture = {
  readonly report: TuneReport;
  readonly shape: ImageShape;
  readonly shown: readonly ShownImage[];
};

/**
 * The curves over a contact sheet: what the figures say, and what it looks like.
 *
 * @returns The bytes of a PNG with a palette.
 */
export const drawTuning = async ({ report, shape, shown }: TunePicture): Promise<Uint8Array> => {
  const { band, points, roundTrip } = report;
  const chart = await drawChart({
    panels: panelsOf(report),
    xTitle: 'strength',
    ...(band ? { band } : {}),
    width: 230,
    height: 190,
  });
  const sheet = await contactSheet({
    shape,
    title: titleOf(report),
    columns: [
      { header: 'original', count: 1 },
      ...(roundTrip ? [{ header: 'round trip', count: 1 }] : []),
      ...points.map(({ strength }) => ({ header: String(strength), count: 1 })),
    ],
    rows: shown,
  });
  return stack([chart, sheet], shape[2] === 1);
};

const titleOf = ({ solver, steps, eta, conditional, target, band, minDiversity, ...told }: TuneReport): string => {
  const { prompt, negativePrompt } = told;
  const lead = told.guidance === 1 ? {} : { guidance: told.guidance };
  const said = toldText({ ...(prompt ? { prompt } : {}), ...(negativePrompt ? { negativePrompt } : {}), ...lead });
  const way = [solver, `${steps} steps`, ...(eta === null ? [] : [`eta ${eta}`])].join(', ') + said;
  const goal = conditional ? 'returned to their own class' : 'returned without a class';
  const sure = target === null ? '' : ` ${Math.round(100 * target)} % of labels surely kept,`;
  const found = band
    ? `shaded: strength ${band[0].toFixed(2)} to ${band[1].toFixed(2)},${sure} diversity at least ${minDiversity}`
    : 'no strength is surely useful';
  return `${way}, ${goal}; ${found}. Below: images, and one variant of each by strength.`;
};

/** Lines begin with the round trip, where there is one: nearer to strength 0 variants come no closer to their image. */
const panelsOf = ({ points: thrown, roundTrip, target, minDiversity }: TuneReport): Panel[] => {
  const points = [...(roundTrip ? [roundTrip] : []), ...thrown];
  const line = <P extends ReportedPoint>(name: string, estimate: (point: P) => Estimate, of: readonly P[]) => ({
    name,
    points: of.map((point): ChartPoint => {
      const { mean, interval } = estimate(point);
      return { x: point.strength, y: mean, low: interval[0], high: interval[1] };
    }),
  });
  const cost = points.map(({ strength, secondsPerVariant }) => ({ x: strength, y: secondsPerVariant }));
  const distances = [
    line('to the image', ({ rms }) => rms, points),
    line('among variants', ({ diversity }) => diversity, points),
  ];
  const kept = points.flatMap(({ retention, ...point }) => (retention ? [{ ...point, retention }] : []));
  const labels: Panel = {
    title: 'labels kept, 95 % interval',
    lines: [line('kept', ({ retention }) => retention, kept)],
    ...(target === null ? {} : { target }),
    domain: [0, 1],
  };
  return [
    ...(kept.length > 0 ? [labels] : []),
    { title: 'RMS distance, in [0, 1] units', lines: distances, target: minDiversity },
    { title: 'structural similarity (SSIM)', lines: [line('SSIM', ({ ssim }) => ssim, points)], domain: [0, 1] },
    { title: 'seconds per variant', lines: [{ name: 'seconds', points: cost }] },
  ];
};

/** Pictures one below the other, in few colours: charts need no more, and grey images have no more. */
export const stack = async (pictures: readonly Uint8Array[], isGrey: boolean): Promise<Uint8Array> => {
  const sizes = await Promise.all(pictures.map((picture) => sharp(picture).metadata()));
  const width = Math.max(...sizes.map((size) => size.width));
  let height = 0;
  const places = pictures.map((picture, n) => {
    const top = height;
    height += sizes[n]?.height ?? 0;
    return { input: Buffer.from(picture), top, left: 0 };
  });
  const page = sharp({ create: { width, height, channels: 3, background: 'white' } });
  return page
    .composite(places)
    .png({ palette: true, colours: isGrey ? 64 : 256, effort: 10, dither: isGrey ? 0 : 1 })
    .toBuffer();
};
