import type { Folder } from '../checkpoints/folder.ts';
import { readTokenizerFiles } from '../checkpoints/tokenizerFiles.ts';
import { makeTokenizer, type Tokenizer } from '../text/tokenizer.ts';
import { fetchFolder } from './fetchFolder.ts';
import { type LoadedAutoencoder, openAutoencoder } from './openAutoencoder.ts';
import { type LoadedTextEncoder, openTextEncoder, type TextEncoderOptions } from './openTextEncoder.ts';
import { checkText } from './place.ts';

/**
 * Opens the tokenizer of a folder: its own, or that of a pipeline.
 *
 * @throws CheckpointError `no-tokenizer`, `bad-tokenizer`.
 */
export const openTokenizer = async (folder: Folder): Promise<Tokenizer> =>
  makeTokenizer(await readTokenizerFiles(folder));

/** As `openAutoencoder`, from the address of a folder. */
export const loadAutoencoder = async (address: string): Promise<LoadedAutoencoder> =>
  openAutoencoder(fetchFolder(checkText(address)));

/** As `openTextEncoder`, from the address of a folder. */
export const loadTextEncoder = async (address: string, options?: TextEncoderOptions): Promise<LoadedTextEncoder> =>
  openTextEncoder(fetchFolder(checkText(address)), options);

/** As `openTokenizer`, from the address of a folder. */
export const loadTokenizer = async (address: string): Promise<Tokenizer> =>
  openTokenizer(fetchFolder(checkText(address)));
