import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EnvironmentError } from '../../errors.ts';

/**
 * Writes a file a piece at a time, so that its length does not matter; whatever was there is replaced.
 *
 * @throws EnvironmentError `bad-output`
 */
export const writePieces = async (path: string, pieces: AsyncIterable<Uint8Array>): Promise<void> => {
  try {
    await mkdir(dirname(path), { recursive: true });
    await pipeline(Readable.from(pieces), createWriteStream(path));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new EnvironmentError(
      'bad-output',
      `cannot write ${path}: ${code ?? message}; make room or choose another place`,
    );
  }
};
