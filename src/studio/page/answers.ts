import { answerKeys, isStream, type WrittenEvent, type WrittenIndex } from '../written.ts';

/** Which file tells what is written, where the page is shown without the studio: its HTML says so. */
const indexAddress = (): string | undefined =>
  document.querySelector<HTMLMetaElement>('meta[name="studio-answers"]')?.content;

/** Whether all answers were written before, and stand beside the page. */
export const isWritten = (): boolean => indexAddress() !== undefined;

let index: Promise<WrittenIndex> | undefined;

const readIndex = async (): Promise<WrittenIndex> => {
  const response = await fetch(indexAddress() as string);
  if (!response.ok) throw new Error(`the index of this page cannot be read: status ${response.status}`);
  return (await response.json()) as WrittenIndex;
};

/**
 * Answers as the studio would, from files.
 *
 * @returns undefined where the answer was not made.
 */
export const writtenAnswer = async (address: string, init: RequestInit): Promise<Response | undefined> => {
  index ??= readIndex();
  index.catch(() => {
    index = undefined; // asked once more next time
  });
  const known = await index;
  const body = typeof init.body === 'string' ? init.body : undefined;
  const files = answerKeys(address, body).map((key) => known[key]);
  if (files.some((file) => file === undefined)) return undefined;
  const signal = init.signal ?? null;
  const answers = await Promise.all(files.map((file) => fetch(file as string, { signal })));
  const [first] = answers;
  if (!isStream(address) || answers.some(({ ok }) => !ok)) return answers.find(({ ok }) => !ok) ?? first;
  const events = await Promise.all(answers.map((answer) => answer.json() as Promise<WrittenEvent[]>));
  return new Response(streamOf(events));
};

/** The events of some images as if one stream had told them, which ends once. */
const streamOf = (events: readonly (readonly WrittenEvent[])[]): string => {
  const all = events.flat();
  const told = all.filter(({ type }) => type !== 'done');
  const end = all.filter(({ type }) => type === 'done').slice(-1);
  return [...told, ...end].map(({ type, data }) => `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`).join('');
};
