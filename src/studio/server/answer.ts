import type { Hono } from 'hono';
import { BoomerangError } from '../../errors.ts';
import type { StudioContext } from './context.ts';
import { faultOf, Refusal, statusOf } from './faults.ts';
import { ROUTES } from './routes/index.ts';

/** Answers all addresses below `/api`, whoever asks, and says what goes wrong as the page knows it. */
export const answer = (app: Hono, context: StudioContext): void => {
  for (const route of ROUTES) route(app, context);
  app.notFound(() => {
    throw new Refusal(404, 'not-found', 'there is nothing at this address');
  });
  app.onError((error, c) => {
    if (!(error instanceof BoomerangError)) context.report(error);
    return c.json({ error: faultOf(error) }, statusOf(error));
  });
};
