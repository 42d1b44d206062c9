import { readAsked } from '../asked.ts';
import { streamEvents } from '../events.ts';
import { choiceIn } from '../query.ts';
import { keepMeasures } from '../survival/kept.ts';
import { showLost } from '../survival/lost.ts';
import { showSurvival } from '../survival/measure.ts';
import type { Route } from './route.ts';

/** What strengths do to labels, and which variants lost theirs. */
export const survival: Route = (app, context) => {
  const measuredFor = keepMeasures();
  for (const [address, show] of [
    ['/api/survival', showSurvival],
    ['/api/survival/lost', showLost],
  ] as const) {
    app.get(address, (c) => {
      const choice = choiceIn(c);
      const asked = readAsked(context, choice);
      const measured = measuredFor(choice);
      return streamEvents(c, context, (events) => show(context, { choice, asked, measured, events }));
    });
  }
};
