import { useState } from 'preact/hooks';
import { withEpoch } from '../../../../node/epochLog/readRun.ts';
import type { DamagedRun, EpochEvent, EpochLog, Fault } from '../../../api.ts';
import { useEvents } from '../../parts/events.ts';

export type SeenRun = { readonly run: number; readonly epochs: readonly EpochLog[]; readonly damaged: number };

type RunEvent =
  | { readonly type: 'epoch'; readonly data: EpochEvent }
  | { readonly type: 'damaged'; readonly data: DamagedRun }
  | { readonly type: 'anew'; readonly data: { readonly run: number } };

type Seen = { readonly runs: readonly SeenRun[]; readonly fault?: Fault };

/** Some runs, as they are and as they go on. */
export const useRuns = (shown: readonly number[]): Seen => {
  const [seen, setSeen] = useState<Seen>({ runs: [] });
  const empty = (run: number): SeenRun => ({ run, epochs: [], damaged: 0 });
  const update = (run: number, change: (one: SeenRun) => SeenRun): void =>
    setSeen(({ runs }) => ({ runs: runs.map((one) => (one.run === run ? change(one) : one)) }));
  const address = shown.length === 0 ? undefined : `api/runs/events?ids=${shown.join(',')}`;
  useEvents<RunEvent>(address, ({ type, data }) => {
    if (type === 'start') setSeen({ runs: shown.map(empty) });
    if (type === 'fault') setSeen(({ runs }) => ({ runs, fault: data as Fault }));
    if (type === 'anew') update((data as { run: number }).run, ({ run }) => empty(run));
    if (type === 'damaged')
      update((data as DamagedRun).run, (one) => ({ ...one, damaged: (data as DamagedRun).lines }));
    if (type === 'epoch') {
      const { run, epoch } = data as EpochEvent;
      update(run, (one) => ({ ...one, epochs: withEpoch(one.epochs, epoch) }));
    }
  });
  return { ...seen, runs: seen.runs.filter(({ run }) => shown.includes(run)) };
};
