/** @see W3C, "Portable Network Graphics", 5 Datastream structure. */
export const pngBlocks = (file: Buffer): string[] => {
  const blocks: string[] = [];
  let at = 8;
  while (blocks.at(-1) !== 'IEND') {
    const length = file.readUInt32BE(at);
    const name = file.toString('latin1', at + 4, at + 8);
    const isXmp = name === 'iTXt' && file.toString('latin1', at + 8, at + 26) === 'XML:com.adobe.xmp\0';
    blocks.push(isXmp ? 'xmp' : name);
    at += 12 + length;
  }
  return at === file.length ? blocks : [...blocks, 'bytes behind its end'];
};
