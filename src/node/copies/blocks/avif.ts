/** Boxes that hold boxes, and what comes before those: the sizes of a header, of a version, of a count. */
const HOLDERS: Readonly<Record<string, number>> = { meta: 12, iinf: 14, iprp: 8, ipco: 8 };

/** @see ISO/IEC 14496-12, 4.2 and 8.11; AV1 Image File Format, 2. */
export const avifBlocks = (file: Buffer, from = 0, end = file.length): string[] => {
  const blocks: string[] = [];
  for (let at = from; at < end; ) {
    const length = file.readUInt32BE(at);
    if (length < 8 || at + length > end) throw new Error(`the box at byte ${at} has a length of ${length}`);
    const name = file.toString('latin1', at + 4, at + 8);
    const inner = HOLDERS[name];
    blocks.push(...(inner === undefined ? [nameOf(name, file.subarray(at, at + length))] : [name]));
    if (inner !== undefined) blocks.push(...avifBlocks(file, at + inner, at + length));
    at += length;
  }
  return blocks;
};

/** What an item is, and how colours are given, matter as well. */
const nameOf = (name: string, box: Buffer): string => {
  if (name === 'colr') return `colr ${box.toString('latin1', 8, 12)}`;
  if (name !== 'infe') return name;
  const [kind, rest] = [box.toString('latin1', 16, 20), box.toString('latin1', 20)];
  return kind === 'mime' && rest.includes('application/rdf+xml\0') ? 'xmp' : `item ${kind}`;
};
