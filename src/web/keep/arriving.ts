/** Bytes that arrive, and are handed on in parts of some megabytes, so that little is lost when a page is closed. */
export type Arriving = {
  length(): number;
  add(bytes: Uint8Array): Promise<void>;
  /** Hands on what was not yet. */
  flush(): Promise<void>;
  /** Begins anew. */
  empty(): void;
  whole(): Uint8Array;
};

export type OnPart = (index: number, part: Uint8Array) => Promise<void>;

const PART = 2 ** 22;

/** @param before parts that came earlier, and were handed on then. */
export const arriving = (before: readonly Uint8Array[], onPart: OnPart): Arriving => {
  let memory = joined(before);
  let length = memory.byteLength;
  let [handedOn, parts] = [length, before.length];
  const flush = async (): Promise<void> => {
    if (length === handedOn) return;
    const part = memory.slice(handedOn, length);
    [handedOn, parts] = [length, parts + 1];
    await onPart(parts - 1, part);
  };
  return {
    length: () => length,
    async add(bytes) {
      if (length + bytes.byteLength > memory.byteLength) {
        memory = joined([memory.subarray(0, length)], Math.max(length + bytes.byteLength, Math.ceil(1.5 * length)));
      }
      memory.set(bytes, length);
      length += bytes.byteLength;
      if (length - handedOn >= PART) await flush();
    },
    flush,
    empty() {
      [length, handedOn, parts] = [0, 0, 0];
    },
    whole: () => (length === memory.byteLength ? memory : memory.slice(0, length)),
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
