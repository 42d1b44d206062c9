import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import type { Choice } from '../choice.ts';
import { type Address, type ReadAddress, readAddress, type WriteOptions, writeAddress } from './address.ts';

/** Changes that follow each other within this time, such as moves of a slider, are one step back. */
const QUIET_MS = 250;

export type AddressHook = {
  readonly address: ReadAddress;
  readonly choose: (change: Partial<Choice>) => void;
  /** Goes somewhere; the choice stays. */
  readonly go: (change: Partial<Pick<Address, 'view' | 'place'>>) => void;
};

/**
 * The address of the page as its state: read at first and when somebody goes back, written when something changes.
 *
 * @param begin Where to begin if the address says nothing.
 */
export const useAddress = (begin: Choice | undefined, isStatic: boolean): AddressHook => {
  const [address, setAddress] = useState<ReadAddress>(() => beginning(begin));
  const writer = useMemo(() => addressWriter({ isStatic, isWhole: begin !== undefined }), [begin, isStatic]);
  const [now] = useState({ address });
  const change = useCallback(
    (next: Partial<ReadAddress>): void => {
      now.address = { ...now.address, ...next };
      setAddress(now.address);
    },
    [now],
  );
  useEffect(() => {
    const back = (): void => {
      writer.forget();
      change(beginning(begin));
    };
    addEventListener('popstate', back);
    return () => removeEventListener('popstate', back);
  }, [begin, change, writer]);
  const choose = useCallback(
    (part: Partial<Choice>): void => {
      change({ choice: { ...now.address.choice, ...part } });
      writer.write(now.address);
    },
    [change, now, writer],
  );
  const go = useCallback(
    (next: Partial<Pick<Address, 'view' | 'place'>>): void => {
      writer.flush();
      change({ place: {}, ...next });
      writer.write(now.address);
      writer.flush(); // a step of its own
    },
    [change, now, writer],
  );
  return { address, choose, go };
};

const beginning = (begin: Choice | undefined): ReadAddress => {
  const read = readAddress(location.href);
  return read.isChosen || begin === undefined ? read : { ...read, choice: begin };
};

/**
 * Writes the first of some changes that follow each other at once, as a step that can be gone back, and the others into it
 * from time to time: browsers allow few changes a second.
 */
const addressWriter = (options: WriteOptions) => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waiting: Address | undefined;
  const put = (address: Address, how: 'pushState' | 'replaceState'): void => {
    const { href } = new URL(writeAddress(address, options), document.baseURI);
    if (href !== location.href) history[how](null, '', href);
  };
  const forget = (): void => {
    clearTimeout(timer);
    timer = undefined;
    waiting = undefined;
  };
  const flush = (): void => {
    if (waiting) put(waiting, 'replaceState');
    forget();
  };
  const goOn = (): void => {
    const isStill = waiting === undefined;
    flush();
    if (!isStill) timer = setTimeout(goOn, QUIET_MS);
  };
  const write = (address: Address): void => {
    if (timer !== undefined) {
      waiting = address;
      return;
    }
    put(address, 'pushState');
    timer = setTimeout(goOn, QUIET_MS);
  };
  return { write, flush, forget };
};
