import type { Folder } from '../checkpoints/folder.ts';
import { fetchFolder } from '../models/fetchFolder.ts';
import { type LoadedAutoencoder, openAutoencoder } from '../models/openAutoencoder.ts';
import {
  checkTextEncoderOptions,
  type LoadedTextEncoder,
  openTextEncoder,
  type TextEncoderOptions,
} from '../models/openTextEncoder.ts';
import { openTokenizer } from '../models/openTokenizer.ts';
import { checkText } from '../models/place.ts';
import type { Tokenizer } from '../text/tokenizer.ts';
import { openFolder } from './folder.ts';

const folderAt = async (place: string): Promise<Folder> =>
  /^https?:\/\//i.test(checkText(place)) ? fetchFolder(place) : openFolder(place);

/** As `openAutoencoder`, from a folder on disk or the address of one. */
export const loadAutoencoder = async (place: string): Promise<LoadedAutoencoder> =>
  openAutoencoder(await folderAt(place));

/** As `openTextEncoder`, from a folder on disk or the address of one. */
export const loadTextEncoder = async (place: string, options: TextEncoderOptions = {}): Promise<LoadedTextEncoder> => {
  checkTextEncoderOptions(options);
  return openTextEncoder(await folderAt(place), options);
};

/** As `openTokenizer`, from a folder on disk or the address of one. */
export const loadTokenizer = async (place: string): Promise<Tokenizer> => openTokenizer(await folderAt(place));
