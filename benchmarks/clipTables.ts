import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A vocabulary as `vocab.json` has it, and the lines of `merges.txt`. */
export type ClipTables = { readonly vocab: Readonly<Record<string, number>>; readonly merges: readonly string[] };

const LETTERS = [...'abcdefghijklmnopqrstuvwxyz'];
const END = '</w>';
/** As many as CLIP's tokenizer has. */
const MERGES = 48_894;
const SPECIAL = { bos_token: '<|startoftext|>', eos_token: '<|endoftext|>' };

/**
 * Tables of the layout and size of CLIP's, 49 408 tokens: bytes, bytes that end a word, what merges make, start and end.
 * The merges are of letters, one as good as another.
 */
export const clipTables = (): ClipTables => {
  const bytes = byteCharacters();
  const merges = someMerges();
  const tokens = [
    ...bytes,
    ...bytes.map((byte) => byte + END),
    ...merges.map((merge) => merge.replace(' ', '')),
    ...Object.values(SPECIAL),
  ];
  return { vocab: Object.fromEntries(tokens.map((token, id) => [token, id])), merges };
};

/** Writes the files of a tokenizer that makes rows of 77 tokens. */
export const writeClipTables = async (folder: string): Promise<void> => {
  const { vocab, merges } = clipTables();
  const names = { ...SPECIAL, unk_token: SPECIAL.eos_token, pad_token: SPECIAL.eos_token };
  const config = { ...names, model_max_length: 77, tokenizer_class: 'CLIPTokenizer' };
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'vocab.json'), JSON.stringify(vocab));
  await writeFile(join(folder, 'merges.txt'), ['#version: 0.2', ...merges, ''].join('\n'));
  await writeFile(join(folder, 'tokenizer_config.json'), JSON.stringify(config, null, 2));
};

/** One visible character for each byte: those that are visible themselves first, as in CLIP's vocabulary. */
const byteCharacters = (): string[] => {
  const all = Array.from({ length: 256 }, (_, byte) => byte);
  const isVisible = (byte: number): boolean => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
  const others = all.filter((byte) => !isVisible(byte)).map((_, n) => 256 + n);
  return [...all.filter(isVisible), ...others].map((code) => String.fromCharCode(code));
};

/** Pairs of letters, then three of them, then four, as many as there is room for. */
const someMerges = (): string[] => {
  const pairs = LETTERS.flatMap((a) => LETTERS.map((b) => a + b));
  const both = (left: readonly string[], right: readonly string[]): string[] =>
    left.flatMap((a) => right.flatMap((b) => [`${a} ${b}`, `${a} ${b}${END}`]));
  const few = pairs.slice(0, 20);
  return [...both(LETTERS, LETTERS), ...both(pairs, LETTERS), ...both(few, pairs)].slice(0, MERGES);
};
