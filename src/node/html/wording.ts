const whole = new Intl.NumberFormat('en');

export const count = (value: number): string => whole.format(Math.round(value));

/** A share as percent, without the sign. */
export const percent = (share: number): string => minus((100 * share).toFixed(1));

/** A true minus, and no minus before a zero. */
export const minus = (text: string): string => (/^-0\.?0*$/.test(text) ? text.slice(1) : text.replace('-', '−'));

/** "a, b and c" */
export const list = (items: readonly (string | number)[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
