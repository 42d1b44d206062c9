import { CheckpointError } from '../../errors.ts';
import { type Arriving, arriving, type OnPart } from './arriving.ts';
import { ask, isThere, RANGE_REFUSED } from './asking.ts';
import { lengthOf, versionOf } from './version.ts';

export type Download = {
  readonly url: string;
  /** What the server calls the content, where it is known. */
  readonly version: string | undefined;
  /** What came of it before. */
  readonly parts: readonly Uint8Array[];
  readonly onLength: (done: number, total: number) => void;
  readonly onPart: OnPart;
  /** Called where what came before is of no use: the server has another content by now, or does not send parts. */
  readonly onRestart: () => Promise<void>;
};

/**
 * Fetches a file, or the rest of it. It goes on after a cut connection as long as each new one brings more.
 *
 * @returns all of its bytes.
 * @throws CheckpointError `no-such-file`, `bad-download`; EnvironmentError as `ask`, when nothing more comes.
 */
export const download = async ({ url, parts, onLength, onPart, onRestart, version }: Download): Promise<Uint8Array> => {
  const file = arriving(parts, onPart);
  const restart = async (): Promise<void> => {
    file.empty();
    await onRestart();
  };
  let known = version;
  let attempts = 0;
  for (;;) {
    const before = file.length();
    const answer = await askRest(url, before);
    const own = versionOf(answer.headers, before);
    const isRest = answer.status === 206 && own === known && startsAt(answer, before);
    if (before > 0 && !isRest) await restart();
    known = own;
    if (before > 0 && !isRest && answer.status !== 200) {
      await answer.body?.cancel();
      if (attempts++ > 0) throw cutOff(url, before, 0);
      continue;
    }
    const total = lengthOf(answer.headers, file.length());
    file.reserve(total);
    const isWhole = await receive(answer, file, () => onLength(file.length(), Math.max(total, file.length())));
    await file.flush();
    // browsers count what is sent; what is compressed on the way is longer, and no page of others' sees that it was
    if (isWhole && (!isRest || total === 0 || total === file.length())) return file.whole();
    if (file.length() <= before || isWhole) throw cutOff(url, file.length(), total);
  }
};

/** Pages do not see where the rest begins unless the other server lets them. */
const startsAt = ({ headers }: Response, from: number): boolean => {
  const range = headers.get('content-range');
  return range === null || range.startsWith(`bytes ${from}-`);
};

const askRest = async (url: string, from: number): Promise<Response> => {
  const headers = from > 0 ? { Range: `bytes=${from}-` } : {};
  const answer = await ask(url, { headers, cache: 'no-store' }); // once is enough
  if (answer.status === RANGE_REFUSED || isThere(answer)) return answer;
  await answer.body?.cancel();
  const what = answer.ok ? 'a web page' : answer.status;
  const remedy = 'check the address, and that the whole folder of the model is served there';
  throw new CheckpointError('no-such-file', `${url} answered with ${what}; ${remedy}`);
};

/** Whether all has come; a cut connection is an end as well, since what has come is not lost. */
const receive = async ({ body }: Response, file: Arriving, onBytes: () => void): Promise<boolean> => {
  const reader = body?.getReader();
  while (reader !== undefined) {
    const chunk = await reader.read().catch(() => undefined);
    if (chunk === undefined) return false;
    if (chunk.done) break;
    await file.add(chunk.value);
    onBytes();
  }
  return true;
};

const cutOff = (url: string, done: number, total: number): CheckpointError => {
  const rule = `${done} of ${total || 'an unknown number of'} bytes of ${url} came and no more`;
  return new CheckpointError('bad-download', `${rule}; load it again to go on from there`);
};
