import { nearest, shown } from '../checks.ts';
import { ArgumentError } from '../errors.ts';

/**
 * What a model is told about an image. A text, in which `{class}` stands for the name of the image's class; or a
 * function of the element and its label, whose answer is taken as it is, braces too. The empty text says nothing.
 */
export type Prompt = string | ((element: unknown, label: number | undefined) => string);

/** What is known before any image comes. */
export type PromptSetting = {
  /** Whether images come with labels. */
  readonly hasLabels: boolean;
  /** Names of the classes, by label. */
  readonly classes?: readonly string[] | undefined;
  /** What the caller knows the prompt by. @defaultValue `prompt` */
  readonly name?: string;
};

/** One image, as its prompt may ask about it. */
export type PromptPoint = {
  readonly element: unknown;
  readonly label: number | undefined;
  readonly classes?: readonly string[] | undefined;
};

const PLACEHOLDERS = ['class'];
const PLACEHOLDER = /\{\s*(\w+)\s*\}/g; // other braces are texts, {json: [1, 2]} for instance
const CLASS = '{class}';

/**
 * Checks a prompt at the door, in plain JavaScript too.
 *
 * @throws ArgumentError `bad-prompt` for something else than a text or a function, for a placeholder that is unknown,
 * and for `{class}` without labels or without names.
 */
export function checkPrompt(prompt: unknown, setting: PromptSetting): asserts prompt is Prompt {
  const { hasLabels, classes, name = 'prompt' } = setting;
  if (typeof prompt === 'function') return;
  const refuse = (rule: string): never => {
    throw new ArgumentError('bad-prompt', `${name} ${rule}`);
  };
  if (typeof prompt !== 'string') {
    return refuse(`must be a text, or a function of element and label, got ${shown(prompt)}`);
  }
  const odd = [...prompt.matchAll(PLACEHOLDER)].find(([placeholder]) => placeholder !== CLASS);
  if (odd !== undefined) {
    const remedy = `${nearest(odd[1] ?? '', PLACEHOLDERS)}write ${CLASS}, or give a function, whose braces stay`;
    refuse(`${shown(prompt)} has an unknown placeholder ${odd[0]}; ${remedy}`);
  }
  if (!prompt.includes(CLASS)) return;
  if (!hasLabels) {
    refuse(`${shown(prompt)} needs the label of each image, and there are none; give labels, or leave ${CLASS} out`);
  }
  if (classes === undefined) {
    const remedy = 'give them as classes, or as "classes" in boomerang.json beside the model';
    refuse(`${shown(prompt)} needs the names of the classes, which are not known; ${remedy}`);
  }
}

/**
 * The text for one image, by a prompt that was checked.
 *
 * @throws ArgumentError `bad-prompt` where a function gives something else than a text, `bad-label` where an image has
 * no label, or its label no name.
 */
export const promptFor = (prompt: Prompt, { element, label, classes = [] }: PromptPoint): string => {
  if (typeof prompt === 'function') {
    const text: unknown = prompt(element, label);
    if (typeof text === 'string') return text;
    const given = label === undefined ? 'an element without a label' : `label ${label}`;
    throw new ArgumentError('bad-prompt', `a prompt must return a text, got ${shown(text)} for ${given}`);
  }
  if (!prompt.includes(CLASS)) return prompt;
  const className = label === undefined ? undefined : classes[label];
  if (className !== undefined) return prompt.replaceAll(CLASS, () => className);
  const known = `names are known for ${classes.length} classes, from 0`;
  const fault = label === undefined ? 'an image has no label' : `label ${label} has no name`;
  throw new ArgumentError('bad-label', `${fault}, which the prompt ${shown(prompt)} needs; ${known}`);
};
