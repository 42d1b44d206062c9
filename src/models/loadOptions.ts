import { DESCRIPTION_FIELDS } from '../checkpoints/sidecar.ts';
import { checkNames } from '../checks.ts';

/**
 * Refuses options that `loadModel` does not have: a misspelt one would be lost in silence.
 *
 * @param known names beside those that describe a model.
 * @throws ArgumentError `bad-options` for what is no object, `unknown-option`.
 */
export const checkLoadOptions = (options: unknown, known: readonly string[]): void =>
  checkNames('loadModel', [...known, ...DESCRIPTION_FIELDS], options);
