import { useState } from 'preact/hooks';

export type Roving = {
  /** The tab order of an item: one of them is in it, the arrow keys go to the others. */
  readonly tabIndexOf: (index: number) => 0 | -1;
  readonly onFocusOf: (index: number) => void;
  /** For the element that holds the items, which are its buttons. */
  readonly onKeyDown: (event: KeyboardEvent) => void;
};

/** Lets the arrow keys, Home and End move among the buttons of a grid, so that Tab passes them in one go. */
export const useRoving = (): Roving => {
  const [current, setCurrent] = useState(0);
  const onKeyDown = (event: KeyboardEvent): void => {
    const items = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('button')];
    const place = items.indexOf(document.activeElement as HTMLElement);
    const target = place < 0 ? undefined : targetOf(event.key, place, items);
    if (target === undefined) return;
    event.preventDefault();
    target.focus();
  };
  return {
    tabIndexOf: (index) => (index === current ? 0 : -1),
    onFocusOf: setCurrent,
    onKeyDown,
  };
};

const targetOf = (key: string, place: number, items: readonly HTMLElement[]): HTMLElement | undefined => {
  if (key === 'Home') return items[0];
  if (key === 'End') return items.at(-1);
  if (key === 'ArrowLeft') return items[place - 1];
  if (key === 'ArrowRight') return items[place + 1];
  if (key === 'ArrowUp') return nearest(items, place, items.slice(0, place).reverse());
  if (key === 'ArrowDown') return nearest(items, place, items.slice(place + 1));
  return undefined;
};

/** Of the next line of items, the one that lies closest below or above. */
const nearest = (
  items: readonly HTMLElement[],
  place: number,
  others: readonly HTMLElement[],
): HTMLElement | undefined => {
  const own = boxOf(items[place]);
  const lines = others.filter((item) => Math.abs(boxOf(item).top - own.top) > 4);
  const line = lines.filter((item) => Math.abs(boxOf(item).top - boxOf(lines[0]).top) <= 4);
  const away = (item: HTMLElement): number => Math.abs(boxOf(item).left - own.left);
  return line.reduce<HTMLElement | undefined>(
    (best, item) => (best && away(best) <= away(item) ? best : item),
    undefined,
  );
};

const boxOf = (item: HTMLElement | undefined): DOMRect => (item as HTMLElement).getBoundingClientRect();
