import { drawChart } from '../chart.ts';
import type { Panel } from '../chartSpec.ts';
import type { Found, History } from './history.ts';
import type { ReconstructionError } from './reconstructionError.ts';

const NAMES = ['cleanest fifth', 'second fifth', 'third fifth', 'fourth fifth', 'noisiest fifth'];

/**
 * The losses of a run: in training, and on held-out images, all together and by fifths of the schedule.
 *
 * @returns The bytes of a PNG.
 */
export const drawLosses = ({ losses, heldOut }: History): Promise<Uint8Array> => {
  const errors = { name: 'held out', points: heldOut.map(({ step, error }) => ({ x: step, y: error })) };
  const fifths =
    heldOut.length < 2
      ? []
      : NAMES.map(
          (title, fifth): Panel => ({
            title,
            lines: [{ name: title, points: heldOut.map((point) => ({ x: point.step, y: point.fifths[fifth] ?? 0 })) }],
          }),
        );
  return drawChart({ panels: [lossPanel(losses, errors), ...fifths], ...SIZE });
};

/** The losses of an autoencoder: in training, and how well held-out images come back. */
export const drawReconstructionLosses = (history: History<ReconstructionError>): Promise<Uint8Array> => {
  const points = history.heldOut.map(({ step, psnr }) => ({ x: step, y: psnr }));
  const quality = { title: 'held out, dB', lines: [{ name: 'held out', points }] };
  return drawChart({ panels: [lossPanel(history.losses), ...(points.length > 0 ? [quality] : [])], ...SIZE });
};

const SIZE = { xTitle: 'step', width: 190, height: 170 };

const lossPanel = (losses: History<Found>['losses'], ...others: Panel['lines']): Panel => {
  const training = { name: 'training', points: losses.map(({ step, loss }) => ({ x: step, y: loss })) };
  // The first steps are so much worse than the rest that the rest would be a line at the bottom.
  const settled = training.points.slice(Math.floor(training.points.length / 20)).map(({ y }) => y);
  const high = 1.1 * Math.max(...settled, ...others.flatMap(({ points }) => points.slice(1).map(({ y }) => y)));
  const lines = [training, ...others].filter(({ points }) => points.length > 0);
  return { title: 'loss', lines, domain: [0, high] };
};
