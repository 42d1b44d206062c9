import { useMemo, useRef, useState } from 'preact/hooks';
import type { Done, Fault, Variant } from '../../../api.ts';
import { type Choice, USUAL } from '../../../choice.ts';
import { withChoice } from '../../ask.ts';
import { type CommonEvent, useEvents } from '../../parts/events.ts';
import { useSettled } from '../../useSettled.ts';

/** A picture with whether it belongs to what is chosen now. */
export type Shown = { readonly variant: Variant; readonly isStale: boolean };

export type Variants = {
  /** By image, the variants that are there; what is still to come is undefined. Nearest first, once all are there. */
  readonly rows: ReadonlyMap<number, readonly (Shown | undefined)[]>;
  readonly made: number;
  readonly isBusy: boolean;
  /** What a thousand variants take, as it was last measured for this way and strength. */
  readonly secondsPerThousand?: number | undefined;
  readonly fault?: Fault | undefined;
};

/** How often the server is asked for other variants while a slider moves, in milliseconds. */
const SETTLE_MS = 150;

type Told = { readonly type: 'variant'; readonly data: Variant } | { readonly type: 'done'; readonly data: Done };
type State = {
  readonly shown: ReadonlyMap<string, Shown>;
  readonly isBusy: boolean;
  readonly fault?: Fault;
};

/** The variants of the picked images, as they are made. */
export const useVariants = (choice: Choice): Variants => {
  const { images, strength, variants, seed, way } = choice;
  const asked =
    images.length === 0 ? undefined : withChoice('api/variants', { ...USUAL, images, strength, variants, seed, way });
  const address = useSettled(asked, SETTLE_MS);
  const [state, setState] = useState<State>({ shown: new Map(), isBusy: false });
  const costs = useRef(new Map<string, number>());
  const wayKey = JSON.stringify([way, strength]);
  const clock = useRef({ start: 0, fresh: 0 });
  useEvents<Told>(address, (event) => {
    const cost = costAfter(event, clock.current);
    if (cost !== undefined) costs.current.set(wayKey, cost);
    setState((last) => after(last, event));
  });
  const isBusy = images.length > 0 && (state.isBusy || asked !== address);
  const rows = useMemo(() => rowsOf(state.shown, choice), [state.shown, choice]);
  const made = [...rows.values()].flat().filter((shown) => shown && !shown.isStale).length;
  return { rows, made, isBusy, secondsPerThousand: costs.current.get(wayKey), fault: state.fault };
};

/** What a thousand take: as the server measured it, and before that by how many came since the beginning. */
const costAfter = (event: Told | CommonEvent, clock: { start: number; fresh: number }): number | undefined => {
  if (event.type === 'start') Object.assign(clock, { start: performance.now(), fresh: 0 });
  if (event.type === 'variant' && !event.data.isKept) {
    clock.fresh += 1;
    return (performance.now() - clock.start) / clock.fresh;
  }
  return event.type === 'done' ? event.data.secondsPerThousand : undefined;
};

const keyOf = ({ image, variant }: Pick<Variant, 'image' | 'variant'>): string => `${image} ${variant}`;

/** What was there stays to be seen until its place is taken, and so nothing jumps. */
const after = (state: State, event: Told | CommonEvent): State => {
  if (event.type === 'start') {
    const shown = new Map([...state.shown].map(([key, { variant }]) => [key, { variant, isStale: true }]));
    return { shown, isBusy: true };
  }
  if (event.type === 'variant') {
    return { ...state, shown: new Map(state.shown).set(keyOf(event.data), { variant: event.data, isStale: false }) };
  }
  return { ...state, isBusy: false, ...(event.type === 'fault' ? { fault: event.data } : {}) };
};

const rowsOf = (shown: State['shown'], { images, variants }: Choice): Variants['rows'] =>
  new Map(
    images.map((image) => {
      const row = Array.from({ length: variants }, (_, variant) => shown.get(keyOf({ image, variant })));
      const isWhole = row.every((each) => each && !each.isStale);
      return [image, isWhole ? row.sort((a, b) => distanceOf(a) - distanceOf(b)) : row];
    }),
  );

const distanceOf = (shown: Shown | undefined): number => shown?.variant.distance ?? 0;
