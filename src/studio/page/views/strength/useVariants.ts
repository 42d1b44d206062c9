import { useMemo, useRef, useState } from 'preact/hooks';
import type { Done, Fault, Variant } from '../../../api.ts';
import { type Choice, USUAL } from '../../../choice.ts';
import { withChoice } from '../../ask.ts';
import { keepSpeed } from '../../measured.ts';
import { type CommonEvent, useEvents } from '../../parts/events.ts';
import type { Studio } from '../../studio.ts';
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
/** What was measured stays known while the page is open: variants that are kept tell nothing of it. */
const costs = new Map<string, number>();

type State = {
  readonly shown: ReadonlyMap<string, Shown>;
  readonly isBusy: boolean;
  readonly fault?: Fault;
};

/** The variants of the picked images, as they are made. */
export const useVariants = ({ about, choice }: Studio): Variants => {
  const settled = useSettled(choice, SETTLE_MS);
  const [state, setState] = useState<State>({ shown: new Map(), isBusy: false });
  const clock = useRef({ start: 0, fresh: 0 });
  useEvents<Told>(addressOf(settled), (event) => {
    const cost = costAfter(event, clock.current);
    if (cost !== undefined) costs.set(costKey(settled), cost);
    // What is not thrown costs nothing, and tells nothing of what is.
    if (cost !== undefined && event.type === 'done' && settled.strength > 0) keepSpeed(about, settled, cost / 1000);
    setState((last) => after(last, event, settled.images));
  });
  const isBusy = choice.images.length > 0 && (state.isBusy || addressOf(choice) !== addressOf(settled));
  const rows = useMemo(() => rowsOf(state.shown, choice), [state.shown, choice]);
  const made = [...rows.values()].flat().filter((shown) => shown && !shown.isStale).length;
  return { rows, made, isBusy, secondsPerThousand: costs.get(costKey(choice)), fault: state.fault };
};

/** Where the server makes them; what else is chosen begins nothing anew. */
const addressOf = ({ images, strength, variants, seed, way }: Choice): string | undefined =>
  images.length === 0 ? undefined : withChoice('api/variants', { ...USUAL, images, strength, variants, seed, way });

const costKey = ({ way, strength }: Choice): string => JSON.stringify([way, strength]);

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
const after = (state: State, event: Told | CommonEvent, images: Choice['images']): State => {
  if (event.type === 'start') {
    const left = [...state.shown].filter(([, { variant }]) => images.includes(variant.image));
    const shown = new Map(left.map(([key, { variant }]) => [key, { variant, isStale: true }]));
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
