import sharp from 'sharp';
import type { Picture } from '../../apps/anonymise/regions/regions.ts';
import { html, type Markup, type Section } from '../html/markup.ts';
import { toBytes } from '../images.ts';

/** A copy beside its original, for a person to look at. */
export type Pair = {
  readonly name: string;
  readonly original: Picture;
  readonly copy: Picture;
  /** How alike they are to the judge, from -1 to 1. */
  readonly similarity?: number;
  readonly strength?: number;
};

/** How pairs stand beside one another. */
export const PAIR_STYLE = `
.pairs { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(270px, 100%), 1fr)); gap: 1.2rem; margin: 0 0 1.4rem; }
.pairs figure { display: grid; grid-template-columns: 1fr 1fr; gap: 0 4px; margin: 0; }
.pairs img { min-width: 0; }
.pairs figcaption { grid-column: 1 / -1; overflow-wrap: anywhere; }
`;

/** Longer side of a picture on the page, in pixels, at most: it is for looking, not for keeping. */
const SIDE = 256;

/** The copies that are nearest to their originals; they come in that order. */
export const worstSection = async (pairs: readonly Pair[]): Promise<Section> => {
  const title = 'The copies nearest to their originals';
  if (pairs.length === 0) return { title, body: html`<p>None are shown: no copy was measured.</p>` };
  const figures: Markup[] = [];
  for (const [n, pair] of pairs.entries()) figures.push(await pairMarkup(pair, n + 1));
  return {
    title,
    body: html`<p>Original on the left, copy on the right, the nearest first. Look at them: would you know the person?</p>
<div class="pairs">${figures}</div>`,
  };
};

const pairMarkup = async ({ name, original, copy, similarity, strength }: Pair, n: number): Promise<Markup> => {
  const alike = similarity === undefined ? 'not measured' : similarity.toFixed(2);
  const far = strength === undefined ? '' : `, strength ${strength}`;
  return html`<figure>
<img src="${await pngUri(original)}" alt="Original ${n}"><img src="${await pngUri(copy)}" alt="Copy ${n}">
<figcaption>${n}. ${name}<br>alike: ${alike}${far}</figcaption>
</figure>`;
};

/** A picture as the text of a PNG; it holds its pixels and nothing else. */
const pngUri = async ({ pixels, shape: [height, width, channels] }: Picture): Promise<string> => {
  const raw = { width, height, channels: channels === 1 ? 1 : 3 } as const;
  const small = sharp(toBytes(pixels), { raw }).resize({
    width: SIDE,
    height: SIDE,
    fit: 'inside',
    withoutEnlargement: true,
  });
  const png = await small
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .png()
    .toBuffer();
  return `data:image/png;base64,${png.toString('base64')}`;
};
