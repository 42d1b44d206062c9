/** A value of a graph: its name, and its shape for one image, `[C, H, W]` or `[C]`; the batch comes before and is open. */
export type Value = { readonly name: string; readonly shape: readonly number[] };

/** Channels, height and width of a feature map. */
export const mapShape = ({ name, shape }: Value): readonly [channels: number, height: number, width: number] => {
  const [channels, height, width] = shape;
  if (channels !== undefined && height !== undefined && width !== undefined) return [channels, height, width];
  throw new Error(`${name} is no feature map`); // a mistake in an architecture
};
