import * as tf from '@tensorflow/tfjs-core';
import type { Model } from '../models/model.ts';
import type { ImageKey } from './address.ts';
import { aimName } from './aim.ts';
import type { NamedImage } from './images.ts';
import type { LatentPrecision } from './precision.ts';
import type { Throw } from './throw.ts';

/*
 * A name says everything that decides what is kept under it, to the last bit, and the version of how it is said.
 */

/** Networks round differently on different engines and backends. */
const machineName = ({ digest, engine }: Model): readonly string[] => [digest, engine, tf.getBackend()];

/** An image under another name than its digest is known by that as well: a cache may serve many data sets. */
const imageName = ({ key, digest }: NamedImage): readonly unknown[] => [key, key === digest ? null : digest];

/** The name of an image where a latent model begins to throw it: encoded, without noise. */
export const encodedName = (model: Model, image: NamedImage): string =>
  JSON.stringify(['v1', 'encoded', machineName(model), imageName(image)]);

/** The name of an image's latent at the branch of a throw. */
export const latentName = (model: Model, { image, address, plan, aim }: Throw, branchStep: number): string => {
  const { sigma, fromNoise, solverName, legs } = plan;
  const { seed, throwEpoch, variant } = address;
  const way = branchStep === 0 ? [] : [solverName, legs.slice(0, branchStep), aimName(aim, plan)];
  return JSON.stringify(['v2', machineName(model), seed, imageName(image), throwEpoch, variant, sigma, fromNoise, way]);
};

export type Making = {
  readonly branchStep: number;
  /** What encoded images were rounded to, for a latent model. @defaultValue 'float32' */
  readonly encoded?: LatentPrecision | undefined;
};

/** The name of a variant. Whether it passes a filter is no part of it: that is for whoever draws it to judge. */
export const variantName = (
  model: Model,
  { image, address, plan, aim }: Throw,
  { branchStep, encoded = 'float32' }: Making,
): string => {
  const { sigma, fromNoise, solverName, legs } = plan;
  const { seed, epoch, throwEpoch, variant } = address;
  const way = [solverName, sigma, fromNoise, legs, branchStep, aimName(aim, plan)];
  const drawn = [seed, throwEpoch, epoch, variant];
  const origin = [imageName(image), ...(model.isLatent ? [encoded] : [])];
  return JSON.stringify(['v3', 'variant', machineName(model), ...origin, drawn, way]);
};

/** Where the machine stands in the name of a variant. */
const MACHINE = 2;

/**
 * The name of a variant without the machine that makes it, the model's digest kept: what is made on one machine is
 * found on all, though they may round differently.
 */
export const portableName = (name: string): string => {
  const said = JSON.parse(name) as unknown[];
  const [digest] = said[MACHINE] as readonly string[];
  return JSON.stringify(said.with(MACHINE, [digest]));
};

/** What the name of a variant says. */
export type SaidName = {
  readonly modelDigest: string;
  readonly key: ImageKey;
  /** Of the pixels, where that is not the key. */
  readonly digest: string | undefined;
  readonly seed: string | number;
  readonly variant: number;
  /** How it returns, but for what it returns to. */
  readonly solver: string;
  readonly steps: number;
  readonly sigma: number;
};

/** Where the image stands in a name. */
const IMAGE = 3;

/** What is said by a name that `variantName` made. */
export const saidBy = (name: string): SaidName => {
  const said = JSON.parse(name) as readonly unknown[];
  const [, , machine, image] = said as readonly [string, string, readonly string[], readonly [ImageKey, string | null]];
  const [drawn, way] = said.slice(-2) as [readonly [string | number, number, number, number], readonly unknown[]];
  const [solverName, sigma, , legs] = way as readonly [string, number, unknown, readonly unknown[]];
  const [solver] = JSON.parse(solverName) as readonly [string];
  return {
    modelDigest: machine[0] as string,
    key: image[0],
    digest: image[1] ?? undefined,
    seed: drawn[0],
    variant: drawn[3],
    ...{ solver, sigma, steps: legs.length },
  };
};

/** The same name of an image that is known by another digest. */
export const namedAfter = (name: string, digest: string): string =>
  JSON.stringify((JSON.parse(name) as unknown[]).with(IMAGE, [digest, null]));
