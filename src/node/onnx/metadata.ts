import { isObject, notFiniteField } from '../../checkpoints/configFile.ts';
import { CheckpointError, isCount } from '../../errors.ts';
import type { LabelSpace, ModelFacts } from '../../models/model.ts';
import { noiseSchedule } from '../../noise/schedule.ts';

/** The key under which an exported file holds what is known of its model. */
export const METADATA_KEY = 'boomerang';

/** The class of the scheduler in files of version 0.1. */
const NOT_SAID = 'not said';

const FORMAT = 1; // raised when an older reader would misunderstand

/** What is known of a model, as text. */
export const writeMetadata = ({ labels, ...facts }: ModelFacts): string => {
  const { imageShape, outChannels, scheduler, digest, parameterCount } = facts;
  const open = labels && !Number.isFinite(labels.count) ? { ...labels, count: null } : labels;
  return JSON.stringify({ format: FORMAT, imageShape, outChannels, scheduler, labels: open, digest, parameterCount });
};

/**
 * Reads what {@link writeMetadata} wrote.
 *
 * @param name of the file, for messages.
 * @throws CheckpointError `bad-metadata`.
 */
export const readMetadata = (text: string, name: string): ModelFacts => {
  const fields = parse(text, name);
  const field = notFiniteField(fields);
  if (field !== undefined) throw bad(name, `say ${field}, which is not a finite number; export it again`);
  const { format, imageShape, outChannels, scheduler, labels, digest, parameterCount } = fields;
  if (format !== FORMAT)
    throw bad(name, `are of format ${JSON.stringify(format)}, known is ${FORMAT}; update this package`);
  const isShape = Array.isArray(imageShape) && imageShape.length === 3 && imageShape.every((size) => isCount(size));
  const isWhole = isCount(outChannels) && isCount(parameterCount, 0) && typeof digest === 'string';
  if (!isShape || !isWhole || !isObject(scheduler) || !isObject(scheduler['schedule'])) {
    throw bad(name, 'are not whole; export it again');
  }
  const { alphaBar } = scheduler['schedule'];
  if (!Array.isArray(alphaBar)) throw bad(name, 'have no noise schedule; export it again');
  return {
    imageShape: imageShape as [number, number, number],
    outChannels,
    scheduler: { className: NOT_SAID, ...scheduler, schedule: noiseSchedule(alphaBar) } as ModelFacts['scheduler'],
    ...(isObject(labels)
      ? { labels: { ...labels, count: labels['count'] ?? Number.POSITIVE_INFINITY } as LabelSpace }
      : {}),
    digest,
    parameterCount,
  };
};

const parse = (text: string, name: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // said below
  }
  throw bad(name, 'are no JSON object; export it again');
};

const bad = (name: string, rule: string): CheckpointError =>
  new CheckpointError('bad-metadata', `the boomerang metadata of ${name} ${rule}`);
