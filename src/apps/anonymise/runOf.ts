import type { Model } from '../../models/model.ts';
import { checkAim } from '../../returns/aim.ts';
import { planAmong } from '../../returns/plan.ts';
import { checkPrompt } from '../../text/prompt.ts';
import { type AnonymiseOptions, STRENGTHS, sampleFor } from './options.ts';
import type { Copies, Journal, Originals, Run } from './run.ts';
import { checkSecret, drawSecret } from './secret.ts';
import type { Way } from './throwPictures.ts';

/** What a run works with beside its options. */
export type Places = {
  readonly model: Model;
  readonly originals: Originals;
  readonly copies: Copies;
  /** @defaultValue nothing is kept for another run */
  readonly journal?: Journal;
};

/**
 * A run as its options say, which were checked.
 *
 * @throws ArgumentError `bad-secret`, `bad-prompt`, `bad-negative-prompt`, `bad-guidance`, and those of `planReturn`.
 */
export const runOf = ({ journal = (_, work) => work(), ...places }: Places, options: AnonymiseOptions): Run => {
  const { secret = drawSecret(), strengths = STRENGTHS, per = 'set', region = 'whole', noFace = 'skip' } = options;
  const { embed, judge, target, classifier, signal } = options;
  const { sample = sampleFor(target), attacks = true, onProgress = () => undefined } = options;
  checkSecret(secret);
  const way = wayOf(options);
  for (const strength of strengths) planAmong(places.model, { ...way, strength });
  checkAim(places.model, way);
  if (way.prompt !== undefined) checkPrompt(way.prompt, { hasLabels: false, classes: undefined });
  return {
    ...{ ...places, journal, embed, judge, secret, way, target, strengths, per, region, noFace, sample, attacks },
    ...{ classifier, onProgress, signal },
  };
};

const wayOf = ({ steps, solver, eta, spacing, guidance, prompt, negativePrompt, signal }: AnonymiseOptions): Way =>
  Object.fromEntries(
    Object.entries({ steps, solver, eta, spacing, guidance, prompt, negativePrompt, signal }).filter(
      ([, value]) => value !== undefined,
    ),
  );
