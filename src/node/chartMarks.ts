import type { Mark } from 'vega';

/** Of lines, in their order; told apart by the dash alone where there is no colour. */
export const LINE_LOOKS = [
  { colour: '#1f5fa8', dash: [] },
  { colour: '#c4501b', dash: [] },
  { colour: '#00795a', dash: [8, 3] },
  { colour: '#9a5b8a', dash: [3, 2] },
  { colour: '#8a6a00', dash: [8, 3, 2, 3] },
  { colour: '#3a3a3a', dash: [1, 2] },
] as const;
/** Of the target, and of further levels in their order. */
export const LEVEL_LOOKS = [
  { colour: '#555', dash: [5, 4] },
  { colour: '#555', dash: [1, 3] },
  { colour: '#555', dash: [10, 3, 2, 3] },
] as const;

/** Shades a stretch of the x axis. */
export const bandMarks = (band: readonly [number, number] | undefined, height: number): Mark[] => {
  if (!band) return [];
  const [x, x2] = band.map((value) => ({ scale: 'x', value }));
  const place = { x, x2, y: { value: 0 }, y2: { value: height } };
  return [
    { type: 'rect', encode: { enter: { ...place, fill: { value: '#bfe3c0' }, fillOpacity: { value: 0.6 } } } },
  ] as Mark[];
};

/** A dashed line at a height, the nth of a panel. */
export const levelMarks = (level: number | undefined, n: number, width: number): Mark[] => {
  if (level === undefined) return [];
  const { colour, dash } = LEVEL_LOOKS[n % LEVEL_LOOKS.length] as (typeof LEVEL_LOOKS)[number];
  const place = { x: { value: 0 }, x2: { value: width }, y: { scale: 'y', value: level } };
  const look = { stroke: { value: colour }, strokeDash: { value: [...dash] } };
  return [{ type: 'rule', encode: { enter: { ...place, ...look } } }];
};

/** A line from top to bottom. */
export const atMarks = (at: number | undefined, height: number): Mark[] => {
  if (at === undefined) return [];
  const place = { x: { scale: 'x', value: at }, y: { value: 0 }, y2: { value: height } };
  return [{ type: 'rule', encode: { enter: { ...place, stroke: { value: '#1c1c1c' }, strokeWidth: { value: 1.5 } } } }];
};

/** For each line its band, the line, and its points. */
export const lineMarks = (): Mark => {
  const at = (field: string) => ({ scale: 'y', field });
  const x = { scale: 'x', field: 'x' };
  const colour = { scale: 'colour', field: 'name' };
  const from = { data: 'line' };
  const stroke = { stroke: colour, strokeDash: { scale: 'dash', field: 'name' }, strokeWidth: { value: 2 } };
  const spread = {
    x,
    y: at('low'),
    y2: at('high'),
    fill: colour,
    fillOpacity: { value: 0.2 },
    defined: { signal: 'isValid(datum.low)' },
  };
  return {
    type: 'group',
    from: { facet: { name: 'line', data: 'rows', groupby: 'name' } },
    marks: [
      { type: 'area', from, encode: { enter: spread } },
      { type: 'line', from, encode: { enter: { x, y: at('y'), ...stroke } } },
      { type: 'symbol', from, encode: { enter: { x, y: at('y'), fill: colour, size: { value: 22 } } } },
    ],
  };
};

/** A mark, since Vega puts its own titles above whatever stands out of a panel, each at another height. */
export const titleMark = (text: string, font: string): Mark => {
  const place = { x: { value: 0 }, y: { value: -12 } };
  const look = { font: { value: font }, fontSize: { value: 13 }, fill: { value: 'black' } };
  return { type: 'text', encode: { enter: { ...place, ...look, text: { value: text } } } };
};
