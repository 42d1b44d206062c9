import { ArgumentError } from '../../errors.ts';
import type { Part } from '../../node/runs/part.ts';
import { toNumber } from '../numbers.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Which part of a run `--shard` says: `3/8`, counted from 0; `auto`, as a Slurm array tells its tasks; or `auto/8`, where
 * the number of parts is not told, as in an indexed job of Kubernetes.
 *
 * @throws ArgumentError `bad-shard`
 * @see https://slurm.schedmd.com/job_array.html; https://kubernetes.io/docs/concepts/workloads/controllers/job
 */
export const toPart = (text: string, env: Environment = process.env): Part => {
  const [, index = '', count] = /^(\d+|auto)(?:\/(\d+))?$/.exec(text) ?? [];
  const of = count === undefined ? undefined : toNumber(count, 'shard');
  if (index === '' || (index !== 'auto' && of === undefined)) {
    throw bad(`is a part and how many there are, such as 0/8, or auto, or auto/8; got ${text}`);
  }
  const part = index === 'auto' ? told(of, env) : { index: toNumber(index, 'shard'), of: of as number };
  if (part.of >= 1 && Number.isInteger(part.index) && part.index >= 0 && part.index < part.of) return part;
  throw bad(`counts from 0 to one less than there are parts; got ${part.index}/${part.of}`);
};

const told = (of: number | undefined, env: Environment): Part => {
  const slurm = env['SLURM_ARRAY_TASK_ID'];
  if (slurm !== undefined) return toldBySlurm(Number(slurm), of, env);
  const kubernetes = env['JOB_COMPLETION_INDEX'];
  if (kubernetes === undefined) {
    throw bad('auto needs SLURM_ARRAY_TASK_ID or JOB_COMPLETION_INDEX, and neither is set; say 0/8, for example');
  }
  if (of !== undefined) return { index: Number(kubernetes), of };
  throw bad('auto needs to know how many parts there are, which JOB_COMPLETION_INDEX does not tell; say auto/8 for 8');
};

const toldBySlurm = (id: number, of: number | undefined, env: Environment): Part => {
  const [least, step] = [Number(env['SLURM_ARRAY_TASK_MIN'] ?? 0), Number(env['SLURM_ARRAY_TASK_STEP'] ?? 1)];
  const count = of ?? Number(env['SLURM_ARRAY_TASK_COUNT'] ?? Number.NaN);
  if (!Number.isInteger(count)) {
    throw bad('auto needs SLURM_ARRAY_TASK_COUNT, which is not set; say auto/8 for 8 parts');
  }
  const index = (id - least) / step;
  if (Number.isInteger(index) && index < count) return { index, of: count };
  throw bad(
    `auto counts the tasks of an array without gaps, such as --array=0-${count - 1}; got task ${id} of ${count}`,
  );
};

const bad = (rule: string): ArgumentError => new ArgumentError('bad-shard', `shard ${rule}`);
