import { readAsked } from '../asked.ts';
import { streamEvents } from '../events.ts';
import { choiceIn } from '../query.ts';
import { showVariants } from '../variants/show.ts';
import { nameImages } from '../variants/throws.ts';
import type { Route } from './route.ts';

/** Variants of the picked images at one strength. */
export const variants: Route = (app, context) => {
  const images = nameImages(context);
  app.get('/api/variants', (c) => {
    const choice = choiceIn(c);
    const asked = readAsked(context, choice);
    return streamEvents(c, context, (events) => showVariants(context, { choice, asked, images }, events));
  });
};
