import { crc32, deflateRawSync } from 'node:zlib';
import { Header } from 'tar';

type Files = Readonly<Record<string, Buffer>>;

/** A tar archive, made of headers by the library and of padding by us. */
export const tarOf = (files: Files): Buffer => {
  const blocks = Object.entries(files).flatMap(([path, bytes]) => {
    const header = Buffer.alloc(512);
    new Header({ path, size: bytes.length, type: 'File', mode: 0o644 }).encode(header);
    return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
};

/** A zip archive. @see PKWARE, APPNOTE.TXT, 4.3 */
export const zipOf = (files: Files, method: 'stored' | 'deflated'): Buffer => {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, bytes] of Object.entries(files)) {
    const packed = method === 'stored' ? bytes : deflateRawSync(bytes);
    const facts = Buffer.alloc(26); // from the version needed on: the same in both headers
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(method === 'stored' ? 0 : 8, 4);
    facts.writeUInt32LE(crc32(bytes), 10);
    facts.writeUInt32LE(packed.length, 14);
    facts.writeUInt32LE(bytes.length, 18);
    facts.writeUInt16LE(name.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\0', 'latin1'), facts, place, Buffer.from(name));
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), facts, Buffer.from(name), packed]);
    parts.push(local);
    offset += local.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(Object.keys(files).length, 8);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(entries.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, entries, end]);
};
