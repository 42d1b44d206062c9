import type { Format, Sample, ShardFile } from '../format.ts';
import { classFolder } from './classFolder.ts';
import { contentFile, digestOf } from './contentFile.ts';
import { pngsOf } from './png.ts';
import { factLines } from './sampleFacts.ts';

/** Digits of SHA-256 in the name of a picture: beside its place and variant, few will do. */
const DIGITS = 8;

/**
 * A PNG for each image, in folders of classes where there are any: `images/CLASS/ID-DIGEST.png`; pairs lie in `clean/`
 * and `variant/`. What is known of them, soft labels too, is in a line of `records/SHARD-DIGEST.jsonl` each.
 */
export const folder: Format = {
  async lay(shard, samples) {
    const files: ShardFile[] = [];
    const add = (place: string, sample: Sample, bytes: Uint8Array) => {
      files.push({ name: `${place}/${pathOf(sample, bytes)}`, bytes });
      return { file: files.length - 1, at: 0, bytes: bytes.length };
    };
    const spans = samples.map((sample) => {
      const { picture, clean } = pngsOf(sample);
      if (clean === undefined) return { picture: add('images', sample, picture) };
      return { clean: add('clean', sample, clean), picture: add('variant', sample, picture) };
    });
    files.push(contentFile(shard, factLines(samples), { folder: 'records', ending: '.jsonl' }));
    return { files, spans };
  },
};

const pathOf = ({ id, className }: Sample, bytes: Uint8Array): string => {
  const own = `${id}-${digestOf(bytes, DIGITS)}.png`;
  return className === undefined ? own : `${classFolder(className)}/${own}`;
};
