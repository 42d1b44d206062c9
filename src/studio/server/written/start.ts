import type { About, Done, ImagePage, Variant } from '../../api.ts';
import { type Choice, USUAL } from '../../choice.ts';
import { firstOfEach, IMAGES_IN_A_ROW } from '../../firstOfEach.ts';
import type { StudioSetting } from '../context.ts';
import type { BuiltPage } from '../page.ts';
import { type InProcess, withChoice } from './inProcess.ts';
import { workOf } from './plan.ts';

/** What is chosen, with an image of each class where none is picked: the same that the page picks. */
export const wholeChoice = async (studio: InProcess, choice: Choice = USUAL): Promise<Choice> => {
  if (choice.images.length > 0) return choice;
  const about = (await (await studio.ask('api/about')).json()) as About;
  const images = await firstOfEach(about, async (label) => {
    const response = await studio.ask(`api/images?label=${label}&page=0&size=1`);
    return (await response.json()) as ImagePage;
  });
  return { ...choice, images };
};

/** What a page takes. */
export type Cost = {
  readonly images: number;
  readonly variants: number;
  readonly strengths: number;
  /** Without the training of a classifier, where none is named nor kept. */
  readonly seconds: number;
  readonly bytes: number;
};

type Costing = { readonly choice: Choice; readonly strengths: readonly number[]; readonly page: BuiltPage };

/** Makes a few variants, and reckons by them what all takes. */
export const costOf = async (
  setting: StudioSetting,
  studio: InProcess,
  { choice, strengths, page }: Costing,
): Promise<Cost> => {
  const tried = { ...choice, images: choice.images.slice(0, 1), variants: 4, seed: 'a probe' };
  const [probe] = workOf(setting, tried, [choice.strength]);
  const events = await studio.follow(withChoice('api/variants', tried), () => undefined);
  const made = events.filter(({ type }) => type === 'variant').map(({ data }) => data as Variant);
  const { secondsPerThousand = 0 } = (events.at(-1)?.data ?? {}) as Done;
  const secondsPerCall = (secondsPerThousand / 1000) * (made.length / Math.max(1, probe?.calls ?? 0));
  const work = workOf(setting, choice, strengths);
  const variants = work.reduce((sum, one) => sum + one.variants, 0);
  const bytesEach = made.reduce((sum, { url }) => sum + url.length, 0) / Math.max(1, made.length);
  const classes = setting.data.classes.length;
  const pictures = 2 * variants + choice.images.length + IMAGES_IN_A_ROW * classes; // sheets hold them once more
  return {
    ...{ images: choice.images.length, variants, strengths: strengths.length },
    seconds: secondsPerCall * work.reduce((sum, { calls }) => sum + calls, 0),
    bytes: [...page.values()].reduce((sum, { bytes }) => sum + bytes.length, 0) + bytesEach * pictures,
  };
};
