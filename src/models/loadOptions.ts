import { DESCRIPTION_FIELDS } from '../checkpoints/sidecar.ts';
import { ArgumentError } from '../errors.ts';

/**
 * Refuses options that `loadModel` does not have: a misspelt one would be lost in silence.
 *
 * @param known names beside those that describe a model.
 * @throws ArgumentError `bad-options` for what is no object, `unknown-option`.
 */
export const checkLoadOptions = (options: unknown, known: readonly string[]): void => {
  if (typeof options !== 'object' || options === null) {
    throw new ArgumentError('bad-options', `the options of loadModel must be an object, got ${String(options)}`);
  }
  const names = [...known, ...DESCRIPTION_FIELDS];
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new ArgumentError('unknown-option', `loadModel has no option "${unknown}"; it has: ${names.join(', ')}`);
};
