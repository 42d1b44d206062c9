import { CheckpointError } from '../errors.ts';
import { type ConfigFile, readConfigFile } from './configFile.ts';
import { type Folder, firstExisting } from './folder.ts';

const INDEX = 'model_index.json';

/** Pipelines of diffusers that are a network on pixels and a scheduler, nothing else. */
const PIPELINES = ['DDPMPipeline', 'DDIMPipeline', 'PNDMPipeline'];

/** The parts of such a pipeline, with the classes that they may be of; a scheduler says its class itself. */
const PARTS: Readonly<Record<string, readonly string[] | undefined>> = { unet: ['UNet2DModel'], scheduler: undefined };

/** Folders of parts by which a pipeline is known that has no index: its network does not stand alone. */
const AUTOENCODERS = ['vae', 'vqvae', 'movq'];
const OTHERS = ['text_encoder', 'image_encoder', 'transformer', 'prior', 'controlnet'];

/** What the index of a pipeline says of the parts that are opened here. */
export type Pipeline = {
  /** Class of the scheduler. */
  readonly scheduler?: string;
};

/**
 * Refuses a pipeline that is more than a network on pixels, above all one that walks in the latents of an autoencoder:
 * its network alone would open, and give nonsense.
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
  if (index !== undefined) return checkIndex(await readConfigFile(folder, index), `${folder.name}/${index}`);
  const parts = isNetwork ? AUTOENCODERS.map((part) => `../${part}`) : [...AUTOENCODERS, ...OTHERS];
  const config = await firstExisting(
    folder,
    parts.map((part) => `${part}/config.json`),
  );
  if (config === undefined) return {};
  const { _class_name: name } = (await readConfigFile(folder, config)).fields;
  const part = `${config.slice(0, -'/config.json'.length)} (${name})`;
  throw unsupported(folder.name, `has the part ${part} beside its network`);
};

const checkIndex = ({ fields }: ConfigFile, where: string): Pipeline => {
  const { _class_name: name, ...rest } = fields;
  const parts = Object.entries(rest).flatMap(([part, value]) => (isInUse(part, value) ? [[part, value] as const] : []));
  const odd = parts.filter(([part, value]) => !isKnown(part, classOf(value)));
  const list = odd.map(([part, value]) => `${part} (${classOf(value) ?? JSON.stringify(value)})`).join(', ');
  const having = odd.length > 0 ? ` with ${list}` : '';
  if (!PIPELINES.includes(String(name))) throw unsupported(where, `says ${JSON.stringify(name)}${having}`);
  if (odd.length > 0) throw unsupported(where, `says ${name}${having}`);
  const scheduler = classOf(fields['scheduler']);
  return scheduler === undefined ? {} : { scheduler };
};

/** A part that is left out has null for its class; fields that start with `_` are no parts. */
const isInUse = (part: string, value: unknown): boolean =>
  !part.startsWith('_') && value !== null && value !== false && !(Array.isArray(value) && value[1] === null);

/** A part is written as `[library, class]`. */
const classOf = (value: unknown): string | undefined =>
  Array.isArray(value) && typeof value[1] === 'string' ? value[1] : undefined;

const isKnown = (part: string, name: string | undefined): boolean =>
  Object.hasOwn(PARTS, part) && name !== undefined && (PARTS[part]?.includes(name) ?? true);

const unsupported = (where: string, rule: string): CheckpointError => {
  const able = `a UNet2DModel on pixels with a scheduler, which is a ${PIPELINES.join(', ')}`;
  const remedy = `supported: ${able}; a pipeline of your own that is one of these may say so in its ${INDEX}`;
  return new CheckpointError('unsupported-pipeline', `${where} ${rule}, which is not supported; ${remedy}`);
};
