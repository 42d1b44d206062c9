import { postedChoice } from '../posted.ts';
import { sheetOf } from '../sheet.ts';
import type { Route } from './route.ts';

/** The picked images and their variants as a picture. */
export const sheet: Route = (app, context) => {
  app.post('/api/sheet', async (c) => {
    const choice = await postedChoice(c);
    const signal = AbortSignal.any([context.signal, c.req.raw.signal]);
    const png = await sheetOf(context, choice, signal);
    return c.body(new Uint8Array(png), 200, { 'content-type': 'image/png', 'cache-control': 'no-store' });
  });
};
