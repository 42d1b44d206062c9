import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  ArgumentError,
  type DownloadProgress,
  downloadFiles,
  EnvironmentError,
  type LabelledImages,
  openImages,
  userCacheFolder,
  withLabels,
} from 'tfjs-boomerang';

/** The images of a data set with their labels: equal classes, sizes and channels in both parts. */
export type Data = {
  readonly train: LabelledImages;
  readonly test: LabelledImages;
  /** The file or folder that they were read from. */
  readonly source: string;
};

export type DataOptions = {
  /** A file or folder that `openImages` reads. @defaultValue `$BOOMERANG_DATA`, or else an earlier download */
  readonly data?: string | undefined;
  /** Takes Fashion-MNIST, whatever `$BOOMERANG_DATA` says, and downloads it, 31 MB, unless it is there. */
  readonly download?: boolean | undefined;
  /** Where Fashion-MNIST is downloaded from. */
  readonly base?: string;
  readonly onProgress?: (progress: DownloadProgress) => void;
};

const BASE = 'https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion';
const FILES = [
  ['train-images-idx3-ubyte.gz', 26_421_880, '3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84'],
  ['train-labels-idx1-ubyte.gz', 29_515, 'a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845'],
  ['t10k-images-idx3-ubyte.gz', 4_422_102, '346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073'],
  ['t10k-labels-idx1-ubyte.gz', 5_148, '67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5'],
] as const;

const downloads = (): string => userCacheFolder('fashion-mnist');

/** Where data is, if it is anywhere: the place that was named, `$BOOMERANG_DATA`, or an earlier download. */
export const findData = (named?: string): string | undefined => {
  const isDownloaded = FILES.every(([name]) => existsSync(join(downloads(), name)));
  return named || process.env['BOOMERANG_DATA'] || (isDownloaded ? downloads() : undefined);
};

/**
 * Opens the training and the test images of a data set, and downloads nothing unless it is told to.
 *
 * @throws EnvironmentError `no-data`, `cannot-download`.
 * @throws ArgumentError `data-or-download`, `no-labels`, `no-test-part`, `other-classes`, and those of `openImages`.
 */
export const openData = async (options: DataOptions = {}): Promise<Data> => {
  const source = options.download ? await download(options) : findData(options.data);
  if (source === undefined) {
    const remedy = 'name a file or folder of images, --data DIR or $BOOMERANG_DATA, or let it fetch Fashion-MNIST';
    throw new EnvironmentError('no-data', `there are no images: ${remedy} (31 MB) with --download`);
  }
  const train = withLabels(await openImages(source), source);
  const [height, width, channels] = train.imageShape;
  const test = withLabels(await openImages(source, { part: 'test', size: [height, width], channels }), source);
  if (train.digest === test.digest) {
    const remedy = 'put test images of their own into a folder "test" beside "train"';
    throw new ArgumentError('no-test-part', `the training and the test images of ${source} are the same; ${remedy}`);
  }
  const odd = [...train.classes, ...test.classes].find((name, _, all) => all.indexOf(name) === all.lastIndexOf(name));
  if (odd !== undefined) {
    const rule = `the class "${odd}" of ${source} is either in training or in test`;
    throw new ArgumentError('other-classes', `${rule}, and must be in both; add images of it or remove them`);
  }
  return { train, test, source };
};

const download = async ({ data, base = BASE, onProgress }: DataOptions): Promise<string> => {
  if (data) throw new ArgumentError('data-or-download', `take the images of ${data} or a download, not both`);
  const files = FILES.map(([name, size, sha256]) => ({ name, size, sha256 }));
  await downloadFiles(files, { base, folder: downloads(), onProgress });
  return downloads();
};
