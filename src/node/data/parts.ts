import { ArgumentError, pick } from '../../errors.ts';
import { type PartWord, partWord } from './partWords.ts';
import type { Part } from './source.ts';

/**
 * What folders with names such as `train` and `test` are, where their place does not tell: parts of the data set, or
 * classes.
 */
export type Folders = 'parts' | 'classes';

const PARTS = ['train', 'validation', 'test'] as const;
const FOLDERS = { parts: 'parts', classes: 'classes' } as const;

/** @throws ArgumentError `bad-part` */
export const toPart = (name: string): Part => {
  const part = PARTS.find((one) => one === name);
  if (part !== undefined) return part;
  throw new ArgumentError('bad-part', `part must be one of ${PARTS.join(', ')}, got ${name}`);
};

/** @throws ArgumentError `unknown-folders` */
export const toFolders = (name: string): Folders => pick(FOLDERS, name, 'folders');

/** What is wanted of a data set: a part, `all` of them one after another, or whatever there is where it has none. */
export type Wants = { readonly part: Part | 'all' | undefined; readonly folders: Folders | undefined };

/** An image by its path. */
export type Placed = {
  readonly path: string;
  /** Undefined where there are no parts; `none` where there are, and it is in none of them. */
  readonly part: Part | 'none' | undefined;
  /** The folders that it is in, those of parts left out. */
  readonly folders: readonly string[];
};

type Node = { readonly children: Map<string, Node>; readonly files: string[] };
type Where = { readonly part: Placed['part']; readonly folders: readonly string[]; readonly path: string };

/**
 * Tells the parts of a data set by its folders: names such as `train`, `Testing`, `seg_train`, `val2017` are of parts
 * where only such names lie side by side, or where the training part has folders of classes in it and is not alone. A
 * `train` that holds images beside other classes is a class. Anything else is refused rather than guessed.
 *
 * @throws ArgumentError `ambiguous-parts`
 */
export const placeByFolders = (paths: readonly string[], folders?: Folders): Placed[] => {
  const root: Node = { children: new Map(), files: [] };
  for (const path of paths) insert(root, path);
  const placed = new Map<string, Placed>();
  if (folders !== 'classes') settle(root, { part: undefined, folders: [], path: '' }, { folders, placed });
  const found = paths.map(
    (path) => placed.get(path) ?? { path, part: undefined, folders: path.split('/').slice(0, -1) },
  );
  const loose = found.find(({ part }) => part === undefined);
  if (!loose || found.every(({ part }) => part === undefined)) return found;
  if (folders === 'parts') return found.map((one) => ({ ...one, part: one.part ?? 'none' }));
  const inPart = found.find(({ part }) => part !== undefined) as Placed;
  throw ambiguous(`${inPart.path} is in a folder of the part "${inPart.part}", but ${loose.path} is in none`);
};

const insert = (root: Node, path: string): void => {
  const names = path.split('/');
  let node = root;
  for (const name of names.slice(0, -1)) {
    const next = node.children.get(name) ?? { children: new Map(), files: [] };
    node.children.set(name, next);
    node = next;
  }
  node.files.push(path);
};

type Settling = { readonly folders: Folders | undefined; readonly placed: Map<string, Placed> };

const settle = (node: Node, where: Where, settling: Settling): void => {
  const words = partsHere(node, where, settling.folders);
  const others = words ? 'none' : where.part;
  for (const path of node.files) settling.placed.set(path, { path, part: others, folders: where.folders });
  for (const [name, child] of node.children) {
    const word = words?.get(name);
    const path = where.path ? `${where.path}/${name}` : name;
    if (word && where.part !== undefined && where.part !== word.part) {
      throw ambiguous(`${path} is of the part "${word.part}" inside one of the part "${where.part}"`);
    }
    if (word) settle(child, { ...where, part: word.part, path }, settling);
    else settle(child, { part: others, folders: [...where.folders, name], path }, settling);
  }
};

/** The folders that are parts, if the folders here are parts at all. */
const partsHere = (
  { children, files }: Node,
  { path, part }: Where,
  folders: Folders | undefined,
): ReadonlyMap<string, PartWord> | undefined => {
  if (part === 'none') return undefined;
  const hints = new Map([...children.keys()].flatMap((name) => entryOf(name, partWord(name))));
  const all = [...hints.values()];
  const isPair = all.length === children.size && new Set(all.map(({ rest }) => rest)).size === 1;
  const sure = new Map([...hints].filter(([, word]) => word.isSure || (isPair && kindsOf(all) > 1)));
  if (folders === 'parts') return sure.size > 0 ? sure : undefined;
  if (kindsOf(all) < 2 && sure.size === 0) return undefined;
  const others = [...children.keys()].filter((name) => !sure.has(name));
  if (others.length === 0 && (files.length === 0 || kindsOf(all) > 1)) return sure;
  const hasClasses = [...sure].some(([name, word]) => word.part === 'train' && isNested(children.get(name)));
  if (kindsOf([...sure.values()]) > 1 && hasClasses) return sure;
  const flat = ![...children.values()].some(isNested);
  const [only] = hints.keys();
  if (hints.size === 1 && flat && others.length > 0 && only?.toLowerCase() === 'train') return undefined; // the vehicle
  const beside = [...others, ...files].slice(0, 3).map((name) => `"${name}"`);
  const seen = [...hints.keys()].map((name) => `"${name}"`).join(', ');
  throw ambiguous(`${path ? `in ${path} ` : ''}${seen} lies beside ${beside.join(', ') || 'folders of other names'}`);
};

const entryOf = (name: string, word: PartWord | undefined): [string, PartWord][] => (word ? [[name, word]] : []);

const isNested = (node: Node | undefined): boolean => node !== undefined && node.children.size > 0;

const kindsOf = (words: readonly PartWord[]): number => new Set(words.map(({ part }) => part)).size;

const ambiguous = (seen: string): ArgumentError => {
  const remedy = "say what such folders are with folders: 'parts' or 'classes' (--folders on the command line)";
  return new ArgumentError('ambiguous-parts', `cannot tell parts of the data set from classes: ${seen}; ${remedy}`);
};

/** @param seen what there is instead. */
export const noSuchPart = (place: string, asked: Part, seen: string): ArgumentError =>
  new ArgumentError('no-such-part', `${place} has no part "${asked}": ${seen}; ask for one that is there`);
