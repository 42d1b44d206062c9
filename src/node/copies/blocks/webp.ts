/** @see RFC 9649, 2.3 RIFF file format. */
export const webpBlocks = (file: Buffer): string[] => {
  const blocks: string[] = [];
  const end = 8 + file.readUInt32LE(4);
  for (let at = 12; at < end; ) {
    const length = file.readUInt32LE(at + 4);
    const name = file.toString('latin1', at, at + 4).trim();
    blocks.push(name === 'XMP' ? 'xmp' : name);
    at += 8 + length + (length % 2);
  }
  return end === file.length ? blocks : [...blocks, 'bytes behind its end'];
};
