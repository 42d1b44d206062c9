import { ArgumentError } from '../../errors.ts';
import { warn } from '../../warn.ts';
import { openCatalogue } from './catalogue.ts';
import { HEADER_BYTES } from './record.ts';
import { segmentWriter } from './segmentWriter.ts';
import { type FolderKind, tagFolder } from './tag.ts';

/** Bytes by digest, in a folder of segments. */
export type Storage = {
  /** Never throws: what cannot be read is not there. */
  read(digest: string): Uint8Array | undefined;
  has(digest: string): boolean;
  /** Keeps some bytes if it can; says so once, and counts, if it cannot. @throws ArgumentError `bad-cache-size` for what can never fit. */
  write(digest: string, data: Uint8Array): void;
  stats(): StorageStats;
  /** Gives all files up: from now on nothing is found and nothing kept. */
  close(): void;
};

export type StorageStats = {
  readonly entries: number;
  readonly bytes: number;
  readonly damaged: number;
  readonly unkept: number;
};

/** @throws ArgumentError `not-a-cache`; EnvironmentError `bad-cache-folder`. */
export const openStorage = (folder: string, maxBytes: number, kind: FolderKind = 'cache'): Storage => {
  tagFolder(folder, kind);
  const say = once();
  const catalogue = openCatalogue(folder, () =>
    say(`the ${kind} ${folder} has records that are damaged or cut off; they are made again, and counted as damaged`),
  );
  const writer = segmentWriter(folder, maxBytes);
  let [isOpen, isWritable, unkept] = [true, true, 0];
  catalogue.refresh();

  const append = (digest: string, data: Uint8Array): void => {
    const segment = writer.append(digest, data);
    if (segment) {
      catalogue.add(segment, { digest, recordBytes: HEADER_BYTES + data.byteLength });
      return;
    }
    unkept += 1;
    say(`so many processes write to the ${kind} ${folder} that this one has no room; raise maxBytes`);
  };
  const giveUp = ({ message }: Error): void => {
    isWritable = false;
    unkept += 1;
    writer.close();
    const remedy = 'what it has is still found; make room, or choose another folder for the next run';
    say(`the ${kind} ${folder} keeps nothing more, since it cannot be written: ${message}; ${remedy}`);
  };

  return {
    read(digest) {
      const data = catalogue.read(digest);
      if (data || !isOpen) return data;
      catalogue.refresh(); // another process may have made it since
      return catalogue.read(digest);
    },
    has: (digest) => catalogue.has(digest),
    write(digest, data) {
      checkFits(HEADER_BYTES + data.byteLength, maxBytes);
      if (catalogue.has(digest)) return; // a key says all that decides a latent: both are the same
      if (!isWritable) {
        unkept += isOpen ? 1 : 0;
        return;
      }
      try {
        append(digest, data);
      } catch (error) {
        giveUp(error as Error);
      }
    },
    stats() {
      if (isOpen) catalogue.relist();
      return { ...catalogue.stats(), unkept };
    },
    close() {
      [isOpen, isWritable] = [false, false];
      writer.close();
      catalogue.close();
    },
  };
};

/** @throws ArgumentError `bad-cache-size` */
const checkFits = (bytes: number, maxBytes: number): void => {
  if (bytes <= maxBytes) return;
  const rule = `maxBytes must hold at least one latent, which takes ${bytes} bytes here`;
  throw new ArgumentError('bad-cache-size', `${rule}, got ${maxBytes}; raise it`);
};

/** Says each thing once. */
const once = (): ((message: string) => void) => {
  const said = new Set<string>();
  return (message) => {
    if (!said.has(message)) warn(message);
    said.add(message);
  };
};
