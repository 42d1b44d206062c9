import { useState } from 'preact/hooks';
import type { Done, Fault, Variant } from '../../../api.ts';
import { keepSpeed } from '../../measured.ts';
import { type CommonEvent, useEvents } from '../../parts/events.ts';
import type { Studio } from '../../studio.ts';

/** A variant, and whether it is of a schedule that is gone by. */
export type ShownEpoch = { readonly variant: Variant; readonly isStale: boolean };

export type Epochs = {
  /** By image and epoch. */
  readonly shown: ReadonlyMap<string, ShownEpoch>;
  readonly isBusy: boolean;
  readonly fault?: Fault;
};

type Told = { readonly type: 'variant'; readonly data: Variant } | { readonly type: 'done'; readonly data: Done };

export const epochKey = ({ image, epoch }: Pick<Variant, 'image' | 'epoch'>): string => `${image} ${epoch}`;

/** Variants of some epochs, as they are made. @param address none asks for nothing. */
export const useEpochs = ({ about, choice }: Studio, address: string | undefined): Epochs => {
  const [state, setState] = useState<Epochs>({ shown: new Map(), isBusy: false });
  useEvents<Told>(address, (event) => {
    if (event.type === 'done' && event.data.secondsPerThousand !== undefined) {
      keepSpeed(about, choice, event.data.secondsPerThousand / 1000);
    }
    setState((last) => after(last, event));
  });
  return state;
};

/** What was there stays to be seen until its place is taken. */
const after = (state: Epochs, event: Told | CommonEvent): Epochs => {
  if (event.type === 'start') {
    const shown = new Map([...state.shown].map(([key, { variant }]) => [key, { variant, isStale: true }]));
    return { shown, isBusy: true };
  }
  if (event.type === 'variant') {
    const shown = new Map(state.shown).set(epochKey(event.data), { variant: event.data, isStale: false });
    return { ...state, shown };
  }
  return { ...state, isBusy: false, ...(event.type === 'fault' ? { fault: event.data } : {}) };
};
