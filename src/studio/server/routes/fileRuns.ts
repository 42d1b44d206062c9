import { setTimeout as pause } from 'node:timers/promises';
import { type Events, streamEvents } from '../events.ts';
import { fileRuns } from '../runs/fileRuns.ts';
import type { Route } from './route.ts';

/** Folders are looked at so often: some lie on network drives, which tell of no changes. */
const LOOK_MS = 2000;

/** The runs that write files into the folders of runs, as they go on. */
export const writing: Route = (app, context) => {
  app.get('/api/file-runs/events', (c) => streamEvents(c, context, (events) => follow(context.runs, events)));
};

/** Tells which there are whenever that is something else, until nobody listens any more. */
const follow = async (folders: readonly string[], { send, signal }: Events): Promise<void> => {
  let told = '';
  for (;;) {
    const found = await fileRuns(folders, new Date());
    const text = JSON.stringify(found);
    if (text !== told) await send('runs', found);
    told = text;
    await pause(LOOK_MS, undefined, { signal });
  }
};
