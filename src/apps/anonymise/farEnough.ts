/** Whether a copy looks like a stranger's to the embedder; where it finds nobody, nothing is known. */
export const isFarEnough = (similarity = Number.NaN, own = Number.NaN, threshold = Number.NaN): boolean =>
  similarity < threshold && own > 1;
