import { ArgumentError, isCount } from '../errors.ts';
import type { ClipTextConfig } from './clipTextConfig.ts';

/**
 * Checks rows of ids before a text encoder takes them: an engine would read what lies beside its tables.
 *
 * @throws ArgumentError `bad-tokens` for what is no list, rows of different lengths, more tokens than there are positions, and what is no
 * id of the vocabulary.
 */
export const checkIds = (rows: readonly ArrayLike<number>[], config: ClipTextConfig): void => {
  const refuse = (rule: string): never => {
    throw new ArgumentError('bad-tokens', rule);
  };
  const isList = (value: unknown): boolean => Array.isArray(value) || ArrayBuffer.isView(value);
  if (!Array.isArray(rows) || !rows.every(isList)) refuse('rows of ids must be lists of ids, one for each text');
  const length = rows[0]?.length ?? 0;
  if (length < 1 || length > config.positions) {
    refuse(`rows of ids must have 1 to ${config.positions} tokens, got ${length}; pad cuts them`);
  }
  for (const row of rows) {
    if (row.length !== length) refuse(`rows of ids must be of one length, got ${length} and ${row.length}; pad them`);
    const odd = Array.from(row).find((id) => !isCount(id, 0) || id >= config.vocabSize);
    if (odd === undefined) continue;
    refuse(
      `ids must be whole numbers from 0 to ${config.vocabSize - 1}, got ${odd}; is the tokenizer of another model?`,
    );
  }
};

/**
 * Where a row of ids ends its text: the first end token or, for old configs, the first of the largest ids.
 *
 * @throws ArgumentError `bad-tokens` for a row without an end.
 */
export const endOfText = (ids: ArrayLike<number>, { endToken }: ClipTextConfig): number => {
  const row = Array.from(ids);
  const end = endToken === 'largest' ? row.reduce((most, id) => Math.max(most, id), 0) : endToken;
  const position = row.indexOf(end);
  if (position >= 0) return position;
  throw new ArgumentError('bad-tokens', `a row of ids must have the end token ${end}; encode a text by the tokenizer`);
};
