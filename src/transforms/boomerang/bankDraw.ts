import { uniform } from '../../random.ts';
import type { ImageKey } from '../../returns/address.ts';

export type BankDraw = {
  readonly seed: string | number;
  readonly key: ImageKey;
  readonly epoch: number;
  /** Of the copy, where an epoch has several. @defaultValue 0 */
  readonly index?: number;
};

/** Which of so many variants in a bank an image becomes in an epoch. */
export const bankDraw = ({ seed, key, epoch, index = 0 }: BankDraw, variants: number): number =>
  Math.floor(uniform([seed, key, 'bank', epoch, index]) * variants);
