import type { Picture } from '../../apps/anonymise/regions/regions.ts';
import type { Copies, Original, Originals } from '../../apps/anonymise/run.ts';
import type { Copies as CopyFiles } from '../copies/openCopies.ts';
import type { CopiedOriginal, Originals as OriginalFiles } from '../copies/originals.ts';
import { inChannels } from './channels.ts';

export type FilesInAndOut = {
  readonly originals: Originals;
  readonly copies: Copies;
  /** What was done to originals when they were read, and how often. */
  readonly changes: ReadonlyMap<string, number>;
};

export type FileOptions = {
  /** Of the model. */
  readonly channels: number;
  /** Who is seen in each image. */
  readonly people?: readonly (string | number)[] | undefined;
};

/** Files of originals and of copies, as a run takes them: in the channels of the model inside, in their own outside. */
export const filesInAndOut = (from: OriginalFiles, to: CopyFiles, { channels, people }: FileOptions): FilesInAndOut => {
  const known = new Map<number, CopiedOriginal>();
  const changes = new Map<string, number>();
  const knownAt = async (place: number): Promise<CopiedOriginal> => {
    if (!known.has(place)) for await (const _ of read([place])); // an earlier run wrote its copy
    return known.get(place) as CopiedOriginal;
  };
  async function* read(places: readonly number[]): AsyncGenerator<Original> {
    for await (const one of from.read(places)) {
      const { place } = one;
      if ('fault' in one) yield { place, fault: one.fault };
      else {
        const { name, pixels, shape, format, labels } = one;
        if (!known.has(place)) {
          const noted = shape[2] === channels ? one.changes : [...one.changes, throughChannels(shape[2], channels)];
          for (const change of noted) changes.set(change, (changes.get(change) ?? 0) + 1);
        }
        known.set(place, { place, name, shape, ...(format ? { format } : {}), ...(labels ? { labels } : {}) });
        yield { place, picture: inChannels({ pixels, shape }, channels) };
      }
    }
  }
  return {
    changes,
    originals: { count: from.count, people, read },
    copies: {
      async write(place, picture, made) {
        const original = await knownAt(place);
        await to.write(original, inChannels(picture, original.shape[2]).pixels, made);
      },
      async read(place): Promise<Picture> {
        const original = await knownAt(place);
        return inChannels({ pixels: await to.read(original), shape: original.shape }, channels);
      },
    },
  };
};

const throughChannels = (own: number, model: number): string =>
  own > model ? 'the model has no colours: the copy has none' : 'grey pictures were shown to the model as colours';
