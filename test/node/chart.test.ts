import { expect } from 'chai';
import sharp from 'sharp';
import { chartSvg, drawChart } from '../../src/node/chart.ts';
import type { Chart } from '../../src/node/chartSpec.ts';

const chart: Chart = {
  panels: [
    {
      title: 'one',
      lines: [{ name: 'a', points: [0, 0.5, 1].map((x) => ({ x, y: x, low: x - 0.1, high: x + 0.1 })) }],
    },
    {
      title: 'two',
      lines: ['b', 'c'].map((name, n) => ({ name, points: [0, 1].map((x) => ({ x, y: x + n })) })),
      target: 0.5,
    },
  ],
  xTitle: 'strength',
  width: 200,
  height: 100,
};

const pixels = async (
  picture: Uint8Array,
): Promise<{ width: number; at(x: number, y: number): number[]; data: Buffer }> => {
  const { data, info } = await sharp(picture).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return {
    data,
    width: info.width,
    at: (x, y) => [...data.subarray(3 * (y * info.width + x), 3 * (y * info.width + x) + 3)],
  };
};
const isGreen = ([red = 0, green = 0, blue = 0]: number[]): boolean => green > red + 10 && green > blue + 10;

describe('drawChart', () => {
  it('draws the same picture of the same figures', async () => {
    expect(Buffer.compare(await drawChart(chart), await drawChart(chart))).to.equal(0);
  });

  it('shades the band over its share of each panel, and nothing without one', async () => {
    const shadedIn = async (band?: readonly [number, number]): Promise<number> => {
      const { data, width } = await pixels(await drawChart({ ...chart, ...(band ? { band } : {}) }));
      const columns = new Set<number>();
      for (let i = 0; i < data.length; i += 3) if (isGreen([...data.subarray(i, i + 3)])) columns.add((i / 3) % width);
      return columns.size;
    };
    expect(await shadedIn()).to.equal(0);
    expect(await shadedIn([0.2, 0.6])).to.be.closeTo(2 * 0.4 * 200, 4);
  });

  it('writes titles in ink', async () => {
    const untitled = { ...chart, panels: chart.panels.map((panel) => ({ ...panel, title: '' })) };
    const ink = async (one: Chart): Promise<number> => {
      const { data } = await pixels(await drawChart(one));
      return data.filter((value) => value < 100).length;
    };
    expect(await ink(chart)).to.be.above((await ink(untitled)) + 50);
  });

  it('marks levels, each by dashes of its own, and a place on the x axis in all panels', async () => {
    const dashes = async (one: Chart): Promise<string[]> =>
      [...(await chartSvg(one)).matchAll(/<line [^>]*stroke-dasharray="([\d,]+)"/g)].map(([, dash = '']) => dash);
    const panels = chart.panels.map((panel) => ({ ...panel, target: 0.5, levels: [0.1, 0.9] }));
    const drawn = await dashes({ ...chart, panels });
    expect(drawn).to.have.length(6);
    expect(new Set(drawn)).to.have.length(3);
    expect(await dashes(chart)).to.have.length(1);
    const rules = async (one: Chart): Promise<number> => (await chartSvg(one)).split('stroke="#1c1c1c"').length - 1;
    expect([await rules(chart), await rules({ ...chart, at: 0.4 })]).to.deep.equal([0, 2]);
  });

  it('leaves names of lines, font, format and columns to a page that has its own', async () => {
    const svg = await chartSvg(chart);
    expect(svg).to.include('Share Tech Mono').and.match(/>c</);
    const panels = chart.panels.map((panel) => ({ ...panel, format: '.0%' }));
    const own = await chartSvg({ ...chart, panels, isKeyed: false, font: 'serif', columns: 1 });
    expect(own).to.include('serif').and.include('>50%<').and.not.include('Share Tech Mono').and.not.match(/>c</);
    const width = (text: string): number => Number(/width="([\d.]+)"/.exec(text)?.[1]);
    expect(width(own)).to.be.below(0.7 * width(svg));
  });
});
