import type { Figure } from './figure.ts';
import type { Took } from './latentWork.ts';
import { exactly, ratios, summarise } from './statistics.ts';

/** What may be left beside steps and decoding in a variant of an image that was encoded before. */
const REST = { most: 0.03 };
/** PyTorch's time, in float32. */
const STEP = { most: 1 };
/** MB that the shape of Stable Diffusion 1.5 may take, by the size of images. */
const MEMORY: Readonly<Record<number, number>> = { 256: 8192, 512: 10240 };

/** A pipeline, as it was opened. */
export type Subject = {
  readonly model: string;
  readonly size: number;
  readonly engine: string;
  readonly threads: number;
};

/** What was opened, or done; and the most memory in MB that the process had ever held by then. */
export type Answer = Took & { readonly peak: number };

/** What each piece of work took here and in PyTorch, in the same rounds. */
export type Times = Readonly<Record<string, { readonly ours: readonly Answer[]; readonly theirs: readonly Answer[] }>>;

export type Measured = {
  readonly subject: Subject;
  readonly cold: Answer;
  readonly warm: Answer;
  /** The first variant of all. */
  readonly first: Answer;
  readonly times: Times;
  /** MB, after everything. */
  readonly peak: number;
  /** Version of PyTorch, where it was beside. */
  readonly torch?: string | undefined;
};

const CLOCKS = ['seconds', 'processor'] as const;
type Clock = (typeof CLOCKS)[number];

/** Where the processor's time stands, besides the time on the wall. */
const TITLES: Readonly<Record<Clock, string>> = { seconds: '', processor: ', seconds of the processor' };

/** The figures of one pipeline. */
export function* latentFigures(measured: Measured): Generator<Figure> {
  yield* openingFigures(measured);
  for (const clock of CLOCKS) yield* networkFigures(measured, clock);
  if (measured.torch) for (const clock of CLOCKS) yield* besideFigures(measured, clock);
  yield* variantFigures(measured);
}

const common = (at: Subject, table: string) => ({ bench: 'latent', table, engine: at.engine, at: { ...at } });

const of = (answers: readonly Answer[], clock: Clock): number[] => answers.map((answer) => answer[clock]);

function* openingFigures({ subject, cold, warm, peak }: Measured): Generator<Figure> {
  const each = common(subject, 'opening, and memory');
  const most = subject.model.startsWith('sd15') ? MEMORY[subject.size] : undefined;
  for (const [name, answer] of Object.entries({ 'for the first time': cold, again: warm })) {
    yield { ...each, what: name, unit: 's', ...exactly(answer.seconds) };
    yield { ...each, what: `${name}, processor`, unit: 's', ...exactly(answer.processor) };
  }
  yield { ...each, what: 'most memory when open', unit: 'MB', ...exactly(warm.peak) };
  const wanted = most === undefined ? {} : { wanted: { most } };
  yield { ...each, what: 'most memory after work', unit: 'MB', ...exactly(peak), ...wanted };
}

/** All but variants. */
const networksIn = (times: Times): readonly [name: string, times: Times[string]][] =>
  Object.entries(times).filter(([name]) => !name.startsWith('next'));

function* networkFigures({ subject, times, torch }: Measured, clock: Clock): Generator<Figure> {
  const table = `networks${TITLES[clock]}`;
  const own = common(subject, table);
  const other = torch && common({ ...subject, engine: `PyTorch ${torch}` }, table);
  for (const [what, { ours, theirs }] of networksIn(times)) {
    yield { ...own, what, unit: 's', ...summarise(of(ours, clock)) };
    if (other && theirs.length > 0) yield { ...other, what, unit: 's', ...summarise(of(theirs, clock)) };
  }
}

function* besideFigures({ subject, times }: Measured, clock: Clock): Generator<Figure> {
  const each = common(subject, `as a multiple of PyTorch's time${TITLES[clock]}`);
  for (const [what, { ours, theirs }] of networksIn(times)) {
    if (theirs.length === 0) continue;
    const wanted = what.endsWith('step') ? { wanted: STEP } : {};
    yield { ...each, what, unit: '', ...summarise(ratios(of(ours, clock), of(theirs, clock))), ...wanted };
  }
}

function* variantFigures({ subject, times, first }: Measured): Generator<Figure> {
  const each = common(subject, 'variants, 4 steps of DDIM at strength 0.3');
  yield { ...each, what: 'the first', unit: 's', ...exactly(first.seconds) };
  for (const what of ['next variant', 'next image'] as const) {
    yield { ...each, what, unit: 's', ...summarise(of(times[what]?.ours ?? [], 'seconds')) };
  }
  const rest = (times['next variant']?.ours ?? []).map((answer) => answer.rest ?? 1);
  yield { ...each, what: 'neither steps nor decoding', unit: '', ...summarise(rest), wanted: REST };
}
