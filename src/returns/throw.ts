import type { Address, ImageKey } from './address.ts';
import type { Aim } from './aim.ts';
import type { NamedImage } from './images.ts';
import type { ReturnPlan } from './plan.ts';

/** An image that is to be thrown and brought back: what it shows, and what decides the outcome. */
export type Throw = {
  /** Of the model's size. */
  readonly image: NamedImage;
  readonly address: Address;
  /** How far it goes and how it returns; images of one flight may differ in strength, not in steps or solver. */
  readonly plan: ReturnPlan;
  /** What it returns to; a class for all throws of a flight, or for none. */
  readonly aim: Aim;
};

/** What the images of some throws are called. */
export const keysOf = (throws: readonly Throw[]): readonly ImageKey[] => throws.map(({ address }) => address.key);
