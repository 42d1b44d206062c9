import { CheckpointError } from '../errors.ts';
import { readConfigFile } from './configFile.ts';
import { type Folder, firstExisting } from './folder.ts';

type Json = Readonly<Record<string, unknown>>;

/** What the files of a tokenizer say, as they stand. */
export type TokenizerFiles = {
  /** Their folder, for messages. */
  readonly where: string;
  /** `tokenizer_config.json`. */
  readonly config: Json;
  /** `special_tokens_map.json`, of older checkpoints. */
  readonly specialTokens?: Json;
  /** `added_tokens.json`, of older checkpoints: ids of tokens that are not in the vocabulary. */
  readonly addedTokens?: Json;
  /** `tokenizer.json`, or the vocabulary and the merges that older checkpoints have instead. */
  readonly tables: { readonly tokenizer: Json } | { readonly vocab: Json; readonly merges: string };
};

const WHOLE = 'tokenizer.json';
const VOCAB = 'vocab.json';
const MERGES = 'merges.txt';
const CONFIG = 'tokenizer_config.json';

/**
 * Reads the tokenizer of a pipeline's folder (in its `tokenizer/`), or of its own folder. Where there is a
 * `tokenizer.json`, it counts, and not the vocabulary and merges beside it.
 *
 * @throws CheckpointError `no-tokenizer` where a file is missing, `bad-tokenizer` for one that is not what it should be.
 */
export const readTokenizerFiles = async (folder: Folder): Promise<TokenizerFiles> => {
  const first = await firstExisting(folder, [`tokenizer/${WHOLE}`, `tokenizer/${VOCAB}`, WHOLE, VOCAB]);
  if (first === undefined) {
    const looked = `looked for: ${WHOLE}, or ${VOCAB} with ${MERGES}, in tokenizer/ and in the folder itself`;
    throw new CheckpointError('no-tokenizer', `${folder.name} holds no tokenizer; ${looked}`);
  }
  const home = first.slice(0, first.lastIndexOf('/') + 1);
  const found = `${folder.name}/${first}`;
  const config = await jsonIfPresent(folder, home + CONFIG);
  if (config === undefined) throw missing(found, CONFIG);
  const [specialTokens, addedTokens, tables] = [
    await jsonIfPresent(folder, `${home}special_tokens_map.json`),
    await jsonIfPresent(folder, `${home}added_tokens.json`),
    first.endsWith(WHOLE) ? { tokenizer: await json(folder, first) } : await readTables(folder, home),
  ];
  return {
    where: found.slice(0, found.lastIndexOf('/')),
    config,
    ...(specialTokens && { specialTokens }),
    ...(addedTokens && { addedTokens }),
    tables,
  };
};

const readTables = async (folder: Folder, home: string) => {
  if (!(await folder.exists(home + MERGES))) throw missing(`${folder.name}/${home}${VOCAB}`, MERGES);
  const vocab = await json(folder, home + VOCAB);
  try {
    const bytes = await folder.read(home + MERGES);
    return { vocab, merges: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (cause) {
    if (cause instanceof CheckpointError) throw cause;
    const message = `${folder.name}/${home}${MERGES} is no text in UTF-8; fetch it again`;
    throw new CheckpointError('bad-tokenizer', message, { cause });
  }
};

const missing = (found: string, name: string): CheckpointError =>
  new CheckpointError('no-tokenizer', `beside ${found} there is no ${name}, which belongs to the tokenizer; fetch it`);

const jsonIfPresent = async (folder: Folder, path: string): Promise<Json | undefined> =>
  (await folder.exists(path)) ? json(folder, path) : undefined;

const json = async (folder: Folder, path: string): Promise<Json> => {
  try {
    return (await readConfigFile(folder, path)).fields;
  } catch (cause) {
    if (!(cause instanceof CheckpointError) || cause.code !== 'bad-config') throw cause;
    throw new CheckpointError('bad-tokenizer', cause.message, { cause });
  }
};
