import type { PlainComparison, PlainCopies, Weighed } from '../../apps/anonymise/comparePlain.ts';
import type { UtilityName } from '../../apps/anonymise/compareUtilities.ts';
import type { AnonymityReport } from '../../apps/anonymise/report.ts';
import type { Utility } from '../../apps/anonymise/utility.ts';
import { type Content, html, type Section, tableMarkup } from '../html/markup.ts';
import { list } from '../html/wording.ts';
import { NOT_MEASURED, numberText, shareText } from './figures.ts';

const WAYS = { blur: 'Blur', pixelate: 'Pixelation' } as const;
type Way = keyof typeof WAYS;
const NAMES = Object.keys(WAYS) as Way[];

/** What people do today, where it hides as much. */
export const plainSection = ({ plain, judge }: AnonymityReport): Section => {
  const title = 'Beside blur and pixelation';
  if (!plain) return { title, body: html`<p>Not compared: ${NOT_MEASURED}.</p>` };
  return {
    title,
    body: html`<p>Both are what people do today. Each is taken at the weakest level at which ${judge} recognises no more people than
in these copies. What keeps more than the copies is in bold.</p>
${NAMES.map((way) => html`<p>${orderSentence(plain, way)}</p>`)}
${tableOf(plain)}`,
  };
};

const orderSentence = (plain: PlainComparison, way: Way): string => {
  if (!plain[way]) return `${WAYS[way]}: no level hides as many, or too little was measured to tell.`;
  const [worse, better] = [plain.isWorse[way].map(wordsOf), plain.isBetter[way].map(wordsOf)];
  const [more, less] = [worse.length > 0 ? list(worse) : 'nothing', better.length > 0 ? list(better) : 'nothing'];
  return `${WAYS[way]} keeps more of: ${more}. These copies keep more of: ${less}.`;
};

/** What a reader must not overlook: a way of today that is better in all that differs. */
export const plainWarnings = ({ plain }: AnonymityReport): readonly string[] =>
  NAMES.flatMap((way) => {
    const isBeaten = plain && plain.isWorse[way].length > 0 && plain.isBetter[way].length === 0;
    return isBeaten ? [`${WAYS[way]} hides as many people and keeps more, in all that was measured.`] : [];
  });

const WORDS: Readonly<Partial<Record<UtilityName, string>>> = {
  distance: 'closeness (RMS)',
  ssim: 'likeness (SSIM)',
  labels: 'classes',
  found: 'that somebody is found',
  frechet: 'closeness of the sets',
};

const wordsOf = (name: UtilityName): string => WORDS[name] ?? name.replace(/^attribute /, '');

type Column = { readonly header: string; readonly weighed: Weighed; readonly more: readonly UtilityName[] };

const tableOf = (plain: PlainComparison): Content => {
  const { copies, blur, pixelate, isWorse } = plain;
  const plainColumn = (header: string, weighed: PlainCopies, way: Way): Column => ({
    header,
    weighed,
    more: isWorse[way],
  });
  const columns: Column[] = [
    { header: 'these copies', weighed: copies, more: [] },
    ...(blur ? [plainColumn(`blur of ${numberText(blur.level)} pixels`, blur, 'blur')] : []),
    ...(pixelate ? [plainColumn(`blocks of ${numberText(pixelate.level)} pixels`, pixelate, 'pixelate')] : []),
  ];
  const row = (name: string, textOf: (weighed: Weighed) => string, of?: UtilityName): Content[] => [
    name,
    ...columns.map(({ weighed, more }) => {
      const text = textOf(weighed);
      return of && more.includes(of) ? html`<b>${text}</b>` : text;
    }),
  ];
  const kept = (name: string, of: UtilityName, textOf: (utility: Utility) => string): Content[] =>
    row(name, ({ utility }) => textOf(utility), of);
  return tableMarkup({
    caption: 'What is kept where as many are recognised',
    headers: ['', ...columns.map(({ header }) => header)],
    rows: [
      row('own original first', ({ own }) => shareText(own?.share)),
      row('same person first', ({ person }) => shareText(person?.share)),
      kept('somebody is found', 'found', ({ found }) => shareText(found?.share)),
      kept('classes kept', 'labels', ({ labels }) => shareText(labels?.share)),
      ...attributeNames(columns).map((name) =>
        kept(`${name} kept, of all`, `attribute ${name}`, (utility) => shareText(ofAll(utility, name))),
      ),
      kept('likeness (SSIM)', 'ssim', ({ ssim }) => ssim.toFixed(3)),
      kept('distance (RMS)', 'distance', ({ distance }) => numberText(distance)),
      kept('distance of the sets', 'frechet', ({ frechet }) => (frechet ? numberText(frechet.distance) : NOT_MEASURED)),
    ],
  });
};

const attributeNames = (columns: readonly Column[]): readonly string[] => [
  ...new Set(columns.flatMap(({ weighed }) => Object.keys(weighed.utility.attributes))),
];

/** Who is not found keeps nothing. */
const ofAll = ({ attributes, images }: Utility, name: string): number | undefined => {
  const own = attributes[name];
  return own && (own.kept.share * own.kept.of) / images;
};
