import sharp from 'sharp';
import { type Chart, specOf } from './chartSpec.ts';
import { drawText } from './text.ts';

/**
 * Draws line charts, with the font that comes with the package.
 *
 * @returns The bytes of a PNG, on white.
 */
export const drawChart = async (chart: Chart): Promise<Uint8Array> => {
  const svg = await chartSvg(chart);
  await drawText('.', { width: 20 }); // makes our font known to whatever draws text from now on, in SVG too
  return sharp(Buffer.from(svg)).flatten({ background: 'white' }).png().toBuffer();
};

/** The same as an SVG file. */
export const chartSvg = async (chart: Chart): Promise<string> => {
  const { parse, View } = await import('vega'); // slow to load, and most commands never draw
  return new View(parse(specOf(chart)), { renderer: 'none' }).toSVG();
};
