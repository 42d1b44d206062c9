import * as tf from '@tensorflow/tfjs-core';
import { shown } from '../checks.ts';
import { ArgumentError } from '../errors.ts';
import type { Asking } from '../returns/asking.ts';
import { disposeUnshared, type Element, tensorsIn } from './elements.ts';
import { badState, makeTransform } from './makeTransform.ts';
import { type Naming, namesOf } from './naming.ts';
import type { Outcome, Pass, Transform, TransformState } from './transform.ts';

/** Where each of several transforms stands. */
export type ComposedState = TransformState & { readonly parts: readonly TransformState[] };

/**
 * Makes one transform of many: an element passes through each in turn, in the epoch in which it entered, as in
 * `compose(boomerangAugment({ ... }), classical({ ... }))`. Tensors that are made on the way are disposed. `stats()`
 * lists what each of them says.
 *
 * Images are named as they enter, by `keys` if one of the transforms has them, else by their pixels, and keep that name
 * on their way. So each transform draws the same for an image wherever it stands.
 *
 * @throws ArgumentError `bad-compose` without any transform, for something else than a transform, for two kinds of
 * `keys`, and for a transform that keeps variants or throws of images behind another one that changes images: it would
 * meet other pixels in every epoch, and keep what nobody asks for again.
 */
export const compose = <Stats extends readonly unknown[]>(
  ...parts: { readonly [N in keyof Stats]: Transform<Stats[N]> }
): Transform<Stats, ComposedState> => {
  const naming = checkParts(parts);
  return makeTransform<Stats, ComposedState>({
    kind: 'compose',
    naming,
    keepsImages: false,
    change: (element, pass) => passThrough(parts, naming, { element, pass }),
    stats: () => parts.map((part) => part.stats()) as unknown as Stats,
    state: () => ({ parts: parts.map((part) => part.state()) }),
    restore({ parts: states }) {
      if (!Array.isArray(states) || states.length !== parts.length) {
        throw badState(`must be of ${parts.length} transforms, got ${Array.isArray(states) ? states.length : 'none'}`);
      }
      for (const [n, part] of parts.entries()) part.restore(states[n]);
    },
    begin(epoch) {
      for (const part of parts) part.setEpoch(epoch);
    },
    passed(epoch) {
      for (const { stage } of parts) stage.passed?.(epoch);
    },
    async end(epoch, logs) {
      for (const part of parts) await part.endEpoch(logs, epoch);
    },
  });
};

const checkParts = (parts: readonly Transform[]): Naming => {
  const [first] = parts;
  if (!first) throw bad('compose needs at least one transform, got none');
  const odd = parts.find((part) => typeof part !== 'function' || !('stage' in part));
  if (odd !== undefined) throw bad(`compose takes transforms, got ${shown(odd)}`);
  const keyed = parts.filter(({ stage }) => stage.naming.keys);
  if (new Set(keyed.map(({ stage }) => stage.naming.keys)).size > 1) {
    throw bad('two of the transforms name images by other keys; give all of them the same function, or one of them');
  }
  const late = parts.slice(1).find(({ stage }) => stage.keepsImages);
  if (late) {
    const rule = `${late.stage.kind} with a bank, reuse or cache keeps something for each image`;
    throw bad(`${rule}, and behind ${first.stage.kind} it would meet other pixels in every epoch; put it first`);
  }
  return (keyed[0] ?? first).stage.naming;
};

const bad = (rule: string): ArgumentError => new ArgumentError('bad-compose', rule);

type Passing = { readonly element: Element; readonly pass: Pass };

function* passThrough(parts: readonly Transform[], naming: Naming, { element, pass }: Passing): Asking<Outcome> {
  const names = pass.names ?? (yield* namesOf(naming, element));
  const stages: Element[] = [element];
  try {
    for (const { stage } of parts) {
      const here = stages.at(-1) as Element;
      stages.push((yield* stage.change(here, { ...pass, names })).element);
    }
  } catch (error) {
    for (const made of stages.slice(1)) disposeUnshared(made, element);
    throw error;
  }
  return { element: arrived(stages), names };
}

/** The last stage of an element; what was made before it, and neither came in nor goes out, is disposed. */
const arrived = (stages: readonly Element[]): Element => {
  const last = stages.at(-1) as Element;
  const kept = new Set([...tensorsIn(stages[0]), ...tensorsIn(last)]);
  tf.dispose(stages.flatMap(tensorsIn).filter((tensor) => !kept.has(tensor)));
  return last;
};
