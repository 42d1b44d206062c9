import { ArgumentError } from '../errors.ts';
import type { Input, Values } from './architecture.ts';

/** What a network may ask for beside images and timesteps, and what is said where it is missing. */
const ASKED = {
  labels: 'this network is class conditional; give one label for each image',
  embeddings: 'this network looks at a prompt; give the rows of one for each image',
  guidance: 'this network wants to know how strong guidance is; give one number for each image',
};

/** @throws ArgumentError `missing-labels`, `unexpected-labels`, and so for `embeddings` and `guidance`. */
export const refuseInputs = (wanted: Readonly<Record<string, Input>>, given: Values<unknown>): void => {
  for (const [name, request] of Object.entries(ASKED)) {
    const isGiven = given[name] !== undefined;
    if (name in wanted && !isGiven) throw new ArgumentError(`missing-${name}`, request);
    if (isGiven && !(name in wanted)) {
      throw new ArgumentError(`unexpected-${name}`, `this network takes no ${name}; leave them out`);
    }
  }
};
