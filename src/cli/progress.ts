import { Presets, SingleBar } from 'cli-progress';
import type { TerminalStream } from './run.ts';

export type Progress = { readonly update: (share: number) => void; readonly stop: () => void };

/** A progress bar where a terminal is attached, and silence elsewhere: a log is no place for one. */
export const startProgress = (stderr: TerminalStream): Progress => {
  if (!stderr.isTTY) return { update: () => undefined, stop: () => undefined };
  const format = '{bar} {percentage} %, {eta_formatted} left';
  const bar = new SingleBar({ stream: stderr, format, clearOnComplete: true }, Presets.shades_classic);
  bar.start(1, 0);
  return { update: (share) => bar.update(share), stop: () => bar.stop() };
};
