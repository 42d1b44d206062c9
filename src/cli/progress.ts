import { Presets, SingleBar } from 'cli-progress';
import type { DownloadProgress } from '../models/downloadProgress.ts';
import { describeSeconds } from './duration.ts';
import type { TerminalStream } from './streams.ts';

export type Progress = {
  /** Tells the share that is done, 0 to 1. */
  readonly update: (share: number) => void;
  readonly stop: () => void;
};

const LINE_EVERY_MS = 30_000;

/**
 * How far some work is: a bar where a terminal is attached; elsewhere a line when it begins, every half minute, and
 * when it ends.
 *
 * @param clock milliseconds; another one stands in for it in tests.
 */
export const startProgress = (
  stderr: TerminalStream,
  what: string,
  clock: () => number = () => performance.now(),
): Progress => (stderr.isTTY ? startBar(stderr, what) : startLines(stderr, what, clock));

const startBar = (stream: TerminalStream, what: string): Progress => {
  const format = `${what} {bar} {percentage} %, {eta_formatted} left`;
  const bar = new SingleBar({ stream, format, clearOnComplete: true }, Presets.shades_classic);
  bar.start(1, 0);
  return { update: (share) => bar.update(share), stop: () => bar.stop() };
};

const startLines = (stderr: TerminalStream, what: string, clock: () => number): Progress => {
  const begun = clock();
  let [share, said] = [0, begun];
  const say = (words: string): void => void stderr.write(`${what}: ${words}\n`);
  const tick = (): void => {
    if (clock() - said < LINE_EVERY_MS) return;
    said = clock();
    const left = share > 0 ? `, about ${describeSeconds(((said - begun) / 1000) * (1 / share - 1))} left` : '';
    say(`${percent(share)}${left}`);
  };
  const timer = setInterval(tick, LINE_EVERY_MS).unref(); // a single step may take longer than that
  say('begins');
  return {
    update(now) {
      share = now;
      tick();
    },
    stop() {
      clearInterval(timer);
      say(share < 1 ? `ends at ${percent(share)}` : `done in ${describeSeconds((clock() - begun) / 1000)}`);
    },
  };
};

const percent = (share: number): string => `${Math.floor(100 * share)} %`;

/** Shows how far some work is while it lasts. */
export const watch = <T>(
  stderr: TerminalStream,
  what: string,
  work: (onProgress: (share: number) => void) => Promise<T>,
): Promise<T> => {
  const progress = startProgress(stderr, what);
  return work(progress.update).finally(progress.stop);
};

export type Downloads = { readonly onProgress: (progress: DownloadProgress) => void; readonly stop: () => void };

/** The progress of each file that is downloaded, from its first bytes on; nothing when none is. */
export const watchDownloads = (stderr: TerminalStream): Downloads => {
  let current: { readonly file: string; readonly bar: Progress } | undefined;
  const stop = (): void => {
    current?.bar.stop();
    current = undefined;
  };
  const onProgress = ({ file, done, total }: DownloadProgress): void => {
    if (current?.file !== file) {
      stop();
      current = { file, bar: startProgress(stderr, file) };
    }
    current.bar.update(done / total);
    if (done === total) stop();
  };
  return { onProgress, stop };
};
