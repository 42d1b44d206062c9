import { readSeen } from '../../node/enhance/seenPicture.ts';
import { watchModel } from '../../node/tuning/watchModel.ts';
import { describeCost, memoryFor, secondsOf } from '../cost.ts';
import type { Streams } from '../streams.ts';
import type { Enhancing } from './enhanceAll.ts';
import { enhanceOne, stepsOf } from './enhanceOne.ts';
import type { Place } from './places.ts';

/** Says what enhancing takes: one step of the first picture is tried. */
export const estimateEnhancing = async (enhancing: Enhancing, { stdout }: Streams): Promise<void> => {
  const { options, asked, places, signal } = enhancing;
  const model = watchModel(enhancing.model, { signal });
  const [{ path }] = places as readonly [Place];
  const seen = await readSeen(path, model.imageShape[2]);
  const once = { ...asked, samples: 1, cascade: [{ strength: 0.3, steps: 1 }] };
  let evaluations = 0;
  const seconds = await secondsOf(async () => {
    evaluations = (await enhanceOne(model, seen, once)).evaluations;
  });
  const times = stepsOf(asked) * places.length;
  const cost = { evaluations: evaluations * times, seconds: seconds * times, memoryBytes: memoryFor(0) };
  stdout.write(options.json ? `${JSON.stringify(cost, undefined, 2)}\n` : `${describeCost(cost)}\n`);
};
