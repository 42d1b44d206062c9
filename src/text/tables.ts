import { CheckpointError, isCount } from '../errors.ts';

/** What byte pair encoding works by: ids of tokens, and which two tokens become one, the most urgent first. */
export type Tables = { readonly vocab: Readonly<Record<string, number>>; readonly merges: readonly Merge[] };

export type Merge = readonly [left: string, right: string];

/** The error of a tokenizer's file, or of its folder, that is not what it should be. */
export const badTokenizer = (where: string, fault: string, cause?: unknown): CheckpointError =>
  new CheckpointError('bad-tokenizer', `${where}: ${fault}`, { cause });

/** The merges of a `merges.txt`: two tokens a line, after a line that tells the version. */
export const mergeLines = (text: string): readonly unknown[] =>
  text
    .trimEnd()
    .split(/\r?\n/)
    .filter((line, i) => !(i === 0 && line.startsWith('#version')));

/**
 * Proves the vocabulary and the merges, which may be texts or pairs. A broken one would still encode, and give other
 * tokens.
 *
 * @throws CheckpointError `bad-tokenizer`.
 * @see Sennrich et al. 2016, arXiv:1508.07909, section 3.2.
 */
export const checkTables = (where: string, given: { vocab: unknown; merges: unknown }): Tables => {
  const { vocab, merges } = given;
  if (!isVocab(vocab)) throw badTokenizer(where, 'the vocabulary must hold a whole number for every token');
  if (!Array.isArray(merges)) throw badTokenizer(where, 'the merges must be a list');
  const pairs: unknown[] = merges.map((merge) => (typeof merge === 'string' ? merge.split(' ') : merge));
  for (const [i, pair] of pairs.entries()) {
    const fault = faultOf(pair, vocab);
    if (fault !== undefined) throw badTokenizer(where, `merge ${i + 1}, ${JSON.stringify(merges[i])}, ${fault}`);
  }
  return { vocab, merges: pairs as Merge[] };
};

const isVocab = (vocab: unknown): vocab is Tables['vocab'] =>
  typeof vocab === 'object' && vocab !== null && Object.values(vocab).every((id) => isCount(id, 0));

const faultOf = (pair: unknown, vocab: Tables['vocab']): string | undefined => {
  if (!Array.isArray(pair) || pair.length !== 2 || !pair.every((token) => typeof token === 'string' && token !== '')) {
    return 'is not two tokens; fetch the file again';
  }
  const absent = [...pair, pair.join('')].find((token) => !Object.hasOwn(vocab, token));
  return absent && `needs the token ${JSON.stringify(absent)}, which is not in the vocabulary; are both of one model?`;
};
