import { readAsked } from '../asked.ts';
import { augmentOf } from '../epochs/augmentOf.ts';
import { showEpochs } from '../epochs/show.ts';
import { streamEvents } from '../events.ts';
import { choiceIn } from '../query.ts';
import { nameImages } from '../variants/throws.ts';
import type { Route } from './route.ts';

/** What becomes of the picked images over a training. */
export const epochs: Route = (app, context) => {
  const images = nameImages(context);
  app.get('/api/epochs', (c) => {
    const choice = choiceIn(c);
    const asked = readAsked(context, choice);
    augmentOf(context, { choice, asked }, 'ys'); // refused before anything is streamed
    return streamEvents(c, context, (events) => showEpochs(context, { choice, asked, images }, events));
  });
};
