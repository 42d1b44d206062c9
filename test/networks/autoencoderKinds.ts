import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Weight } from '../../src/engines/tfjs/parameters.ts';
import { type Autoencoder, autoencoderWeights } from '../../src/networks/autoencoder.ts';
import { parameterShapes } from '../../src/networks/parameterShapes.ts';
import { root } from '../support/shared.ts';
import { formulaWeights } from './formula.ts';

/** Configs of small autoencoders that each say something else, by title; see test/fixtures/networks/make_autoencoders.py. */
export const KINDS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = JSON.parse(
  readFileSync(join(root, 'test/fixtures/networks/autoencoders.json'), 'utf8'),
);

/** Weights by formula for both halves. */
export const formulaHalves = (autoencoder: Autoencoder) => {
  const shapes = [parameterShapes(autoencoder.encoder), parameterShapes(autoencoder.decoder)];
  return autoencoderWeights<Weight>(autoencoder, formulaWeights(new Map(shapes.flatMap((half) => [...half]))));
};
