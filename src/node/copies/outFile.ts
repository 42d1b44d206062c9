import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

/** A file of the output: its path there, and its content, or where on disk that lies. */
export type OutFile = { readonly path: string; readonly content: Uint8Array | string };

/** The date of all that is written: 1980 begins, the first that every archive format can hold. */
export const DATE = new Date(Date.UTC(1980, 0, 1));

/** In bytes. */
export const sizeOf = async ({ content }: OutFile): Promise<number> =>
  typeof content === 'string' ? (await stat(content)).size : content.length;

export async function* piecesOf({ content }: OutFile): AsyncGenerator<Uint8Array> {
  if (typeof content === 'string') yield* createReadStream(content);
  else yield content;
}
