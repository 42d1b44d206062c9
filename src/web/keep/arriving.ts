/** Bytes that arrive, and are handed on in parts of some megabytes, so that little is lost when a page is closed. */
export type Arriving = {
  length(): number;
  /** Makes room for so many bytes in all. */
  reserve(bytes: number): void;
  add(bytes: Uint8Array): Promise<void>;
  /** Hands on what was not yet. */
  flush(): Promise<void>;
  /** Begins anew. */
  empty(): void;
  /** All that has come; a view, good until more comes. */
  whole(): Uint8Array;
};

export type OnPart = (index: number, part: Uint8Array) => Promise<void>;

const PART = 2 ** 22;

/** @param before parts that came earlier, and were handed on then. */
export const arriving = (before: readonly Uint8Array[], onPart: OnPart): Arriving => {
  let memory = joined(before);
  let length = memory.byteLength;
  let [handedOn, parts] = [length, before.length];
  const reserve = (bytes: number): void => {
    if (bytes > memory.byteLength) memory = joined([memory.subarray(0, length)], bytes);
  };
  const flush = async (): Promise<void> => {
    if (length === handedOn) return;
    const part = memory.slice(handedOn, length);
    [handedOn, parts] = [length, parts + 1];
    await onPart(parts - 1, part);
  };
  return {
    length: () => length,
    reserve,
    async add(bytes) {
      const wanted = length + bytes.byteLength;
      if (wanted > memory.byteLength) reserve(Math.max(wanted, Math.ceil(1.5 * length)));
      memory.set(bytes, length);
      length += bytes.byteLength;
      if (length - handedOn >= PART) await flush();
    },
    flush,
    empty() {
      [length, handedOn, parts] = [0, 0, 0];
    },
    whole: () => memory.subarray(0, length),
  };
};

/** Byte strings as one, with room for more behind them. */
export const joined = (parts: readonly Uint8Array[], room = 0): Uint8Array => {
  const length = parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const whole = new Uint8Array(Math.max(length, room));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
};
