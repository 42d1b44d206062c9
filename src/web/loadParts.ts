import { type LoadedAutoencoder, openAutoencoder } from '../models/openAutoencoder.ts';
import { type LoadedTextEncoder, openTextEncoder, type TextEncoderOptions } from '../models/openTextEncoder.ts';
import { openTokenizer } from '../models/openTokenizer.ts';
import { checkText } from '../models/place.ts';
import type { Tokenizer } from '../text/tokenizer.ts';
import { keptFolder } from './keep/keptFolder.ts';

/** As `openAutoencoder`, from the address of a folder. */
export const loadAutoencoder = async (address: string): Promise<LoadedAutoencoder> =>
  openAutoencoder(keptFolder(checkText(address)));

/** As `openTextEncoder`, from the address of a folder. */
export const loadTextEncoder = async (address: string, options?: TextEncoderOptions): Promise<LoadedTextEncoder> =>
  openTextEncoder(keptFolder(checkText(address)), options);

/** As `openTokenizer`, from the address of a folder. */
export const loadTokenizer = async (address: string): Promise<Tokenizer> =>
  openTokenizer(keptFolder(checkText(address)));
