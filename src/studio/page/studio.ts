import type { ComponentType } from 'preact';
import type { About } from '../api.ts';
import type { Choice } from '../choice.ts';

/** What every view of the page gets. */
export type Studio = {
  readonly about: About;
  /** All that was chosen; it stands in the address of the page. */
  readonly choice: Choice;
  /** Chooses some of it anew. */
  readonly choose: (change: Partial<Choice>) => void;
};

export type View = ComponentType<{ readonly studio: Studio }>;
