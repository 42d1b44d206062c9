import { expect } from 'chai';
import sharp from 'sharp';
import { type Chart, drawChart } from '../../src/node/chart.ts';

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
});
