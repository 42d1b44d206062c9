import { createHash, randomBytes } from 'node:crypto';
import { isWritten, type Outcome } from '../../apps/anonymise/fates.ts';
import { secretName } from '../../apps/anonymise/secret.ts';
import type { Originals } from '../copies/originals.ts';
import { writePrivate } from './privateFile.ts';

export type Audit = {
  readonly originals: Originals;
  readonly outcomes: readonly Outcome[];
  /** Where the copy of each place is. */
  readonly names: ReadonlyMap<number, string>;
};

/**
 * Writes what an audit needs, for its owner alone (mode 600): of each original what became of it, under names of its path
 * and its pixels that only the key beside it tells (HMAC-SHA256). Whoever destroys the key makes a list of figures of it that leads to nobody.
 *
 * @throws ArgumentError `file-exists`; EnvironmentError `bad-output`.
 */
export const writeAudit = async (path: string, { originals, outcomes, names }: Audit): Promise<void> => {
  const key = randomBytes(32).toString('hex');
  const lines: string[] = [];
  for await (const one of originals.read()) {
    const { fate, strength, tries } = outcomes[one.place] as Outcome;
    const copy = isWritten(outcomes[one.place] as Outcome) ? names.get(one.place) : undefined;
    const pixels = 'fault' in one ? undefined : secretName(key, 'pixels', digestOf(one.pixels));
    lines.push(JSON.stringify({ name: secretName(key, 'name', one.name), pixels, fate, strength, tries, copy }));
  }
  await writePrivate(`${path}.key`, `${key}\n`);
  await writePrivate(path, lines.map((line) => `${line}\n`).join(''));
};

/** Of pixels, 64 hexadecimal digits. */
export const digestOf = ({ buffer, byteOffset, byteLength }: Float32Array): string =>
  createHash('sha256')
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest('hex');
