import { CheckpointError } from '../errors.ts';
import { readConfigFile } from './configFile.ts';
import type { Folder } from './folder.ts';
import type { Pipeline } from './pipeline.ts';
import { readTokenizerFiles, type TokenizerFiles } from './tokenizerFiles.ts';
import { findWeightFiles, type WeightFile } from './weightFiles.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A network of a checkpoint of which the config was read, and the weights found. */
export type PartOutline = {
  /** Its `config.json` as it stands. */
  readonly config: Fields;
  /** The config's bytes, for the digest. */
  readonly configBytes: Uint8Array;
  readonly weightFiles: readonly WeightFile[];
};

/** What a pipeline that walks in latents has beside its network. */
export type LatentOutline = {
  readonly autoencoder: PartOutline;
  readonly text?: PartOutline & { readonly tokenizer: TokenizerFiles };
};

/**
 * Outlines the network in a part of a folder.
 *
 * @param home path of the part within `folder`: empty, or with a slash at its end.
 * @throws CheckpointError `no-such-model`, `pickle-refused`, `bad-weight-index`, `bad-config`.
 */
export const outlinePart = async (folder: Folder, home: string): Promise<PartOutline> => {
  const path = `${home}config.json`;
  if (!(await folder.exists(path))) {
    throw new CheckpointError('no-such-model', `${folder.name} has no ${path}; fetch the whole folder`);
  }
  const { fields, bytes } = await readConfigFile(folder, path);
  return { config: fields, configBytes: bytes, weightFiles: await findWeightFiles(folder, home) };
};

/** The other parts of a pipeline, if it has any. @throws CheckpointError as `outlinePart`, `no-tokenizer`, `bad-tokenizer` */
export const outlineLatent = async (
  folder: Folder,
  { kind, classes }: Pipeline,
): Promise<LatentOutline | undefined> => {
  if (kind.autoencoder === undefined) return undefined;
  const autoencoder = await outlinePart(folder, `${kind.autoencoder}/`);
  checkSame(folder, kind.autoencoder, [autoencoder.config['_class_name'], classes[kind.autoencoder]]);
  if (!kind.hasText) return { autoencoder };
  const encoder = await outlinePart(folder, 'text_encoder/');
  return { autoencoder, text: { ...encoder, tokenizer: await readTokenizerFiles(folder) } };
};

/** Classes differ in what they compute, so it matters which of two is meant. */
export const checkSame = (folder: Folder, part: string, [own, said]: readonly [unknown, string | undefined]): void => {
  if (said === undefined || own === undefined || own === said) return;
  const rule = `model_index.json of ${folder.name} says ${said} for ${part}, but its config says ${own}`;
  throw new CheckpointError('bad-config', `${rule}; let both say the one that the model was trained with`);
};

/** The bytes of the configs of a latent pipeline's other parts, in the order in which they count for the digest. */
export const latentConfigBytes = ({ autoencoder, text }: LatentOutline): readonly Uint8Array[] => {
  if (text === undefined) return [autoencoder.configBytes];
  const { where: _, ...tokenizer } = text.tokenizer;
  return [autoencoder.configBytes, text.configBytes, new TextEncoder().encode(JSON.stringify(tokenizer))];
};
