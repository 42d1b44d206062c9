import { drawChart, type Panel } from '../chart.ts';
import type { History } from './history.ts';

const NAMES = ['cleanest fifth', 'second fifth', 'third fifth', 'fourth fifth', 'noisiest fifth'];

/**
 * The losses of a run: in training, and on held-out images, all together and by fifths of the schedule.
 *
 * @returns The bytes of a PNG.
 */
export const drawLosses = ({ losses, heldOut }: History): Promise<Uint8Array> => {
  const training = { name: 'training', points: losses.map(({ step, loss }) => ({ x: step, y: loss })) };
  const errors = { name: 'held out', points: heldOut.map(({ step, error }) => ({ x: step, y: error })) };
  // The first steps are so much worse than the rest that the rest would be a line at the bottom.
  const settled = training.points.slice(Math.floor(training.points.length / 20)).map(({ y }) => y);
  const domain = [0, 1.1 * Math.max(...settled, ...errors.points.slice(1).map(({ y }) => y))] as const;
  const whole: Panel = { title: 'loss', lines: [training, errors].filter(({ points }) => points.length > 0), domain };
  const fifths =
    heldOut.length < 2
      ? []
      : NAMES.map(
          (title, fifth): Panel => ({
            title,
            lines: [{ name: title, points: heldOut.map((point) => ({ x: point.step, y: point.fifths[fifth] ?? 0 })) }],
          }),
        );
  return drawChart({ panels: [whole, ...fifths], xTitle: 'step', width: 190, height: 170 });
};
