import { basename, extname, join, resolve } from 'node:path';
import { ArgumentError } from '../../errors.ts';
import { checkWritable } from '../../node/output.ts';

/** A picture, where it goes, and where its true one is. */
export type Place = {
  readonly path: string;
  readonly name: string;
  readonly out: string;
  readonly uncertainty: string;
};

/**
 * Where pictures go: each under its name, as PNG.
 *
 * @throws ArgumentError `same-name` for two of one name, `output-is-input`; EnvironmentError `bad-output`.
 */
export const placesOf = async (paths: readonly string[], folder: string): Promise<readonly Place[]> => {
  const places = paths.map((path) => {
    const name = basename(path, extname(path));
    return { path, name, out: join(folder, `${name}.png`), uncertainty: join(folder, `${name}-uncertainty.png`) };
  });
  const inputs = new Set(paths.map((path) => resolve(path)));
  const outputs = new Map<string, string>();
  for (const { path, out } of places) {
    const full = resolve(out);
    if (inputs.has(full)) {
      throw new ArgumentError('output-is-input', `${path} would be written over; choose another folder`);
    }
    const other = outputs.get(full);
    if (other !== undefined) {
      throw new ArgumentError(
        'same-name',
        `${other} and ${path} would both become ${out}; enhance them one after another`,
      );
    }
    outputs.set(full, path);
    await checkWritable(out);
  }
  return places;
};
