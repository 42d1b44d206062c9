import { BoomerangError } from '../../errors.ts';
import type { FailedImage } from './shardRecord.ts';

/** More images failed than a run may bear: the command line ends with an exit status of its own. */
export const TOO_MANY_FAILED = 'too-many-failed';

/** @throws BoomerangError `too-many-failed` */
export const checkFailed = (failed: readonly FailedImage[], most: number): void => {
  const [first] = failed;
  if (first === undefined || failed.length <= most) return;
  const rule = `${failed.length} images failed, and at most ${Math.floor(most)} may; the first is ${first.name}: ${first.why}`;
  throw new BoomerangError(TOO_MANY_FAILED, `${rule}; mend or remove them, or raise --max-failed`);
};
