import { TAR_END, tarHeader, tarPadding } from '../../copies/packTar.ts';
import type { Format, Laid, Sample } from '../format.ts';
import type { Span } from '../shardRecord.ts';
import { contentFile } from './contentFile.ts';
import { pngsOf } from './png.ts';
import { sampleFacts } from './sampleFacts.ts';

/**
 * A tar archive for each shard, in which files of the same name up to the first dot are a sample: `ID.png`, or
 * `ID.clean.png` and `ID.variant.png`; `ID.cls`, the number of its class; and `ID.json`, which names the class, and
 * holds soft labels and the record.
 *
 * @see https://github.com/webdataset/webdataset
 */
export const webdataset: Format = {
  async lay(shard, samples) {
    const tar = growingTar();
    const spans = samples.map((sample) => addSample(tar, sample));
    return { files: [contentFile(shard, tar.end(), { folder: 'data', ending: '.tar' })], spans };
  },
};

const addSample = (tar: GrowingTar, sample: Sample): Laid['spans'][number] => {
  const { id, label } = sample;
  const pngs = pngsOf(sample);
  const clean = pngs.clean && tar.add(`${id}.clean.png`, pngs.clean);
  const picture = tar.add(clean ? `${id}.variant.png` : `${id}.png`, pngs.picture);
  if (label !== undefined) tar.add(`${id}.cls`, Buffer.from(String(label)));
  tar.add(`${id}.json`, Buffer.from(sampleFacts(sample), 'utf8'));
  return { picture, ...(clean ? { clean } : {}) };
};

type GrowingTar = {
  /** @returns where the content lies. */
  add(path: string, content: Uint8Array): Span;
  end(): Uint8Array;
};

const growingTar = (): GrowingTar => {
  const parts: Uint8Array[] = [];
  let length = 0;
  const push = (part: Uint8Array): void => {
    parts.push(part);
    length += part.length;
  };
  return {
    add(path, content) {
      push(tarHeader(path, content.length));
      const span = { file: 0, at: length, bytes: content.length };
      push(content);
      push(tarPadding(content.length));
      return span;
    },
    end: () => Buffer.concat([...parts, TAR_END]),
  };
};
