import { BoomerangError } from '../../../errors.ts';
import type { About, ImagePage } from '../../api.ts';
import type { Choice } from '../../choice.ts';
import { IMAGES_IN_A_ROW } from '../../firstOfEach.ts';
import { answerKeys, INDEX, type WrittenEvent } from '../../written.ts';
import type { StudioSetting } from '../context.ts';
import type { BuiltPage } from '../page.ts';
import type { WrittenFolder } from './folder.ts';
import { htmlOf } from './html.ts';
import { type InProcess, withChoice } from './inProcess.ts';
import { type Work, workOf } from './plan.ts';

/** What is written: all that is chosen, at some strengths. */
export type Writing = {
  readonly choice: Choice;
  readonly strengths: readonly number[];
  readonly page: BuiltPage;
  readonly folder: WrittenFolder;
  /** Told what share of the work is done. */
  readonly onShare: (share: number) => void;
  /** Told what the page will say that it could not measure. */
  readonly onUnmeasured: (why: string) => void;
};

type Index = Record<string, string>;

/**
 * Writes the page and the answers of the studio to all that it asks.
 *
 * @throws EnvironmentError `bad-output`, and what the studio answers with.
 */
export const writePage = async (setting: StudioSetting, studio: InProcess, writing: Writing): Promise<void> => {
  const { page, folder } = writing;
  const index: Index = {};
  for (const [address, { bytes }] of page) {
    const isHtml = address === '/index.html';
    await folder.put(address.slice(1), isHtml ? htmlOf(new TextDecoder().decode(bytes)) : bytes);
  }
  const about = (await (await studio.ask('api/about')).json()) as About;
  await writeAbout(index, about, writing);
  await writeImages(index, about, { studio, writing });
  const work = workOf(setting, writing.choice, writing.strengths);
  const total = work.reduce((sum, { calls }) => sum + calls, 0) || 1;
  let done = 0;
  for (const [n, one] of work.entries()) {
    const onShare = (share: number): void => writing.onShare((done + share * one.calls) / total);
    await writeEvents(index, { studio, writing: { ...writing, onShare }, work: one, n });
    done += one.calls;
  }
  await writeTexts(index, { studio, writing });
  writing.onShare(1);
  await folder.put(INDEX, JSON.stringify(index));
};

const writeAbout = async (index: Index, about: About, { choice, strengths, folder }: Writing): Promise<void> => {
  const measured = { images: choice.images, strengths, perClass: IMAGES_IN_A_ROW };
  // The command would tell of folders of this machine, and nobody can start it from there.
  const said: About = { ...about, runs: [], command: '', session: choice, isStatic: true, measured };
  await put(index, folder, { keys: answerKeys('api/about'), name: 'api/about.json', content: JSON.stringify(said) });
};

type One = { readonly keys: readonly string[]; readonly name: string; readonly content: string | Uint8Array };

const put = async (index: Index, folder: WrittenFolder, { keys, name, content }: One): Promise<void> => {
  await folder.put(name, content);
  for (const key of keys) index[key] = name;
};

type Asking = { readonly studio: InProcess; readonly writing: Writing };

const writeImages = async (index: Index, { data }: About, { studio, writing }: Asking): Promise<void> => {
  const { choice, folder } = writing;
  const images = new Set(choice.images);
  for (const { label } of data.classes) {
    const address = `api/images?label=${label}&page=0&size=${IMAGES_IN_A_ROW}`;
    const text = await (await studio.ask(address)).text();
    for (const { image } of (JSON.parse(text) as ImagePage).images) images.add(image);
    await put(index, folder, { keys: answerKeys(address), name: `api/class-${label}.json`, content: text });
  }
  for (const image of images) await folder.put(`api/images/${image}.png`, await bytesOf(studio, `api/images/${image}`));
};

const bytesOf = async (studio: InProcess, address: string, posted?: Choice): Promise<Uint8Array> =>
  new Uint8Array(await (await studio.ask(address, posted)).arrayBuffer());

const writeEvents = async (index: Index, { studio, writing, work, n }: Asking & { work: Work; n: number }) => {
  const { path, choice, variants } = work;
  const { folder, onShare, onUnmeasured } = writing;
  const address = withChoice(path, choice);
  let count = 0;
  const events = await studio.follow(address, ({ type, data }) => {
    if (type === 'variant') count += 1;
    onShare(type === 'stage' ? (data as { share: number }).share : count / Math.max(1, variants));
  });
  const fault = events.find(({ type }) => type === 'fault')?.data as { code: string; message: string } | undefined;
  if (fault && fault.code !== 'too-few-images') throw new BoomerangError(fault.code, fault.message);
  if (fault) onUnmeasured(fault.message);
  const keys = answerKeys(address);
  const name = (place: number): string => `${path}/${n}-${place}.json`;
  const isPerImage = path !== 'api/survival';
  for (const [place, key] of keys.entries()) {
    const own = isPerImage ? eventsFor(events, choice.images[place]) : events.filter(({ type }) => type !== 'stage');
    await put(index, folder, { keys: [key], name: name(place), content: JSON.stringify(own) });
  }
};

/** What is told of an image, as of something that is there from before. */
const eventsFor = (events: readonly WrittenEvent[], image: number | undefined): WrittenEvent[] =>
  events.flatMap(({ type, data }) => {
    if (type !== 'variant') return [{ type, data }];
    const variant = data as { readonly image: number };
    return variant.image === image ? [{ type, data: { ...variant, isKept: true } }] : [];
  });

/** Texts say the strength; a sheet has the variants of one. */
const writeTexts = async (index: Index, { studio, writing }: Asking): Promise<void> => {
  const { choice, strengths, folder } = writing;
  for (const strength of strengths) {
    const own = { ...choice, strength };
    const body = JSON.stringify(own);
    for (const [path, ending] of [
      ['api/export', 'json'],
      ['api/sheet', 'png'],
    ] as const) {
      const content = await bytesOf(studio, path, own);
      await put(index, folder, { keys: answerKeys(path, body), name: `${path}/${strength}.${ending}`, content });
    }
  }
};
