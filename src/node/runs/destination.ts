/**
 * Where a run writes: a folder, or a place in a store of objects. Names have `/` between folders. What is put there is
 * whole or not there at all, whoever is killed at whatever moment, and however many write at once.
 */
export type Destination = {
  /** For people, without secrets. */
  readonly place: string;
  /**
   * Whether of two who put the same name at once only one is told that it was first. Stores without conditional writes
   * cannot tell; then the one who comes later wins.
   */
  readonly isExclusive: boolean;
  /** Puts what is not there yet. @returns false where there was something of that name, which stays. */
  putNew(name: string, bytes: Uint8Array): Promise<boolean>;
  /** Puts something in the place of whatever was there. */
  put(name: string, bytes: Uint8Array): Promise<void>;
  /** Puts a file of many parts, which need not fit into memory, in the place of whatever was there. */
  putStream(name: string, parts: AsyncIterable<Uint8Array>): Promise<void>;
  /** All bytes, or some; undefined where there is nothing of that name. */
  read(name: string, span?: { readonly at: number; readonly bytes: number }): Promise<Uint8Array | undefined>;
  /** Names that begin so, in the order of their characters. */
  list(prefix: string): AsyncIterable<string>;
  remove(name: string): Promise<void>;
  /** Removes what writers that are gone left half written. */
  sweep(): Promise<void>;
  close(): Promise<void>;
};

/*
 * openDestination(place): a path, or `s3://bucket/prefix`.
 *
 * @throws ArgumentError `bad-destination`; EnvironmentError `bad-output` where it cannot be written, `missing-package`.
 */
