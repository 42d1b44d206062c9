import { CheckpointError, EnvironmentError } from '../../errors.ts';
import { reasonOf } from '../../models/fetchFolder.ts';
import type { HubSettings } from './settings.ts';

/**
 * A `fetch` for one model on the hub: it sends the token, to the hub alone, and turns whatever goes wrong into an
 * error of this package.
 *
 * @param name the model, for messages.
 * @throws CheckpointError `no-such-model`, `no-such-revision`.
 * @throws EnvironmentError `needs-token`, `hub-unreachable`.
 */
export const hubFetch =
  ({ endpoint, token }: HubSettings, name: string): typeof fetch =>
  async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const headers = new Headers(init?.headers);
    if (token && url.origin === new URL(endpoint).origin) headers.set('Authorization', `Bearer ${token}`);
    const response = await fetch(url, { ...init, headers }).catch((cause) => {
      throw unreachable(url.href, reasonOf(cause), cause);
    });
    if (response.ok) return response;
    await response.body?.cancel();
    throw refusal(response, { name, url: `${url.origin}${url.pathname}`, hasToken: token !== undefined });
  };

/** @returns EnvironmentError `hub-unreachable` */
export const unreachable = (url: string, why: string, cause?: unknown): EnvironmentError => {
  const remedy = 'check the network, HF_ENDPOINT and the proxy, then run it again: what has arrived is kept';
  return new EnvironmentError('hub-unreachable', `cannot fetch ${url}: ${why}; ${remedy}`, { cause });
};

type Asked = { readonly name: string; readonly url: string; readonly hasToken: boolean };

const refusal = ({ status, headers }: Response, { name, url, hasToken }: Asked): Error => {
  const answer = `${url} answered ${status}`;
  if (status === 401 || status === 403) {
    const state = hasToken ? 'HF_TOKEN is not allowed to read it: check the token, and accept' : 'set HF_TOKEN, accept';
    const remedy = `${state} the terms on the page of a gated model, or check the name`;
    return new EnvironmentError('needs-token', `${name} is private, gated or not there (${answer}); ${remedy}`);
  }
  if (status === 404 && headers.get('X-Error-Code') === 'RevisionNotFound') {
    return new CheckpointError('no-such-revision', `${name} has no such revision (${answer}); use a branch or a tag`);
  }
  if (status === 404) {
    const remedy = 'check owner and name; for a folder on this disk check the path';
    return new CheckpointError('no-such-model', `there is no model ${name} (${answer}); ${remedy}`);
  }
  return unreachable(url, `it answered ${status}`);
};
