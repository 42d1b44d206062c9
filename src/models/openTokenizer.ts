import type { Folder } from '../checkpoints/folder.ts';
import { readTokenizerFiles } from '../checkpoints/tokenizerFiles.ts';
import { makeTokenizer, type Tokenizer } from '../text/tokenizer.ts';

/**
 * Opens the tokenizer of a folder: its own, or that of a pipeline.
 *
 * @throws CheckpointError `no-tokenizer`, `bad-tokenizer`.
 */
export const openTokenizer = async (folder: Folder): Promise<Tokenizer> =>
  makeTokenizer(await readTokenizerFiles(folder));
