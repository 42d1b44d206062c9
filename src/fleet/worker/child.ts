import type { SandboxedJob } from 'bullmq';
import type { Task, TaskResult } from '../task.ts';
import { processTask } from './processTask.ts';
import { SETTING_VARIABLE } from './setting.ts';
import { startWorkshops } from './workshops.ts';

/*
 * What BullMQ runs in a process of its own for a worker, task after task. What kills it, or blocks it, harms no other
 * task, and the worker goes on telling the queue that it lives.
 */

console.info = console.error; // as in the command line
process.on('disconnect', () => process.exit()); // the worker was killed

const shops = startWorkshops(JSON.parse(process.env[SETTING_VARIABLE] ?? '{}'));

/** BullMQ takes it as the default. */
export default (job: SandboxedJob<Task, TaskResult>, token?: string, signal?: AbortSignal): Promise<TaskResult> =>
  processTask(shops, job, { token, signal });
