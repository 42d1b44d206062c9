import type { Redis } from 'ioredis';
import type { QueueAddress } from './queueAddress.ts';

/** Says a line to people. */
export type Say = (line: string) => void;

/**
 * Says once when Redis goes away, and once when it is there again.
 *
 * @returns what ends the watching.
 */
export const watchConnection = (
  { redis, address }: { readonly redis: Redis; readonly address: QueueAddress },
  say: Say,
): (() => void) => {
  let isGone = false;
  const onClose = (): void => {
    if (isGone) return;
    isGone = true;
    say(`the Redis at ${address.shown} is gone; waiting for it`);
  };
  const onReady = (): void => {
    if (!isGone) return;
    isGone = false;
    say(`the Redis at ${address.shown} is there again`);
  };
  redis.on('close', onClose).on('ready', onReady);
  return () => void redis.off('close', onClose).off('ready', onReady);
};
