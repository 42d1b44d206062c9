import { useState } from 'preact/hooks';
import type { Fault, FileRun } from '../../../api.ts';
import { useEvents } from '../../parts/events.ts';

type RunsEvent = { readonly type: 'runs'; readonly data: readonly FileRun[] };

export type SeenFileRuns = { readonly runs: readonly FileRun[]; readonly fault?: Fault };

/** The runs that write files, as they go on. */
export const useFileRuns = (isThere: boolean): SeenFileRuns => {
  const [seen, setSeen] = useState<SeenFileRuns>({ runs: [] });
  useEvents<RunsEvent>(isThere ? 'api/file-runs/events' : undefined, ({ type, data }) => {
    if (type === 'runs') setSeen({ runs: data as readonly FileRun[] });
    if (type === 'fault') setSeen(({ runs }) => ({ runs, fault: data as Fault }));
  });
  return seen;
};
