import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Choice } from '../choice.ts';
import { type Address, type ReadAddress, readAddress, writeAddress } from './address.ts';

/** Changes that follow each other within this time, such as moves of a slider, are one step back. */
const QUIET_MS = 250;

export type AddressHook = {
  readonly address: ReadAddress;
  readonly choose: (change: Partial<Choice>) => void;
  /** Goes somewhere; the choice stays. */
  readonly go: (change: Partial<Pick<Address, 'view' | 'place'>>) => void;
};

/**
 * The address of the page as its state: read at first and when somebody goes back, written a moment after a change, since
 * browsers allow few changes a second.
 *
 * @param begin Where to begin if the address says nothing.
 */
export const useAddress = (begin: Choice | undefined, isStatic: boolean): AddressHook => {
  const [address, setAddress] = useState<ReadAddress>(() => beginning(begin));
  const now = useRef(address);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  const write = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = undefined;
    const href = new URL(writeAddress(now.current, { isStatic, isWhole: begin !== undefined }), document.baseURI).href;
    if (href !== location.href) history.pushState(null, '', href);
  }, [isStatic, begin]);

  const change = useCallback((next: Partial<ReadAddress>) => {
    now.current = { ...now.current, ...next };
    setAddress(now.current);
  }, []);

  useEffect(() => {
    const back = (): void => {
      clearTimeout(timer.current);
      timer.current = undefined;
      change(beginning(begin));
    };
    const leave = (): void => {
      if (timer.current !== undefined) write();
    };
    addEventListener('popstate', back);
    addEventListener('pagehide', leave);
    addEventListener('beforeunload', leave);
    return () => {
      removeEventListener('popstate', back);
      removeEventListener('pagehide', leave);
      removeEventListener('beforeunload', leave);
    };
  }, [begin, change, write]);

  const choose = useCallback(
    (part: Partial<Choice>) => {
      change({ choice: { ...now.current.choice, ...part } });
      clearTimeout(timer.current);
      timer.current = setTimeout(write, QUIET_MS);
    },
    [change, write],
  );
  const go = useCallback(
    (next: Partial<Pick<Address, 'view' | 'place'>>) => {
      if (timer.current !== undefined) write();
      change({ place: {}, ...next });
      write();
    },
    [change, write],
  );
  return { address, choose, go };
};

const beginning = (begin: Choice | undefined): ReadAddress => {
  const read = readAddress(location.href);
  return read.isChosen || begin === undefined ? read : { ...read, choice: begin };
};
