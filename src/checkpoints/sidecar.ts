import { ArgumentError, CheckpointError, isCount } from '../errors.ts';
import type { PortNames } from '../networks/binding.ts';
import { isObject, readConfigFile } from './configFile.ts';
import type { ScheduleDescription } from './describedScheduler.ts';
import type { Folder } from './folder.ts';
import type { SchedulerConfig } from './schedulerConfig.ts';
import { naming } from './weightFiles.ts';

/**
 * What the files of a model do not say of it, for lack of a place: in `boomerang.json` beside them, or in the options
 * of `loadModel`. Every field may be absent.
 */
export type ModelDescription = PortNames & {
  /** The label that stands for "no class", at least 0. */
  readonly nullLabel?: number;
  /** Names of the classes, by label. */
  readonly classes?: readonly string[];
  /** The noise schedule. */
  readonly schedule?: ScheduleDescription;
  /** What the network's output means. */
  readonly prediction?: SchedulerConfig['prediction'];
};

/** What `boomerang.json` beside a model says. */
export type Sidecar = ModelDescription & {
  /** Why what lies there is not yet a model; written by a training that ended too early. */
  readonly unfinished?: string;
};

/** Name of the file. */
export const SIDECAR = 'boomerang.json';

type Fields = Readonly<Record<string, unknown>>;
type Rule = readonly [test: (value: unknown) => boolean, rule: string];

const isName = (value: unknown): boolean => typeof value === 'string' && value !== '';
const isNames = (value: unknown): boolean => Array.isArray(value) && value.every((name) => typeof name === 'string');
const isShape = (value: unknown): boolean =>
  Array.isArray(value) && value.length === 3 && value.every((size) => isCount(size));
const isInputs = (value: unknown): boolean =>
  isObject(value) &&
  isName(value['image']) &&
  isName(value['time']) &&
  Object.entries(value).every(([key, name]) => ['image', 'time', 'label'].includes(key) && isName(name));
const oneOf = (...choices: readonly string[]): Rule => [
  (value) => choices.some((choice) => choice === value),
  choices
    .map((choice) => JSON.stringify(choice))
    .join(', ')
    .replace(/, ([^,]*)$/, ' or $1'),
];

const RULES: Readonly<Record<keyof ModelDescription, Rule>> = {
  nullLabel: [(value) => isCount(value, 0), 'an integer of at least 0'],
  classes: [isNames, 'a list of names'],
  schedule: [isObject, "an object of a scheduler config's fields"],
  prediction: oneOf('epsilon', 'v_prediction', 'sample'),
  inputs: [isInputs, 'an object of the names of image, time and, for a conditional network, label'],
  output: [isName, 'a name'],
  layout: oneOf('NHWC', 'NCHW'),
  imageShape: [isShape, 'height, width and channels, for example [64, 64, 3]'],
};

/** The names of all fields. */
export const DESCRIPTION_FIELDS: readonly string[] = Object.keys(RULES);

/** @throws CheckpointError `bad-sidecar` for an unknown field, too, since a misspelt one would be lost in silence. */
export const parseSidecar = (fields: Fields): Sidecar => {
  const { unfinished, ...described } = fields;
  const fault = unfinished === undefined || isName(unfinished) ? firstFault(described) : UNFINISHED_FAULT;
  if (fault === undefined) return fields;
  throw new CheckpointError('bad-sidecar', `${SIDECAR} ${fault}`);
};

/** What a caller says of a model. @throws ArgumentError `bad-description`, as {@link parseSidecar} */
export const checkDescription = (fields: Fields): ModelDescription => {
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  const fault = firstFault(given);
  if (fault === undefined) return given;
  throw new ArgumentError('bad-description', `the description of the model ${fault}`);
};

const UNFINISHED_FAULT = 'says unfinished, but not why: it must be a text';

const firstFault = (fields: Fields): string | undefined => {
  for (const [name, value] of Object.entries(fields)) {
    const rule = isField(name) ? RULES[name] : undefined;
    const choices = Object.keys(RULES).join(', ');
    if (rule === undefined) return `has the unknown field "${name}"; known: ${choices}`;
    if (!rule[0](value)) return `says ${name} ${JSON.stringify(value)}, but it must be ${rule[1]}`;
  }
  return undefined;
};

const isField = (name: string): name is keyof ModelDescription => Object.hasOwn(RULES, name);

/**
 * What is said of a model beside its file and by the caller, whose word counts more, field by field.
 *
 * @param path of the model's file in the folder.
 * @throws CheckpointError `bad-sidecar`, `bad-config`. @throws ArgumentError `bad-description`
 */
export const readDescription = async (
  folder: Folder,
  path: string,
  given: ModelDescription,
): Promise<ModelDescription> => {
  const checked = checkDescription(given);
  const beside = path.slice(0, path.lastIndexOf('/') + 1) + SIDECAR;
  const fields = (await folder.exists(beside)) ? (await readConfigFile(folder, beside)).fields : {};
  const sidecar = naming(folder.name, () => parseSidecar(fields));
  return { ...sidecar, ...checked };
};
