/**
 * A value of a graph: its name, and its shape for one image: `[C, H, W]` a map, `[L, C]` rows, `[C]` a vector, `[L]`
 * indices, `[]` a number. The batch comes before and is open.
 */
export type Value = { readonly name: string; readonly shape: readonly number[] };

/** Channels, height and width of a feature map. */
export const mapShape = ({ name, shape }: Value): readonly [channels: number, height: number, width: number] => {
  const [channels, height, width] = shape;
  if (channels !== undefined && height !== undefined && width !== undefined) return [channels, height, width];
  throw new Error(`${name} is no feature map`); // a mistake in an architecture
};

/** Number and channels of rows. */
export const rowsShape = ({ name, shape }: Value): readonly [length: number, channels: number] => {
  const [length, channels] = shape;
  if (length !== undefined && channels !== undefined && shape.length === 2) return [length, channels];
  throw new Error(`${name} is no rows`);
};
