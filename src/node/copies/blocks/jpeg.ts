const [SCAN, END, COMMENT] = [0xda, 0xd9, 0xfe];
const XMP = 'http://ns.adobe.com/xap/1.0/\0';

/** @see ITU-T T.81, B.1.1 and B.2. */
export const jpegBlocks = (file: Buffer): string[] => {
  const blocks: string[] = [];
  let at = 2;
  while (file.readUInt16BE(at) !== 0xff00 + END) {
    if (file[at] !== 0xff) throw new Error(`byte ${at} begins no marker`);
    const code = file[at + 1] as number;
    const length = file.readUInt16BE(at + 2);
    const isXmp = code === 0xe1 && file.toString('latin1', at + 4, at + 4 + XMP.length) === XMP;
    blocks.push(isXmp ? 'xmp' : nameOf(code));
    at += 2 + length;
    if (code === SCAN) at = endOfScan(file, at);
  }
  return at + 2 === file.length ? blocks : [...blocks, 'bytes behind its end'];
};

const nameOf = (code: number): string => {
  if (code >= 0xe0 && code <= 0xef) return `APP${code - 0xe0}`;
  return code === COMMENT ? 'comment' : `marker ${code.toString(16)}`;
};

/** Where the next marker is that does not belong to the pixels. */
const endOfScan = (file: Buffer, from: number): number => {
  for (let at = from; at + 1 < file.length; at += 1) {
    const next = file[at + 1] as number;
    const isPixels = next === 0 || (next >= 0xd0 && next <= 0xd7);
    if (file[at] === 0xff && !isPixels) return at;
  }
  throw new Error('its pixels have no end');
};
