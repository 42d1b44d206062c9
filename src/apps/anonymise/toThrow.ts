import type { Looked } from './look.ts';
import type { Picture, Regions } from './regions/regions.ts';
import type { Run } from './run.ts';
import { secretName } from './secret.ts';
import type { Throw } from './throwPictures.ts';

/** What of an original changes; nothing where its faces are to be changed and none is found. */
export const regionsOf = ({ region }: Run, { boxes, embedded }: Looked, place: number): Regions | undefined => {
  if (region === 'faces') return boxes[place]?.length ? { boxes: boxes[place] } : undefined;
  return embedded.isFound[place] ? region : undefined;
};

export type Asked = { readonly strength: number /** @defaultValue that of the copies */; readonly draw?: number };

/** A picture that is thrown as its place says: near-duplicates have the same noise. */
export const toThrow = (
  run: Run,
  looked: Looked,
  { place, picture, strength, draw = 0 }: Asked & { readonly place: number; readonly picture: Picture },
): Throw => ({
  picture,
  regions: regionsOf(run, looked, place) ?? 'whole',
  key: secretName(run.secret, 'copy', looked.same[place] as number, draw),
  strength,
  label: looked.labels[place],
});
