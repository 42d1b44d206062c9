import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { checkOptions, rule } from '../../checks.ts';
import type { Augment, EpochLogOptions } from '../../transforms/boomerang/boomerangAugment.ts';
import type { EpochEnd } from '../../transforms/boomerang/epochEnds.ts';
import { tell, warn } from '../../warn.ts';
import { logOf } from './line.ts';
import { appendLine, checkFolder, ENDING, fileFor, reason } from './runFile.ts';

const schema = v.strictObject({
  name: v.optional(
    rule<string>(
      (value) => typeof value === 'string' && /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$/.test(value),
      'a name of at most 100 letters, digits, dots, dashes and underscores, with no dot first',
    ),
  ),
});

type Logged = Pick<Augment, 'onEpoch' | 'state' | 'stats'>;

/**
 * Writes a line for every epoch of an augmenter that is over. One that the training may yet end, with its loss, waits
 * for that until the epoch after it is over too, or the process ends: so an epoch has one line.
 *
 * @throws ArgumentError `unknown-option`, `bad-name`; EnvironmentError `bad-output`.
 */
export const logEpochs = (augment: Logged, folder: string, options: EpochLogOptions = {}): void => {
  checkOptions('augment.log', schema, options);
  const place = resolve(folder);
  checkFolder(place);
  const write = writer(place, options.name ?? nameOf(augment), options.name !== undefined);
  const written = new Set<number>();
  let waiting: EpochEnd | undefined;
  let isEnded = true;
  const put = (ended: EpochEnd): void => {
    written.add(ended.epoch);
    if (waiting?.epoch === ended.epoch) waiting = undefined;
    write(ended);
  };
  augment.onEpoch((ended) => {
    if (waiting && waiting.epoch !== ended.epoch) {
      isEnded = ended.logs !== undefined; // or else nobody ends epochs, and the next ones need not wait
      put(waiting);
    }
    if (ended.logs !== undefined || !isEnded) put(ended);
    else waiting = ended;
  });
  atExit(() => {
    if (waiting) put(waiting);
    const last = augment
      .stats()
      .epochs.filter(({ images }) => images > 0)
      .at(-1)?.epoch;
    if (last === undefined || written.has(last)) return;
    warn(`epoch ${last} was not ended, and is not in the log in ${place}; end it with augment.endEpoch(logs)`);
  });
};

/** The seed, and what tells runs of one seed apart; the same for a run that goes on. */
const nameOf = (augment: Logged): string => {
  const { config, modelDigest } = augment.state();
  const digest = createHash('sha256')
    .update(JSON.stringify([modelDigest, config]))
    .digest('hex')
    .slice(0, 8);
  const seed = String(config.options['seed']).replaceAll(/[^A-Za-z0-9._-]+/g, '-');
  return `${seed.replace(/^\.+/, '').slice(0, 60) || 'run'}-${digest}`;
};

/** Writes epochs into the file of a run, which the first of them decides; what fails is said, and training goes on. */
const writer = (folder: string, name: string, isNamed: boolean) => {
  let file: string | undefined;
  let left: number | undefined;
  let isSaid = false;
  return (ended: EpochEnd): void => {
    try {
      const begins = file === undefined;
      file ??= isNamed ? join(folder, `${name}${ENDING}`) : fileFor(folder, name, ended.epoch);
      const { size, isShared } = appendLine(file, JSON.stringify(logOf(ended, begins, new Date())), left);
      if (begins) tell(`epochs of this run are logged in ${file}`);
      if (isShared && !isSaid) warn(`another run writes into ${file} too; log(folder, { name }) gives each its own`);
      isSaid ||= isShared;
      left = size;
    } catch (error) {
      left = undefined;
      warn(`epoch ${ended.epoch} is not in the log in ${folder} (${reason(error)}); training goes on`);
    }
  };
};

const last: (() => void)[] = [];

/** One listener for all: Node warns of many. */
const atExit = (run: () => void): void => {
  if (last.length === 0) {
    process.once('exit', () => {
      for (const one of last) one();
    });
  }
  last.push(run);
};
