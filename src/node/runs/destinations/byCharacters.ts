/**
 * The order of stores of objects: by code points, which is that of the bytes of UTF-8. JavaScript's own order puts
 * characters beyond U+FFFF too early.
 */
export const byCharacters = (a: string, b: string): number => {
  if (a === b) return 0;
  let at = 0;
  while (at < a.length && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  const [x, y] = [a.charCodeAt(at), b.charCodeAt(at)];
  if (Number.isNaN(x) || Number.isNaN(y)) return a.length - b.length; // one is the beginning of the other
  return isSurrogate(x) === isSurrogate(y) ? x - y : Number(isSurrogate(x)) - Number(isSurrogate(y));
};

/** Half of a character beyond U+FFFF. */
const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;
