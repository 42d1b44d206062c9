import { html, type Markup } from '../../../src/node/html/markup.ts';
import { MAIN_ARMS } from '../arms.ts';
import { armName } from './wording.ts';

/** How an arm is drawn: told apart by dash and shape alone, by colour as well where there is any. */
export type Look = {
  readonly colour: string;
  /** Lengths of strokes and gaps in pixels; none for an unbroken line. */
  readonly dash: readonly number[];
  /** An outline in a box from -1 to 1, as Vega takes it. */
  readonly shape: string;
};

const SHAPES = {
  circle: 'M-.8,0A.8,.8,0,1,1,.8,0A.8,.8,0,1,1,-.8,0Z',
  square: 'M-.72,-.72H.72V.72H-.72Z',
  triangle: 'M0,-.95L.9,.7H-.9Z',
  diamond: 'M0,-1L.85,0L0,1L-.85,0Z',
  star: 'M0,-1.15L.29,-.4L1.09,-.36L.47,.15L.68,.93L0,.49L-.68,.93L-.47,.15L-1.09,-.36L-.29,-.4Z',
  cross: 'M-.3,-.95H.3V-.3H.95V.3H.3V.95H-.3V.3H-.95V-.3H-.3Z',
  down: 'M0,.95L.9,-.7H-.9Z',
  bar: 'M-.3,-1H.3V1H-.3Z',
  bow: 'M-.9,-.8L.9,.8V-.8L-.9,.8Z',
  flat: 'M-1,-.3H1V.3H-1Z',
} as const;

/** The palette of Okabe and Ito, darkened to stand on white. */
const LOOKS: readonly Look[] = [
  { colour: '#6b6b6b', dash: [2, 3], shape: SHAPES.circle },
  { colour: '#9a5b8a', dash: [7, 3, 2, 3], shape: SHAPES.square },
  { colour: '#0067a5', dash: [8, 4], shape: SHAPES.triangle },
  { colour: '#b07400', dash: [4, 3], shape: SHAPES.diamond },
  { colour: '#c1420b', dash: [], shape: SHAPES.star },
  { colour: '#00795a', dash: [10, 3, 2, 3, 2, 3], shape: SHAPES.cross },
  { colour: '#3f4fa8', dash: [12, 3], shape: SHAPES.down },
  { colour: '#7a4a1e', dash: [1, 2], shape: SHAPES.bar },
  { colour: '#1f1f1f', dash: [6, 2, 1, 2], shape: SHAPES.bow },
  { colour: '#b03060', dash: [3, 6], shape: SHAPES.flat },
];

/** The look of each arm: main arms always have the same, the others by their order. */
export const looksOf = (arms: readonly string[]): Look[] => {
  const main: readonly string[] = MAIN_ARMS;
  const others = arms.filter((arm) => !main.includes(arm));
  const spare = LOOKS.length - main.length;
  return arms.map((arm) => {
    const place = main.includes(arm) ? main.indexOf(arm) : main.length + (others.indexOf(arm) % spare);
    return LOOKS[place] as Look;
  });
};

/** What of a legend of Vega-Lite is set here. */
export type Legend = {
  readonly title: null;
  readonly orient: 'bottom';
  readonly columns: number;
  readonly symbolSize: number;
  readonly labelFontSize: number;
  readonly labelLimit: number;
};

/** The encodings of Vega-Lite that give each arm its look; a legend, or else `key`, says what the looks mean. */
export const armEncodings = (arms: readonly string[], legend: Legend | null = null) => {
  const looks = looksOf(arms);
  const channel = <Range>(range: readonly Range[]) => ({
    field: 'arm',
    type: 'nominal' as const,
    legend,
    scale: { domain: [...arms], range: [...range] },
  });
  return {
    color: channel(looks.map(({ colour }) => colour)),
    strokeDash: channel(looks.map(({ dash }) => [...dash])),
    shape: channel(looks.map(({ shape }) => shape)),
  };
};

/** What the looks in a chart mean: for each arm a piece of its line with its shape, and its name. */
export const key = (arms: readonly string[], nameOf: (arm: string) => string = armName): Markup => {
  const looks = looksOf(arms);
  const items = arms.map((arm, n) => {
    const { colour, dash, shape } = looks[n] as Look;
    return html`<li><svg viewBox="0 0 44 14" width="44" height="14" aria-hidden="true">
<path d="M1,7H43" stroke="${colour}" stroke-width="2" stroke-dasharray="${dash.join(' ') || 'none'}"/>
<path d="${shape}" transform="translate(22,7) scale(4.6)" fill="${colour}" stroke="#fff" stroke-width=".2"/>
</svg>${nameOf(arm)}</li>`;
  });
  return html`<ul class="key">${items}</ul>`;
};
