import { join } from 'node:path';
import { ArgumentError } from '../../errors.ts';
import { checkWritable } from '../../node/output.ts';

/** What a run writes: its figures, its picture, and until then what was measured. */
export type Files = Readonly<Record<'json' | 'picture' | 'kept', string>>;

/** @throws ArgumentError, EnvironmentError `bad-output` */
export const placeFiles = async (out: string, names: Files): Promise<Files> => {
  if (out === '') throw new ArgumentError('bad-output', 'the name of the folder is empty; name one with --out');
  const files = { json: join(out, names.json), picture: join(out, names.picture), kept: join(out, names.kept) };
  for (const file of Object.values(files)) await checkWritable(file);
  return files;
};
