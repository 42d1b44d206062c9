import { ArgumentError } from '../../errors.ts';
import { type Choice, USUAL, type WayChoice } from '../../studio/choice.ts';
import { PORTS } from '../../studio/server/door.ts';
import { toCount } from '../numbers.ts';
import type { ModelOptions } from '../openAsked.ts';
import { readWay, type WayOptions } from '../way.ts';

/** What the command line says, as text. */
export type StudioOptions = ModelOptions &
  Omit<WayOptions, 'seed'> & {
    readonly model: string;
    readonly classifier?: string;
    readonly fit: string;
    readonly folders?: string;
    readonly conditional?: boolean;
    readonly seed?: string;
    readonly runs?: readonly string[];
    readonly open?: string;
    readonly port?: string;
    readonly static?: string;
    readonly dryRun?: boolean;
  };

/** @throws ArgumentError `bad-port` */
export const readPort = ({ port }: StudioOptions): number | undefined => {
  if (port === undefined) return undefined;
  const asked = toCount(port, 'port', PORTS.least);
  if (asked <= PORTS.most) return asked;
  throw new ArgumentError('bad-port', `port must be at most ${PORTS.most}, got ${port}; leave it out to take any`);
};

/**
 * Refuses options that would not be used.
 *
 * @throws ArgumentError `not-used`
 */
export const checkStatic = ({ static: out, dryRun, port, runs }: StudioOptions): void => {
  const refuse = (isUnused: boolean, why: string): void => {
    if (isUnused) throw new ArgumentError('not-used', why);
  };
  const isStatic = out !== undefined;
  refuse(isStatic && port !== undefined, '--port is of a studio that is open; leave it out with --static');
  refuse(isStatic && runs !== undefined, '--runs are live, and files show none; leave it out with --static');
  refuse(!isStatic && dryRun === true, '--dry-run is about what --static writes; name a folder with it');
};

/**
 * What is chosen when the page opens: a session, and over it what the command says; undefined where neither says anything.
 *
 * @throws ArgumentError those of `readWay`.
 */
export const firstChoice = (options: StudioOptions, opened: Choice | undefined): Choice | undefined => {
  const { seed, conditional } = options;
  const way: WayChoice = { ...readWay(options), ...(conditional ? { conditional } : {}) };
  if (opened === undefined && seed === undefined && Object.keys(way).length === 0) return undefined;
  const choice = opened ?? USUAL;
  return { ...choice, ...(seed === undefined ? {} : { seed }), way: { ...choice.way, ...way } };
};
