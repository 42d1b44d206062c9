import { createHash, timingSafeEqual } from 'node:crypto';
import type { Context, Hono, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { Refusal } from './faults.ts';

/** What a page must know to be served. */
export type Door = {
  readonly port: number;
  /** Stands in the link that the command prints, and then in a cookie. */
  readonly token: string;
};

/** What every answer carries, whatever it is. */
export const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; " +
    "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/**
 * Refuses whoever is not the page that the command opened: another host's name (DNS rebinding), another origin, no token;
 * and methods that the page never uses. What is posted was measured before: see `shortBodies`.
 */
export const guard = (app: Hono, door: Door): void => {
  app.use(async (c, next) => {
    for (const [name, value] of Object.entries(HEADERS)) c.header(name, value);
    await next();
  });
  app.use(fromThisOrigin(door));
  app.use(knownMethod(app));
  app.use(withToken(door));
};

const fromThisOrigin = ({ port }: Door): MiddlewareHandler => {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  return async (c, next) => {
    const host = c.req.header('host') ?? '';
    if (!hosts.includes(host)) {
      throw new Refusal(403, 'foreign-host', `the studio is at ${hosts[0]}; open the address that the command printed`);
    }
    const origin = c.req.header('origin');
    const isForeign = origin !== undefined && origin !== `http://${host}`;
    const site = c.req.header('sec-fetch-site') ?? 'none';
    const isCalled = c.req.path.startsWith('/api/') && site !== 'same-origin' && site !== 'none';
    if (isForeign || isCalled) {
      throw new Refusal(403, 'foreign-origin', 'another page asked, and only the page of the studio may');
    }
    await next();
  };
};

const knownMethod =
  (app: Hono): MiddlewareHandler =>
  async (c, next) => {
    const { method, path } = c.req;
    const isPost = method === 'POST' && app.routes.some((route) => route.method === 'POST' && route.path === path);
    if (method !== 'GET' && method !== 'HEAD' && !isPost) {
      c.header('allow', 'GET, HEAD');
      throw new Refusal(405, 'bad-method', 'the studio is read with GET; only a choice is posted');
    }
    if (isPost && !/^application\/json\b/.test(c.req.header('content-type') ?? '')) {
      throw new Refusal(415, 'bad-content-type', 'a choice is posted as application/json');
    }
    await next();
  };

/** Cookies do not know of ports: another studio on this machine has one of another name. */
const cookieName = ({ port }: Door): string => `boomerang-studio-${port}`;

const withToken =
  (door: Door): MiddlewareHandler =>
  async (c, next) => {
    const asked = c.req.query('token');
    if (asked !== undefined && !c.req.path.startsWith('/api/')) return letIn(c, door, asked);
    if (!isSame(getCookie(c, cookieName(door)) ?? '', door.token)) {
      throw new Refusal(401, 'no-token', 'open the whole address that the command printed, with its token');
    }
    await next();
  };

/** Puts the token into a cookie, which no script reads and no other site sends along, and takes it out of the address. */
const letIn = (c: Context, door: Door, asked: string): Response => {
  if (!isSame(asked, door.token)) {
    throw new Refusal(
      401,
      'bad-token',
      'this is not the token of this studio; open the address that the command printed',
    );
  }
  setCookie(c, cookieName(door), door.token, { httpOnly: true, sameSite: 'Strict', path: '/' });
  const address = new URL(c.req.url);
  address.searchParams.delete('token');
  const place = `${address.pathname.replace(/^\/+/, '/')}${address.search}`;
  // A link from another site's page: the cookie would not be sent along to where a redirect leads.
  if (c.req.header('sec-fetch-site') === 'cross-site') {
    c.header('refresh', `0; url=${place}`);
    return c.text('the studio opens\n');
  }
  return c.redirect(place, 303);
};

/** Takes as long for any two texts, whatever they have in common. */
const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
