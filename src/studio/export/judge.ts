import type { Choice } from '../choice.ts';
import { literal } from './curveCode.ts';
import type { Meaning } from './settings.ts';

/** Images of a measurement after each epoch: its share has a standard error of at most 5 %. */
const JUDGED = 100;

/**
 * Code of the measure that an adaptive strength follows: the network that is being trained judges variants of images that
 * it gets right, as `tune` does with a network of its own.
 */
export const judgeCode = ({ way, schedule }: Choice, { told, classes }: Meaning): string => {
  const { conditional: _, ...manner } = way;
  const options = [
    'strength: strength.value()',
    "seed: 'judged'",
    ...Object.entries(manner).map(([name, value]) => `${name}: ${literal(value)}`),
    ...(classes === undefined ? [] : [`classes: ${literal(classes)}`]),
    ...(told === undefined ? [] : ['labels: own.map((label) => TOLD[label] as number)']),
  ];
  return `/**
 * Share of variants that the network still puts into their class, among images that it gets right: ${JUDGED} others after
 * every epoch. A classifier that has been trained before tells more in the first epochs; put it in the network's place.
 */
async function labelsKept(): Promise<number> {
  const [element] = await images.dataset({ batch: ${JUDGED}, shuffle: 'judged' }).take(1).toArray();
  const { xs, ys } = element as { xs: tf.Tensor4D; ys: tf.Tensor };
  const classesOf = (shares: tf.Tensor): number[] => Array.from(tf.tidy(() => tf.argMax(shares, 1).dataSync()));
  const own = classesOf(ys);
  const variants = await boomerang(model, xs, {
${options.map((line) => `    ${line},`).join('\n')}
  });
  const [before, after] = tf.tidy(() => [xs, variants].map((some) => classesOf(network.predict(some) as tf.Tensor)));
  tf.dispose([xs, ys, variants]);
  const right = own.flatMap((label, n) => (before?.[n] === label ? [n] : []));
  if (right.length === 0) return ${schedule.adaptive?.target ?? 0}; // nothing can be said yet: the strength stays
  return right.filter((n) => after?.[n] === own[n]).length / right.length;
}
`;
};
