import { CheckpointError, isCount } from '../errors.ts';
import { isObject } from './configFile.ts';

/** What `boomerang.json` beside a model says, for lack of another place: all of it may be absent. */
export type Sidecar = {
  /** The label that stands for "no class", at least 0. */
  readonly nullLabel?: number;
  /** Names of the classes, by label. */
  readonly classes?: readonly string[];
  /** The fields of a `scheduler_config.json` for a model that has none; a DDPM scheduler unless `_class_name` says so. */
  readonly schedule?: Readonly<Record<string, unknown>>;
};

type Rule = readonly [test: (value: unknown) => boolean, rule: string];

const RULES: Readonly<Record<keyof Sidecar, Rule>> = {
  nullLabel: [(value) => isCount(value, 0), 'an integer of at least 0'],
  classes: [(value) => Array.isArray(value) && value.every((name) => typeof name === 'string'), 'a list of names'],
  schedule: [isObject, "an object of a scheduler config's fields"],
};

/** @throws CheckpointError `bad-sidecar` for an unknown field, too, since a misspelt one would be lost in silence. */
export const parseSidecar = (fields: Readonly<Record<string, unknown>>): Sidecar => {
  for (const [name, value] of Object.entries(fields)) {
    const rule = isField(name) ? RULES[name] : undefined;
    const choices = Object.keys(RULES).join(', ');
    if (rule === undefined) throw bad(`has the unknown field "${name}"; known: ${choices}`);
    if (!rule[0](value)) throw bad(`says ${name} ${JSON.stringify(value)}, but it must be ${rule[1]}`);
  }
  return fields;
};

const isField = (name: string): name is keyof Sidecar => Object.hasOwn(RULES, name);

const bad = (rule: string): CheckpointError => new CheckpointError('bad-sidecar', `boomerang.json ${rule}`);
