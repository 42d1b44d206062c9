import { Presets, SingleBar } from 'cli-progress';
import type { DownloadProgress } from '../node/hub/fetchModel.ts';
import type { TerminalStream } from './streams.ts';

export type Progress = { readonly update: (share: number) => void; readonly stop: () => void };

/** A progress bar where a terminal is attached, and silence elsewhere: a log is no place for one. */
export const startProgress = (stderr: TerminalStream, what = ''): Progress => {
  if (!stderr.isTTY) return { update: () => undefined, stop: () => undefined };
  const format = `${what}{bar} {percentage} %, {eta_formatted} left`;
  const bar = new SingleBar({ stream: stderr, format, clearOnComplete: true }, Presets.shades_classic);
  bar.start(1, 0);
  return { update: (share) => bar.update(share), stop: () => bar.stop() };
};

export type Downloads = { readonly onProgress: (progress: DownloadProgress) => void; readonly stop: () => void };

/** A progress bar for each file that is downloaded, from its first bytes on; none when nothing is. */
export const watchDownloads = (stderr: TerminalStream): Downloads => {
  let current: { readonly file: string; readonly bar: Progress } | undefined;
  const stop = (): void => {
    current?.bar.stop();
    current = undefined;
  };
  const onProgress = ({ file, done, total }: DownloadProgress): void => {
    if (current?.file !== file) {
      stop();
      current = { file, bar: startProgress(stderr, `${file} `) };
    }
    current.bar.update(done / total);
    if (done === total) stop();
  };
  return { onProgress, stop };
};
