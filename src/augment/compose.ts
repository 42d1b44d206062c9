import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '../errors.ts';
import { type Element, tensorsIn } from './elements.ts';
import { epochTransform } from './epochTransform.ts';
import { watchRepeats } from './repeats.ts';
import type { ByName, Transform } from './transform.ts';

/**
 * Makes one transform of many: an element passes through each in turn, in the same epoch, as in
 * `compose(boomerangAugment({ ... }), classical({ ... }))`. Tensors that are made on the way are disposed. `stats()`
 * lists what each of them says.
 *
 * `classical` draws for the images that came in first, and so the same in any batch. Put `boomerangAugment` before it:
 * behind it, it would meet other pixels in every epoch, and take them for other images.
 *
 * @throws ArgumentError `bad-compose` without any transform.
 */
export const compose = <Stats extends readonly unknown[]>(
  ...parts: { readonly [N in keyof Stats]: Transform<Stats[N]> }
): Transform<Stats> => {
  if (parts.length === 0) throw new ArgumentError('bad-compose', 'compose needs at least one transform, got none');
  const naming = parts.find(({ byName }) => byName)?.byName;
  const watch = watchRepeats();
  return epochTransform<Stats>({
    now(element, { epoch, watched }) {
      const names = naming?.names(element) ?? [];
      if (watched) watch(names, epoch);
      return passNow(parts, element, { epoch, names });
    },
    async later(element, { epoch, watched }) {
      const names = (await naming?.namesAsync(element)) ?? [];
      if (watched) watch(names, epoch);
      return passLater(parts, element, { epoch, names });
    },
    stats: () => parts.map((part) => part.stats()) as unknown as Stats,
    begin(epoch) {
      for (const part of parts) part.setEpoch(epoch);
    },
    async end(_, logs) {
      for (const part of parts) await part.endEpoch(logs);
    },
  });
};

type Named = Parameters<ByName['change']>[1];

const passNow = (parts: readonly Transform[], element: Element, at: Named): Element => {
  const stages = [element];
  try {
    for (const part of parts) {
      const here = stages.at(-1) as Element;
      stages.push(part.byName ? part.byName.change(here, at) : part(here));
    }
    return arrive(stages);
  } catch (error) {
    tf.dispose(stages);
    throw error;
  }
};

const passLater = async (parts: readonly Transform[], element: Element, at: Named): Promise<Element> => {
  const stages = [element];
  try {
    for (const part of parts) {
      const here = stages.at(-1) as Element;
      stages.push(part.byName ? part.byName.change(here, at) : await part.async(here, { epoch: at.epoch }));
    }
    return arrive(stages);
  } catch (error) {
    tf.dispose(stages);
    throw error;
  }
};

/** The last stage of an element; what was made before it, and neither came in nor goes out, is disposed. */
const arrive = (stages: readonly Element[]): Element => {
  const last = stages.at(-1) as Element;
  const kept = new Set([...tensorsIn(stages[0] as Element), ...tensorsIn(last)]);
  tf.dispose(stages.flatMap(tensorsIn).filter((tensor) => !kept.has(tensor)));
  return last;
};
