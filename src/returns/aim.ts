import * as v from 'valibot';
import { rule, text } from '../checks.ts';
import { ArgumentError } from '../errors.ts';
import type { Model } from '../models/model.ts';
import { warnOnce } from '../warn.ts';
import type { ReturnPlan } from './plan.ts';

/** What an image returns to. */
export type Aim = {
  /** Its class, for a conditional model; the null label where absent. */
  readonly label?: number | undefined;
  /** What the image shows, for a model with text. */
  readonly prompt?: string | undefined;
  /** What it is led away from, for a model with text that is guided. */
  readonly negativePrompt?: string | undefined;
};

/** Options of what images are led away from, and what their classes are called. */
export const aimEntries = {
  /** What images are led away from, where `guidance` is above 1. @defaultValue '' */
  negativePrompt: v.optional(text),
  /** Names of the classes, by label, for `{class}` in a prompt. @defaultValue those that the model knows */
  classes: v.optional(
    rule<readonly string[]>(
      (value) => Array.isArray(value) && value.every((name) => typeof name === 'string'),
      'a list of names, one for each class',
    ),
  ),
} as const;

/** What was asked for, whatever a prompt may be. */
export type AskedAim = {
  readonly prompt?: unknown;
  readonly negativePrompt?: string | undefined;
  readonly guidance?: number | undefined;
  /** Whether images return to their own classes. @defaultValue false */
  readonly toClasses?: boolean | undefined;
};

/**
 * Checks that a model can be told what is asked for, and that it is used. Guidance that leads nowhere is said, once.
 *
 * @throws ArgumentError `bad-prompt`, `bad-negative-prompt`.
 */
export const checkAim = (model: Model, asked: AskedAim): void => {
  const { prompt, negativePrompt, guidance = 1 } = asked;
  const [option, code] = prompt === undefined ? ['negativePrompt', 'bad-negative-prompt'] : ['prompt', 'bad-prompt'];
  sayIfAimless(model, asked);
  if (prompt === undefined && negativePrompt === undefined) return;
  if (model.text === undefined) {
    const remedy = model.labels ? 'return to a class with labels instead' : 'leave it out';
    throw new ArgumentError(code, `this model takes no text, so ${option} means nothing to it; ${remedy}`);
  }
  if (negativePrompt === undefined) return;
  const unused = model.takesGuidance ? 'this model is not led away from anything; leave it out' : undefined;
  const off = guidance === 1 ? 'guidance is 1, which is off; set it to 7.5, say' : undefined;
  const why = unused ?? off;
  if (why) throw new ArgumentError('bad-negative-prompt', `negativePrompt would not be used: ${why}`);
};

/** The same on both sides: twice the cost, and no difference. */
const sayIfAimless = (model: Model, { prompt, negativePrompt, guidance = 1, toClasses = false }: AskedAim): void => {
  const isAimed = Boolean(prompt) || Boolean(negativePrompt) || toClasses;
  if (guidance === 1 || isAimed || model.takesGuidance) return;
  const remedy = model.text ? 'say a prompt' : 'let images return to their classes';
  warnOnce(`guidance ${guidance} leads nowhere and costs twice as much: ${remedy}, or leave it out`);
};

/** The aim of an image, with only what the model takes. */
export const aimOf = (model: Model, { isGuided }: ReturnPlan, { label, prompt, negativePrompt }: Aim): Aim => ({
  ...(model.labels && label !== undefined ? { label } : {}),
  ...(model.text ? { prompt: prompt ?? '' } : {}),
  ...(model.text && isGuided ? { negativePrompt: negativePrompt ?? '' } : {}),
});

/** What an image returns to, for names: the class alone where there is no more to it. */
export const aimName = ({ label, prompt, negativePrompt }: Aim, { guidance }: ReturnPlan): unknown =>
  prompt === undefined && guidance === 1
    ? (label ?? null)
    : [label ?? null, prompt ?? null, negativePrompt ?? null, guidance];

/** What the classes are called, if the model knows. */
export const classesOf = ({ labels, text }: Model): readonly string[] | undefined => labels?.classes ?? text?.classes;
