/** A part of a line that a model sees at once, and how much its answer counts in each place. */
export type Span = { readonly from: number; readonly weights: Float32Array };

/**
 * Cuts a line into parts of one length, evenly spread. Where they overlap one fades into the other; the weights of all
 * parts add up to 1 in every place.
 *
 * @param length at least `side`.
 * @param overlap of neighbours, in places, at least; below `side`.
 * @param scale of a finer line, that many places of which lie in one of this: its parts are the same ones. @defaultValue 1
 */
export const spansOf = (length: number, side: number, overlap: number, scale = 1): readonly Span[] => {
  const count = Math.max(1, Math.ceil((length - overlap) / (side - overlap)));
  const starts = Array.from(
    { length: count },
    (_, n) => scale * Math.round((n * (length - side)) / Math.max(1, count - 1)),
  );
  const rise = Float32Array.from({ length: scale * side }, (_, n) => Math.min(n + 0.5, scale * side - n - 0.5));
  const total = new Float32Array(scale * length);
  for (const from of starts)
    for (const [n, weight] of rise.entries()) total[from + n] = (total[from + n] ?? 0) + weight;
  return starts.map((from) => ({ from, weights: rise.map((weight, n) => weight / (total[from + n] as number)) }));
};
