import { readFile } from 'node:fs/promises';
import { readLine } from '../../../node/epochLog/line.ts';
import { epochsIn } from '../../../node/epochLog/readRun.ts';
import type { DamagedRun, EpochEvent, Run } from '../../api.ts';
import { type Events, streamEvents } from '../events.ts';
import { Refusal } from '../faults.ts';
import { changed, linesFrom } from '../runs/follow.ts';
import { type RunFile, type RunFiles, runFiles } from '../runs/runFiles.ts';
import type { Route } from './route.ts';

/** More are not to be told apart in a chart. */
const MOST_RUNS = 8;

/** The runs that training writes down, and their epochs as they come. */
export const runs: Route = (app, context) => {
  const files = runFiles(context.runs);
  app.get('/api/runs', async (c) => {
    const listed = await files.list();
    return c.json(await Promise.all(listed.map(summary)), 200, { 'cache-control': 'no-store' });
  });
  app.get('/api/runs/events', async (c) => {
    await files.list();
    const chosen = chosenRuns(files, c.req.query('ids') ?? '');
    return streamEvents(c, context, (events) => follow(chosen, events));
  });
};

const summary = async ({ run, name, path }: RunFile): Promise<Run> => {
  const { epochs, damaged } = epochsIn(await readFile(path, 'utf8').catch(() => ''));
  return { run, name, epochs: epochs.length, damaged };
};

/** @throws Refusal `bad-ids`, `no-such-run` */
const chosenRuns = (files: RunFiles, ids: string): RunFile[] => {
  if (!/^\d{1,6}(,\d{1,6})*$/.test(ids) || ids.split(',').length > MOST_RUNS) {
    throw new Refusal(400, 'bad-ids', `ids must be 1 to ${MOST_RUNS} numbers of runs with commas between`);
  }
  return [...new Set(ids.split(',').map(Number))].map((run) => {
    const file = files.at(run);
    if (file) return file;
    throw new Refusal(404, 'no-such-run', `there is no run ${run}; ask for the runs anew`);
  });
};

/** Tells the epochs that are there, then those that come, until nobody listens any more. */
const follow = async (chosen: readonly RunFile[], { send, signal }: Events): Promise<void> => {
  const ends = new Map<number, number>();
  const damaged = new Map<number, number>();
  for (;;) {
    for (const { run, path } of chosen) {
      const { lines, end, isAnew } = await linesFrom(path, ends.get(run) ?? 0);
      ends.set(run, end);
      if (isAnew) await send('anew', { run });
      for (const line of lines.filter((text) => text.trim() !== '')) {
        const epoch = readLine(line);
        if (epoch) await send('epoch', { run, epoch } satisfies EpochEvent);
        else damaged.set(run, (damaged.get(run) ?? 0) + 1);
        if (!epoch) await send('damaged', { run, lines: damaged.get(run) ?? 0 } satisfies DamagedRun);
      }
    }
    await send('seen', {});
    await changed(
      chosen.map(({ path }) => path),
      signal,
    );
  }
};
