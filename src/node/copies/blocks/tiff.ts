const XMP = 700;

/** @see Adobe, "TIFF Revision 6.0", section 2; XMP Specification Part 3, TIFF. */
export const tiffBlocks = (file: Buffer): string[] => {
  const isLittle = file.toString('latin1', 0, 2) === 'II';
  const short = (at: number): number => (isLittle ? file.readUInt16LE(at) : file.readUInt16BE(at));
  const long = (at: number): number => (isLittle ? file.readUInt32LE(at) : file.readUInt32BE(at));
  const first = long(4);
  const count = short(first);
  const tags = Array.from({ length: count }, (_, n) => short(first + 2 + 12 * n));
  const blocks = tags.map((tag) => (tag === XMP ? 'xmp' : `tag ${tag}`));
  return long(first + 2 + 12 * count) === 0 ? blocks : [...blocks, 'another page'];
};
