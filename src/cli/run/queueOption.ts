import type { Command } from 'commander';
import { QUEUE_VARIABLE } from '../../fleet/queueAddress.ts';

export const addQueueOption = (command: Command): Command =>
  command.option(
    '--queue <address>',
    `the Redis or Valkey that holds the queue, as in redis://host:6379; by default $${QUEUE_VARIABLE}`,
  );
