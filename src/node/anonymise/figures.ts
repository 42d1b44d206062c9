import type { Recognised } from '../../apps/anonymise/identity.ts';
import type { Share } from '../../apps/anonymise/shares.ts';
import { count, percent } from '../html/wording.ts';

/** What stands where there is no figure: never a 0, which would be one. */
export const NOT_MEASURED = 'not measured';

export const shareText = (share: number | undefined): string =>
  share === undefined ? NOT_MEASURED : `${percent(share)} %`;

export const intervalText = ({ low, high }: Share): string => `${percent(low)} to ${percent(high)} %`;

/** Cells of a table: a share, its interval, and of how many it is. */
export const shareCells = (share: Share | undefined): readonly string[] =>
  share ? [shareText(share.share), intervalText(share), count(share.of)] : [NOT_MEASURED, '', ''];

/** The same, with what chance gives. */
export const recognisedCells = (share: Recognised | undefined): readonly string[] => [
  ...shareCells(share),
  share ? shareText(share.chance) : '',
];

/** A number of any size with three digits that count. */
export const numberText = (value: number): string => String(Number(value.toPrecision(3))).replace('-', '−');

/** "1 image", "2,000 images" */
export const several = (number: number, one: string, many = `${one}s`): string =>
  `${count(number)} ${number === 1 ? one : many}`;
