import type { Element } from './elements.ts';
import type { ImageKey } from './images.ts';
import type { Copy } from './transform.ts';

/** An element and the epoch that it is for. */
export type Turn = {
  readonly element: Element;
  readonly epoch: number;
  /** @defaultValue the only one */
  readonly copy?: Copy;
  /** Every selected image becomes this variant of its bank, whatever the epoch says. */
  readonly banked?: number;
};

/** What became of an element, and the names of its images. */
export type Outcome = { readonly element: Element; readonly names: readonly ImageKey[] };
