import { CheckpointError } from '../errors.ts';

/**
 * What stands in place of a file of weights, if its first bytes are those of text that is often found there.
 *
 * @param start the first bytes of the file, 64 of them if it has so many.
 * @returns an error `lfs-pointer` or `html-instead-of-weights`, not thrown.
 */
export const standInAt = (start: Uint8Array): CheckpointError | undefined => {
  const text = String.fromCharCode(...start.subarray(0, 64)).toLowerCase();
  if (start.byteLength > 0 && text.startsWith('version https://git-lfs'.slice(0, start.byteLength))) {
    const message = 'a Git LFS pointer stands in place of the weights; run `git lfs pull` in the folder of the model';
    return new CheckpointError('lfs-pointer', message);
  }
  if (/^\s*<(!doctype|html|!--|\?xml)/.test(text)) {
    const message =
      'a web page stands in place of the weights; download the raw file ("resolve", not "blob", in its URL)';
    return new CheckpointError('html-instead-of-weights', message);
  }
  return undefined;
};
