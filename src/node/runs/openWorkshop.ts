import * as tf from '@tensorflow/tfjs-core';
import { memoryCache } from '../../caches/cache.ts';
import { ArgumentError } from '../../errors.ts';
import type { Model } from '../../models/model.ts';
import { watchModel } from '../tuning/watchModel.ts';
import { version } from '../version.ts';
import { commitShard, madeBy, readRecord } from './commitShard.ts';
import type { Destination } from './destination.ts';
import { formatOf } from './formats/index.ts';
import { classifierDigest, type OpenKeep, openKeep } from './keepFrom.ts';
import { type Labelling, labelling } from './labelling.ts';
import { makeShard } from './makeShard.ts';
import { type DataPlace, openData } from './openData.ts';
import { planDigest, type RunPlan, type Shard } from './plan.ts';
import { rangeReader } from './rangeReader.ts';
import { rangesRead } from './rangesRead.ts';
import type { ShardRecord } from './shardRecord.ts';
import { variantMaker } from './variantMaker.ts';

/** What became of a shard: made and put by this call, or there already; and its record. */
export type ShardOutcome = {
  readonly outcome: 'made' | 'there';
  readonly samples: number;
  readonly failed: number;
  readonly record: ShardRecord;
};

export type MakeOptions = {
  readonly destination: Destination;
  readonly signal?: AbortSignal;
  /** Told how many images of the shard are done. */
  readonly onProgress?: (images: number) => void;
};

/** Where shards are made: the data and the model, open. */
export type Workshop = {
  readonly plan: RunPlan;
  /** Of the plan. */
  readonly digest: string;
  /** Announces the shards that will be asked for, so that their images are read in one pass. */
  announce(shards: readonly Shard[]): Promise<void>;
  /** Makes a shard and puts it, unless it is there; one at a time. */
  make(shard: Shard, options: MakeOptions): Promise<ShardOutcome>;
  /** Lines for people on what was done to images when they were read. */
  notes(): readonly string[];
  /** Closes the data and the classifier; the model stays open. */
  close(): Promise<void>;
};

export type OpenWorkshopOptions = DataPlace & {
  readonly plan: RunPlan;
  readonly model: Model;
  /** The `model.json` of the classifier that the plan asks for. */
  readonly classifier?: string | undefined;
};

/**
 * Opens what a plan needs on this machine, and refuses anything else than what was planned.
 *
 * @throws ArgumentError `other-version`, `other-model`, `other-data`, `other-classifier`, which name both; those of
 *   `findSource` and `openClassifier`.
 */
export const openWorkshop = async (options: OpenWorkshopOptions): Promise<Workshop> => {
  const { plan, model } = options;
  checkMachine(plan, model);
  const { source, facts } = await openData(options);
  check('data', `the data of ${options.data}`, plan.data.digest, facts.digest);
  const conditional = plan.augment.options['conditional'] === true;
  const labels = facts.classes && labelling(facts.classes, model, conditional);
  const judge = labels && (await keepOf(options, labels));
  const reader = rangeReader(source);
  const cache = model.isLatent ? memoryCache() : undefined;
  const tools = { ...(labels ? { labels } : {}), ...(judge ? { keep: judge.keep } : {}), ...(cache ? { cache } : {}) };
  const format = formatOf(plan.format);
  const digest = planDigest(plan);
  const images = rangesRead(reader, model.imageShape[2]);
  return {
    plan,
    digest,
    announce: (shards) => reader.announce(shards),
    async make(shard, { destination, signal = new AbortController().signal, onProgress }) {
      const there = await readRecord(destination, shard.name);
      if (there) return outcomeOf('there', there);
      const make = variantMaker(plan, { model: watchModel(model, { signal }), ...tools });
      const made = await makeShard({ plan, shard, range: await images.of(shard), make, signal, onProgress });
      const by = madeBy(model, tf.getBackend());
      const { outcome, record } = await commitShard(made, { shard, run: digest, format, made: by, destination });
      return outcomeOf(outcome, record);
    },
    notes: images.notes,
    async close() {
      await reader.close();
      judge?.dispose();
    },
  };
};

const outcomeOf = (outcome: ShardOutcome['outcome'], record: ShardRecord): ShardOutcome => ({
  outcome,
  samples: record.samples.length,
  failed: record.failed.length,
  record,
});

const checkMachine = ({ program, model: { digest, precision } }: RunPlan, model: Model): void => {
  check('version', 'this program', program, version);
  check('model', 'the model', digest, model.digest);
  check('model', 'the precision of the model', precision, model.precision ?? 'float32');
};

const check = (kind: string, what: string, planned: string, here: string): void => {
  if (planned === here) return;
  throw new ArgumentError(
    `other-${kind}`,
    `the run was planned with another ${kind}: ${what} is ${here}, planned was ${planned}; open that one`,
  );
};

const keepOf = async (
  { plan: { keep }, classifier, model }: OpenWorkshopOptions,
  labels: Labelling,
): Promise<OpenKeep | undefined> => {
  if (keep === undefined) return undefined;
  if (classifier === undefined) {
    throw new ArgumentError('no-classifier', 'the run judges its variants by a classifier; name its model.json');
  }
  check('classifier', classifier, keep.classifier, await classifierDigest(classifier));
  return openKeep(classifier, { model, labels, asked: keep });
};
