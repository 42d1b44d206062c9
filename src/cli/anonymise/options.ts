import type { Command } from 'commander';
import { checkStrengths, SAMPLE, STRENGTHS, sampleFor } from '../../apps/anonymise/options.ts';
import type { NoFace, Region } from '../../apps/anonymise/run.ts';
import { leastPeople } from '../../apps/anonymise/sample.ts';
import { ArgumentError, pick } from '../../errors.ts';
import { regionIn } from '../../node/anonymise/regionIn.ts';
import type { Names } from '../../node/copies/names.ts';
import type { Way } from '../../node/tuning/way.ts';
import { addFoldersOption, addReportOptions } from '../commonOptions.ts';
import { toCount, toNumber, toStrengths } from '../numbers.ts';
import { addModelOptions, type ModelOptions } from '../openAsked.ts';
import { addMannerOptions, readWay, type WayOptions } from '../way.ts';

export type AnonymiseCommand = ModelOptions &
  Omit<WayOptions, 'seed'> & {
    readonly out: string;
    readonly model: string;
    readonly target: string;
    readonly embedder: string;
    readonly judge: string;
    readonly people?: string;
    readonly per: string;
    readonly region: string;
    readonly classifier?: string;
    readonly conditional?: boolean;
    /** Of `--no-face`. */
    readonly face: string;
    readonly strengths: string;
    readonly sample?: string;
    readonly attacks: boolean;
    readonly names: string;
    readonly mark: boolean;
    readonly report?: string;
    readonly audit?: string;
    readonly key?: string;
    readonly keepKey?: string;
    readonly folders?: string;
    readonly json?: boolean;
    readonly dryRun?: boolean;
  };

export const addAnonymiseOptions = (command: Command): Command => {
  command
    .requiredOption('--out <folder>', 'where the copies go: a folder that is not there yet')
    .requiredOption('--model <place>', 'folder of a diffusion model, or its name on the hub')
    .requiredOption('--target <share>', 'share of copies that may be recognised, such as 0.05')
    .option(
      '--embedder <name>',
      'what chooses the strength: face-api, human, an .onnx file or a model.json',
      'face-api',
    )
    .option('--judge <name>', 'what judges the copies: another one', 'human')
    .option('--people <names>', 'who is in the images: "folders", a folder a person, or a JSON file { path: person }')
    .option('--per <what>', 'set: all images go as far; image: each goes as far as it must', 'set')
    .option(
      '--region <what>',
      'what changes: whole; faces, which the embedder detects; a box TOP,LEFT,HEIGHT,WIDTH; or a picture, white where it changes',
      'whole',
    )
    .option(
      '--classifier <file>',
      'model.json of a classifier, to see whether copies keep the labels of their originals',
    )
    .option('--conditional', 'return images to their own class, for models with classes')
    .option('--no-face <what>', 'images in which nobody is found: skip, copy as they are, or throw whole', 'skip')
    .option('--strengths <list>', 'strengths that are tried', STRENGTHS.join(','))
    .option(
      '--sample <count>',
      `images that strength is chosen by, at most (default: ${SAMPLE}, or as many as the target needs)`,
    )
    .option('--no-attacks', 'do not try attacks, blur and pixelation, which take time')
    .option('--names <how>', 'names of files: number, hash or keep', 'number')
    .option('--no-mark', 'do not write the mark of synthetic media into files')
    .option('--report <folder>', 'where the report goes, which shows originals (default: OUT-report)')
    .option('--audit <file>', 'write what became of each image, under names that only FILE.key tells')
    .option('--key <file>', 'take the secret of an earlier run, which --keep-key wrote')
    .option('--keep-key <file>', 'write the secret, by which copies can be made again, and be found out');
  return addReportOptions(addModelOptions(addMannerOptions(addFoldersOption(command))));
};

/** What the options say, each checked by itself. */
export type Asked = {
  readonly target: number;
  readonly per: 'set' | 'image';
  readonly region: Region;
  readonly noFace: NoFace;
  readonly strengths: readonly number[];
  readonly sample: number;
  readonly attacks: boolean;
  readonly way: Way;
  readonly names: Names;
  readonly mark: boolean;
  /** Where the report goes. */
  readonly report: string;
};

const PER = { set: 'set', image: 'image' } as const;
const NO_FACE = { skip: 'skip', copy: 'copy', whole: 'whole' } as const;
const NAMES = { number: 'number', hash: 'hash', keep: 'keep' } as const;

/** @throws ArgumentError `bad-target`, `bad-strength`, `unknown-per` and the like, and those of `regionIn`. */
export const readAsked = async (options: AnonymiseCommand): Promise<Asked> => {
  const target = toNumber(options.target, 'target');
  if (!(target > 0 && target < 1)) {
    const rule = 'target must be a share of copies above 0 and below 1, such as 0.05';
    throw new ArgumentError('bad-target', `${rule}; got ${options.target}`);
  }
  const strengths = toStrengths(options.strengths, 'strengths');
  checkStrengths(strengths);
  return {
    ...{ target, strengths, attacks: options.attacks, mark: options.mark, way: readWay(options) },
    per: pick(PER, options.per, 'per'),
    region: await regionIn(options.region),
    noFace: pick(NO_FACE, options.face, 'no-face'),
    sample: options.sample === undefined ? sampleFor(target) : toCount(options.sample, 'sample', leastPeople(target)),
    names: pick(NAMES, options.names, 'names'),
    report: options.report ?? `${options.out.replace(/[/\\]+$/, '')}-report`,
  };
};
