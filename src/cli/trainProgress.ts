import { Presets, SingleBar } from 'cli-progress';
import type { StageFound } from '../node/training/folderTraining.ts';
import type { StageName } from '../node/training/stage.ts';
import type { StepReport } from '../train/trainOptions.ts';
import type { TerminalStream } from './streams.ts';

type StageReport = StepReport & { readonly stage: StageName };

export type TrainProgress = {
  readonly onStep: (report: StageReport) => void;
  readonly onLook: (found: StageFound) => void;
  readonly onEncoding: (done: number, total: number) => void;
  readonly stop: () => void;
};

const LOG_EVERY_MS = 30_000;
/** The first steps compile and allocate: the speed is told after this one. */
const SETTLED = 3;

/**
 * A bar where a terminal is attached, elsewhere a line every half minute, however long a step takes; either way a line
 * for each look at held-out images.
 */
export const watchTraining = (stderr: TerminalStream, everyMs = LOG_EVERY_MS): TrainProgress => {
  const format = '{bar} {percentage} % | {line}';
  const bar = stderr.isTTY
    ? new SingleBar({ stream: stderr, format, clearOnComplete: true }, Presets.shades_classic)
    : undefined;
  bar?.start(1, 0, { line: '' });
  const say = (line: string): void => {
    if (bar) stderr.write('\r\u001b[K'); // over the bar, which draws itself anew
    stderr.write(`${line}\n`);
  };
  let steps = 0;
  let latest: { readonly report: StageReport; readonly at: number } | undefined;
  let encoded: string | undefined;
  const began = performance.now();
  const log = (): void => {
    const now = performance.now();
    if (encoded) {
      say(encoded);
      return;
    }
    if (latest === undefined) {
      say(`preparing for ${describeTime((now - began) / 1000)}`);
      return;
    }
    const { report, at } = latest;
    const secondsLeft = Math.max(0, report.secondsLeft - (now - at) / 1000);
    say(`${(100 * report.progress).toFixed(1)} % | ${describeStep({ ...report, secondsLeft })}`);
  };
  const timer = bar ? undefined : setInterval(log, everyMs);
  const onStep = (report: StageReport): void => {
    steps += 1;
    encoded = undefined;
    latest = { report, at: performance.now() };
    bar?.update(report.progress, { line: describeStep(report) });
    if (steps === SETTLED) say(`${report.imagesPerSecond.toFixed(1)} images a second`);
  };
  const onLook = (found: StageFound): void => say(describeLook(found));
  const onEncoding = (done: number, total: number): void => {
    encoded = `encoding images: ${((100 * done) / total).toFixed(1)} %`;
    bar?.update(done / total, { line: encoded });
    if (done === total) say(`encoded ${total} images once`);
  };
  const stop = (): void => {
    bar?.stop();
    clearInterval(timer);
  };
  return { onStep, onLook, onEncoding, stop };
};

const describeLook = (found: StageFound): string => {
  const { step, error, images } = found;
  if (found.stage === 'autoencoder') {
    return `autoencoder, step ${step}: ${found.psnr.toFixed(1)} dB on ${images} held-out images`;
  }
  const byFifth = found.fifths.map((value) => value.toFixed(4)).join(' ');
  return `step ${step}: error ${error.toFixed(4)} on ${images} held-out images; by fifth of the schedule ${byFifth}`;
};

const describeStep = ({ stage, step, imagesPerSecond, smoothed, learningRate, secondsLeft }: StageReport): string =>
  [
    stage === 'autoencoder' ? `autoencoder, step ${step}` : `step ${step}`,
    `${imagesPerSecond.toFixed(1)} images/s`,
    `loss ${smoothed.toFixed(4)}`,
    `rate ${learningRate.toExponential(1)}`,
    `${describeTime(secondsLeft)} left`,
  ].join(', ');

/** Seconds for people. */
export const describeTime = (seconds: number): string => {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
};
