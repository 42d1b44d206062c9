import type { Picture } from '../../apps/anonymise/regions/regions.ts';
import type { Copies, Original, Originals } from '../../apps/anonymise/run.ts';
import type { Copies as CopyFiles } from '../copies/openCopies.ts';
import type { CopiedOriginal, Originals as OriginalFiles } from '../copies/originals.ts';
import { inChannels } from './channels.ts';

/** Files of originals as a run takes them: in the channels of the model. */
export type FilesIn = {
  readonly originals: Originals;
  /** What was done to originals when they were read, and how often. */
  readonly changes: ReadonlyMap<string, number>;
  /** What must be known of an original to write its copy. */
  factsOf(place: number): Promise<CopiedOriginal>;
};

export type FileOptions = {
  /** Of the model. */
  readonly channels: number;
  /** Who is seen in each image. */
  readonly people?: readonly (string | number)[] | undefined;
  /** By which number the model is told of a class. @defaultValue it is told of none */
  readonly labelOf?: ((className: string) => number | undefined) | undefined;
};

export const filesIn = (from: OriginalFiles, { channels, people, labelOf }: FileOptions): FilesIn => {
  const known = new Map<number, CopiedOriginal>();
  const changes = new Map<string, number>();
  async function* read(places: readonly number[]): AsyncGenerator<Original> {
    for await (const one of from.read(places)) {
      const { place, name } = one;
      if ('fault' in one) {
        yield { place, fault: one.fault };
        continue;
      }
      const { pixels, shape, format, labels, className } = one;
      const noted = shape[2] === channels ? one.changes : [...one.changes, throughChannels(shape[2], channels)];
      if (!known.has(place)) for (const change of noted) changes.set(change, (changes.get(change) ?? 0) + 1);
      known.set(place, { place, name, shape, ...(format ? { format } : {}), ...(labels ? { labels } : {}) });
      const label = className === undefined ? undefined : labelOf?.(className);
      yield { place, picture: inChannels({ pixels, shape }, channels), label };
    }
  }
  return {
    changes,
    originals: { count: from.count, people, read },
    async factsOf(place) {
      if (!known.has(place)) for await (const _ of read([place])); // an earlier run wrote its copy
      return known.get(place) as CopiedOriginal;
    },
  };
};

/** Files of copies as a run gives them: in the channels of the model inside, in those of their originals outside. */
export const filesOut = (to: CopyFiles, { factsOf }: FilesIn, { channels }: FileOptions): Copies => ({
  async write(place, picture, made) {
    const original = await factsOf(place);
    await to.write(original, inChannels(picture, original.shape[2]).pixels, made);
  },
  async read(place): Promise<Picture> {
    const original = await factsOf(place);
    return inChannels({ pixels: await to.read(original), shape: original.shape }, channels);
  },
});

const throughChannels = (own: number, model: number): string =>
  own > model ? 'the model has no colours: the copy has none' : 'grey pictures were shown to the model as colours';
