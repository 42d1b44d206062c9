import { CheckpointError } from '../errors.ts';
import { warnOnce } from '../warn.ts';
import { type ConfigFile, readConfigFile } from './configFile.ts';
import { type Folder, firstExisting } from './folder.ts';
import { kindOf, PIPELINE_KINDS, PIXELS, type PipelineKind } from './pipelineKinds.ts';

const INDEX = 'model_index.json';

/** Folders of parts by which a pipeline is known that has no index: its network does not stand alone. */
const AUTOENCODERS = ['vae', 'vqvae', 'movq'];
const OTHERS = ['text_encoder', 'image_encoder', 'transformer', 'prior', 'controlnet'];

/** What the index of a pipeline says of the parts that are opened here. */
export type Pipeline = {
  readonly kind: PipelineKind;
  /** The class of each part, as the index has it. */
  readonly classes: Readonly<Record<string, string>>;
};

/**
 * Finds out what a folder holds, and refuses what is not opened: other pipelines, and the network alone of one that
 * walks in the latents of an autoencoder: it would open, and give nonsense.
 *
 * @param isNetwork Whether `folder` is that of the network itself, whose pipeline may lie around it.
 * @throws CheckpointError `unsupported-pipeline`, `bad-config`.
 */
export const readPipeline = async (folder: Folder, isNetwork: boolean): Promise<Pipeline> => {
  const homes = isNetwork ? ['', '../'] : [''];
  const index = await firstExisting(
    folder,
    homes.map((home) => home + INDEX),
  );
  if (index === undefined) return withoutIndex(folder, isNetwork);
  const pipeline = readIndex(await readConfigFile(folder, index), `${folder.name}/${index}`);
  if (!isNetwork || pipeline.kind === PIXELS) return pipeline;
  const rule = `${folder.name} is the network of a ${nameIn(pipeline.kind)}, which needs its autoencoder`;
  throw new CheckpointError('unsupported-pipeline', `${rule}; name the folder around it, which holds all parts`);
};

const nameIn = ({ classes }: PipelineKind): string => classes[0] ?? '';

const withoutIndex = async (folder: Folder, isNetwork: boolean): Promise<Pipeline> => {
  const parts = isNetwork ? AUTOENCODERS.map((part) => `../${part}`) : [...AUTOENCODERS, ...OTHERS];
  const config = await firstExisting(
    folder,
    parts.map((part) => `${part}/config.json`),
  );
  if (config === undefined) return { kind: PIXELS, classes: {} };
  const { _class_name: name } = (await readConfigFile(folder, config)).fields;
  const part = `${config.slice(0, -'/config.json'.length)} (${name})`;
  const rule = `${folder.name} has the part ${part} beside its network, but no ${INDEX}, which says what they make`;
  const remedy = isNetwork ? `name the folder around it, and let it have its ${INDEX}` : `fetch its ${INDEX} as well`;
  throw new CheckpointError('unsupported-pipeline', `${rule}; ${remedy}`);
};

const readIndex = ({ fields }: ConfigFile, where: string): Pipeline => {
  const { _class_name: name, ...rest } = fields;
  const inUse = Object.entries(rest).filter(([part, value]) => isInUse(part, value));
  const kind = kindOf(name);
  const odd = inUse.filter(([part, value]) => !isKnown(kind ?? PIXELS, part, classOf(value)));
  const list = odd.map(([part, value]) => `${part} (${classOf(value) ?? JSON.stringify(value)})`).join(', ');
  const having = odd.length > 0 ? ` with ${list}` : '';
  if (kind === undefined) throw unsupported(where, `says ${JSON.stringify(name)}${having}`);
  if (odd.length > 0) throw unsupported(where, `says ${name}${having}`);
  const aside = inUse.filter(([part]) => kind.aside.includes(part)).map(([part]) => part);
  if (aside.length > 0)
    warnOnce(`${where} names ${aside.join(', ')}, which are left aside: pictures come back unjudged`);
  const classes = Object.fromEntries(inUse.map(([part, value]) => [part, classOf(value) as string]));
  const absent = Object.keys(kind.parts).find((part) => part !== 'scheduler' && classes[part] === undefined);
  if (absent === undefined) return { kind, classes };
  throw new CheckpointError('unsupported-pipeline', `${where} is a ${name} without ${absent}, which it needs`);
};

/** A part that is left out has null for its class; fields that start with `_` are no parts. */
const isInUse = (part: string, value: unknown): boolean =>
  !part.startsWith('_') &&
  part !== 'requires_safety_checker' &&
  value !== null &&
  value !== false &&
  !(Array.isArray(value) && value[1] === null);

/** A part is written as `[library, class]`. */
const classOf = (value: unknown): string | undefined =>
  Array.isArray(value) && typeof value[1] === 'string' ? value[1] : undefined;

const isKnown = ({ parts, aside }: PipelineKind, part: string, name: string | undefined): boolean =>
  aside.includes(part) || (Object.hasOwn(parts, part) && name !== undefined && (parts[part]?.includes(name) ?? true));

const unsupported = (where: string, rule: string): CheckpointError => {
  const able = PIPELINE_KINDS.flatMap(({ classes, parts }) => {
    const made = Object.entries(parts).flatMap(([part, names]) => (names ? [`${part} of ${names.join(' or ')}`] : []));
    return `${classes.join(', ')} (${made.join(', ')})`;
  });
  const remedy = `a pipeline of your own that is one of these may say so in its ${INDEX}`;
  return new CheckpointError(
    'unsupported-pipeline',
    `${where} ${rule}, which is not supported; supported: ${able.join('; ')}; ${remedy}`,
  );
};
