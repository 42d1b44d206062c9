import type { Command } from 'commander';
import { QUEUE_VARIABLE } from '../../fleet/queueAddress.ts';
import { addFoldersOption, addReportOptions } from '../commonOptions.ts';
import { addModelOptions, type ModelOptions } from '../openAsked.ts';
import { addWayOptions, type WayOptions } from '../way.ts';

/** What the command line says, as text. */
export type RunCommand = ModelOptions &
  WayOptions & {
    readonly out: string;
    readonly model: string;
    readonly strength: string;
    readonly variants: string;
    readonly format: string;
    readonly pair?: boolean;
    readonly includeOriginals?: boolean;
    readonly classifier?: string;
    readonly minProbability?: string;
    readonly topK?: string;
    readonly distance?: string;
    readonly softLabels?: string;
    readonly tries?: string;
    readonly conditional?: boolean;
    readonly fit: string;
    readonly part: string;
    readonly folders?: string;
    readonly shard?: string;
    readonly shardImages?: string;
    readonly maxFailed: string;
    readonly queue?: string | true;
    readonly priority?: string;
    readonly pricePerHour?: string;
    readonly json?: boolean;
    readonly dryRun?: boolean;
  };

export const addRunOptions = (command: Command): Command => {
  command
    .option('--out <place>', 'where the variants go: a folder, or s3://bucket/prefix')
    .option('--model <place>', 'folder of a diffusion model, or its name on the hub')
    .option(
      '--strength <strength>',
      'how far to throw, in [0, 1]: 0.3; a range 0.1..0.4, or a list 0.2,0.4, from which each variant draws',
    )
    .option('--variants <count>', 'variants of each image', '1')
    .option('--format <name>', 'how samples lie in files: webdataset, folder, tfrecord or idx', 'webdataset')
    .option('--pair', 'each sample is a pair of an image and its variant')
    .option('--include-originals', 'the images themselves are samples as well')
    .option('--classifier <file>', 'model.json of a classifier that must still see the class of a variant')
    .option('--min-probability <share>', 'with at least this probability')
    .option('--top-k <count>', 'among its first so many classes (default: 1, without --min-probability)')
    .option('--distance <bounds>', 'variants at this distance from their image alone, MIN..MAX in [0, 1] units')
    .option('--tries <count>', 'variants that are tried until one passes; then the image stays as it is (default: 3)')
    .option('--soft-labels <gamma>', 'labels that trust a variant the less the further it was thrown')
    .option('--conditional', 'return images to their own class, for models with classes')
    .option(
      '--fit <way>',
      'for images of another size: exact refuses, resize, or detail, which keeps fine structure',
      'exact',
    )
    .option('--part <name>', 'part of the data, where it has parts: train, validation or test', 'train')
    .option(
      '--shard <part>',
      'make one part of the run, counted from 0: 3/8; auto in a Slurm array; auto/8 in an indexed job of Kubernetes',
    )
    .option('--shard-images <count>', 'images of which a file holds a variant each (default: 256, fewer of large ones)')
    .option('--max-failed <share>', 'so many images may fail before the run ends: a share, 1%, or a number', '1%')
    .option(
      '--queue [address]',
      `let the workers at a Redis or Valkey make it: redis://host:6379; without an address that of $${QUEUE_VARIABLE}`,
    )
    .option('--priority <number>', 'with --queue: which runs go first, 1 before 2 (default: 100)')
    .option('--price-per-hour <price>', 'what an hour of this machine costs, for --dry-run');
  return addReportOptions(addModelOptions(addWayOptions(addFoldersOption(command))));
};
