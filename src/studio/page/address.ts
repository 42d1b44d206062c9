import { type Choice, readChoice, USUAL } from '../choice.ts';

export const VIEW_NAMES = ['images', 'strength', 'survival', 'schedule', 'take', 'runs'] as const;
export type ViewName = (typeof VIEW_NAMES)[number];

/** All that the address of the page says. */
export type Address = {
  readonly view: ViewName;
  readonly choice: Choice;
  /** Where somebody is in a view, such as the page of a grid. It changes nothing that is made. */
  readonly place: Readonly<Record<string, string>>;
};

export type ReadAddress = Address & {
  /** Whether the address held a choice at all. */
  readonly isChosen: boolean;
  /** Why the choice in the address was not taken. */
  readonly fault?: string;
};

/**
 * What an address says. A choice that is not understood is left out, and told.
 *
 * @param href a whole address: a view as its last part or as `view` in the query, for servers that know only files.
 */
export const readAddress = (href: string): ReadAddress => {
  const { pathname, searchParams } = new URL(href);
  const { choice: text, view: asked, ...place } = Object.fromEntries(searchParams);
  const view = VIEW_NAMES.find((name) => name === (asked ?? pathname.split('/').at(-1))) ?? 'images';
  if (text === undefined) return { view, place, choice: USUAL, isChosen: false };
  try {
    return { view, place, choice: wholeChoice(JSON.parse(text)), isChosen: true };
  } catch (error) {
    const fault = `The choice in the address was left out: ${(error as Error).message}`;
    return { view, place, choice: USUAL, isChosen: false, fault };
  }
};

export type WriteOptions = {
  /** Whether a server that knows only files shows the page: the view goes into the query. */
  readonly isStatic?: boolean;
  /** Whether the usual choice is written too, since a page without one begins elsewhere. */
  readonly isWhole?: boolean;
};

/** The address of a view, beside the one that is open: `strength?choice=…`. */
export const writeAddress = ({ view, choice, place }: Address, options: WriteOptions = {}): string => {
  const { isStatic = false, isWhole = false } = options;
  const query = new URLSearchParams(place);
  if (isStatic) query.set('view', view);
  const differing = differingChoice(choice);
  if (isWhole || Object.keys(differing).length > 0) query.set('choice', JSON.stringify(differing));
  const text = query.toString();
  return `${isStatic ? './' : view}${text && `?${text}`}`;
};

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What differs from the usual choice, so that addresses stay short. */
export const differingChoice = (choice: Choice): Fields => difference(choice, USUAL);

const difference = (fields: Fields, usual: Fields): Fields => {
  const pairs = Object.entries(fields).flatMap(([name, value]) => {
    const own = usual[name];
    if (JSON.stringify(value) === JSON.stringify(own)) return [];
    return [[name, isFields(value) && isFields(own) ? difference(value, own) : value]];
  });
  return Object.fromEntries(pairs);
};

/** @throws ArgumentError `bad-choice`. */
const wholeChoice = (part: unknown): Choice => readChoice(isFields(part) ? merged(USUAL, part) : part);

const merged = (usual: Fields, part: Fields): Fields => {
  const pairs = Object.entries(part).map(([name, value]) => {
    const own = usual[name];
    return [name, isFields(value) && isFields(own) ? merged(own, value) : value];
  });
  return { ...usual, ...Object.fromEntries(pairs) };
};
