import { ArgumentError } from '../../../errors.ts';
import type { Format, Sample } from '../format.ts';
import { contentFile } from './contentFile.ts';
import { factLines } from './sampleFacts.ts';

/**
 * Pieces of IDX files, without headers: pixels, numbers of classes, and the originals of pairs. The end of a run joins
 * those of all shards. What else is known of samples is in a line of `records/SHARD-DIGEST.jsonl` each.
 */
export const idx: Format = {
  async lay(shard, samples) {
    checkSamples(samples);
    const piece = (what: string, bytes: Uint8Array) =>
      contentFile(shard, bytes, { folder: 'pieces', ending: `-${what}` });
    const labels = samples.flatMap(({ label }) => label ?? []);
    const cleans = samples.flatMap(({ clean }) => clean ?? []);
    const files = [
      piece('images', Buffer.concat(samples.map(({ pixels }) => pixels))),
      ...(cleans.length > 0 ? [piece('clean-images', Buffer.concat(cleans))] : []),
      ...(labels.length > 0 ? [piece('labels', Uint8Array.from(labels))] : []),
      contentFile(shard, factLines(samples), { folder: 'records', ending: '.jsonl' }),
    ];
    const spans = samples.map(({ pixels: { length }, clean }, n) => {
      const picture = { file: 0, at: n * length, bytes: length, raw: true } as const;
      return clean === undefined ? { picture } : { picture, clean: { ...picture, file: 1 } };
    });
    return { files, spans };
  },
};

/** @throws ArgumentError `bad-format` */
const checkSamples = (samples: readonly Sample[]): void => {
  const [first] = samples;
  if (first === undefined) return;
  for (const sample of samples) {
    const { id, shape, label, softLabel } = sample;
    if (softLabel !== undefined) {
      throw bad('IDX holds the number of a class, and no shares of classes as soft labels are');
    }
    if (label !== undefined && label > 255) throw bad(`IDX holds labels up to 255, and sample ${id} has ${label}`);
    if (String(shape) !== String(first.shape)) {
      throw bad(
        `IDX holds images of one size, and ${id} is ${shape.join(' x ')} where ${first.id} is ${first.shape.join(' x ')}`,
      );
    }
    if ((label === undefined) !== (first.label === undefined))
      throw bad(`IDX holds a label for each image, or none; ${id} and ${first.id} differ`);
    if ((sample.clean === undefined) !== (first.clean === undefined))
      throw bad(`IDX holds pairs, or none; ${id} and ${first.id} differ`);
  }
};

const bad = (rule: string): ArgumentError =>
  new ArgumentError('bad-format', `${rule}; choose webdataset, tfrecord or folder, which hold that`);
