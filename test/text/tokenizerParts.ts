import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { memoryFolder } from '../../src/checkpoints/folder.ts';
import { readTokenizerFiles } from '../../src/checkpoints/tokenizerFiles.ts';
import { makeTokenizer, type Tokenizer } from '../../src/text/tokenizer.ts';
import { root } from '../support/shared.ts';

export type Form = 'parts' | 'whole';

const folder = (form: Form): string => join(root, 'test/fixtures/text', form);

/** A file of the small tokenizers. */
export const json = (name: string, form: Form = 'parts') => JSON.parse(readFileSync(join(folder(form), name), 'utf8'));

/** Files that lie in the place of others: texts, bytes, or what is written as JSON; null leaves a file out. */
export type Files = Readonly<Record<string, string | Uint8Array | object | null>>;

const bytesOf = (content: string | Uint8Array | object): Uint8Array => {
  if (content instanceof Uint8Array) return content;
  return new TextEncoder().encode(typeof content === 'string' ? content : JSON.stringify(content));
};

/** A small tokenizer with some of its files changed. */
export const openParts = async (files: Files, home = '', form: Form = 'parts'): Promise<Tokenizer> => {
  const names = readdirSync(folder(form));
  const all: Files = {
    ...Object.fromEntries(names.map((name) => [name, readFileSync(join(folder(form), name))])),
    ...files,
  };
  const present = Object.entries(all).flatMap(([name, content]) =>
    content === null ? [] : [[home + name, bytesOf(content)] as const],
  );
  return makeTokenizer(await readTokenizerFiles(memoryFolder('small', new Map(present))));
};
