import { crc32, deflateRawSync } from 'node:zlib';
import { Header, type HeaderData } from 'tar';

type Files = Readonly<Record<string, Buffer>>;

/** A tar archive, made of headers by the library and of padding by us. */
export const tarOf = (files: Files, links: readonly Link[] = []): Buffer => {
  const blocks = Object.entries(files).flatMap(([path, bytes]) => [
    headerOf({ path, size: bytes.length, type: 'File' }),
    bytes,
    Buffer.alloc((512 - (bytes.length % 512)) % 512),
  ]);
  const pointers = links.map(([type, path, linkpath]) => headerOf({ path, size: 0, type, linkpath }));
  return Buffer.concat([...pointers, ...blocks, Buffer.alloc(1024)]);
};

/** A link of a tar archive: to a path from the root (`Link`), or from where it is (`SymbolicLink`). */
export type Link = readonly [type: 'Link' | 'SymbolicLink', path: string, target: string];

const headerOf = (data: HeaderData): Buffer => {
  const header = Buffer.alloc(512);
  new Header({ ...data, mode: 0o644 }).encode(header);
  return header;
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
    facts.writeUInt16LE(0x800, 2); // names are UTF-8
    facts.writeUInt16LE(method === 'stored' ? 0 : 8, 4);
    facts.writeUInt32LE(crc32(bytes), 10);
    facts.writeUInt32LE(packed.length, 14);
    facts.writeUInt32LE(bytes.length, 18);
    facts.writeUInt16LE(Buffer.byteLength(name), 22);
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
