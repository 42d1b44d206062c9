import { ArgumentError } from '../../errors.ts';
import type { Destination } from './destination.ts';
import type { RunPlan } from './plan.ts';

/** Where a destination keeps the plan of its run. */
export const PLAN = 'run.json';

/**
 * Makes a destination that of a run, or goes on with one that is.
 *
 * @throws ArgumentError `other-run` where another run writes, naming the first setting that differs; `output-exists`
 *   where something else lies.
 */
export const claimDestination = async (destination: Destination, plan: RunPlan): Promise<void> => {
  if ((await checkClaim(destination, plan)) === 'claimed') return;
  if (await destination.putNew(PLAN, planBytes(plan))) return;
  await checkClaim(destination, plan); // another one was first
};

/** Whether a destination is that of a run already; the errors are those of {@link claimDestination}. */
export const checkClaim = async (destination: Destination, plan: RunPlan): Promise<'free' | 'claimed'> => {
  const found = await destination.read(PLAN);
  if (found) {
    checkSame(destination.place, plan, found);
    return 'claimed';
  }
  for await (const name of destination.list('')) {
    if (name === PLAN) return checkClaim(destination, plan); // put there by another one meanwhile
    const rule = `${destination.place} holds something else, ${name}`;
    throw new ArgumentError('output-exists', `${rule}; choose another place, or remove what is there`);
  }
  return 'free';
};

/** The plan of a run that writes to a destination; undefined where none does. @throws ArgumentError `other-run` */
export const planOf = async (destination: Destination): Promise<RunPlan | undefined> => {
  const found = await destination.read(PLAN);
  return found && parsed(destination.place, found);
};

const planBytes = (plan: RunPlan): Uint8Array => new TextEncoder().encode(`${JSON.stringify(plan, undefined, 2)}\n`);

const parsed = (place: string, bytes: Uint8Array): RunPlan => {
  const plan = planIn(new TextDecoder().decode(bytes));
  if (plan) return plan;
  throw new ArgumentError('other-run', `${place} holds a ${PLAN} that is no plan of a run; choose another place`);
};

const planIn = (text: string): RunPlan | undefined => {
  try {
    const plan = JSON.parse(text) as RunPlan;
    return typeof plan.version === 'number' && typeof plan.augment.options === 'object' ? plan : undefined;
  } catch {
    return undefined; // no JSON, or none of a plan
  }
};

const checkSame = (place: string, plan: RunPlan, bytes: Uint8Array): void => {
  const own = settingsOf(JSON.parse(JSON.stringify(plan)));
  const there = settingsOf(parsed(place, bytes));
  for (const name of new Set([...own.keys(), ...there.keys()])) {
    if (own.get(name) === there.get(name)) continue;
    const say = (value: string | undefined): string => value ?? 'not given';
    const rule = `${place} holds another run: ${name} is ${say(there.get(name))} there, and ${say(own.get(name))} here`;
    throw new ArgumentError('other-run', `${rule}; say the same, or choose another place`);
  }
};

/** Every setting of a plan as JSON by its name: `strength`, `data.digest`. */
const settingsOf = ({ augment, data, model, keep, ...plan }: RunPlan): ReadonlyMap<string, string> => {
  const { options, ...others } = augment;
  const groups = { '': { ...plan }, 'data.': data, 'model.': model, 'keep.': keep, ' ': options, 'augment.': others };
  return new Map(
    Object.entries(groups).flatMap(([group, settings = {}]) =>
      Object.entries(settings).map(([name, value]) => [`${group.trim()}${name}`, JSON.stringify(value)] as const),
    ),
  );
};
