import { expect } from 'chai';
import { toPart } from '../../../src/cli/run/part.ts';
import { ArgumentError } from '../../../src/errors.ts';

const slurm = (id: number, min: number, count: number, step = 1) => ({
  SLURM_ARRAY_TASK_ID: String(id),
  SLURM_ARRAY_TASK_MIN: String(min),
  SLURM_ARRAY_TASK_COUNT: String(count),
  SLURM_ARRAY_TASK_STEP: String(step),
});

describe('--shard', () => {
  const parts: readonly [text: string, env: Record<string, string>, index: number, of: number][] = [
    ['0/1', {}, 0, 1],
    ['3/8', { JOB_COMPLETION_INDEX: '5' }, 3, 8],
    ['auto', slurm(0, 0, 4), 0, 4],
    ['auto', slurm(4, 1, 4), 3, 4],
    ['auto', slurm(9, 1, 5, 2), 4, 5],
    ['auto/16', slurm(7, 0, 4), 7, 16],
    ['auto/8', { JOB_COMPLETION_INDEX: '7' }, 7, 8],
  ];
  for (const [text, env, index, of] of parts) {
    it(`${text} with ${JSON.stringify(env)} is part ${index} of ${of}`, () => {
      expect(toPart(text, env)).to.deep.equal({ index, of });
    });
  }

  const faults: readonly [text: string, env: Record<string, string>, words: RegExp][] = [
    ['5/4', {}, /counts from 0.*got 5\/4/],
    ['4/4', {}, /counts from 0.*got 4\/4/],
    ['0/0', {}, /counts from 0/],
    ['1', {}, /such as 0\/8/],
    ['-1/4', {}, /such as 0\/8/],
    ['1/4/5', {}, /such as 0\/8/],
    ['one/4', {}, /such as 0\/8/],
    ['', {}, /such as 0\/8/],
    ['auto', {}, /neither is set/],
    ['auto/8', {}, /neither is set/],
    ['auto', { JOB_COMPLETION_INDEX: '3' }, /does not tell; say auto\/8/],
    ['auto/8', { JOB_COMPLETION_INDEX: '8' }, /got 8\/8/],
    ['auto/8', { JOB_COMPLETION_INDEX: 'x' }, /got NaN\/8/],
    ['auto', { SLURM_ARRAY_TASK_ID: '3' }, /SLURM_ARRAY_TASK_COUNT, which is not set/],
    ['auto', slurm(7, 1, 3), /without gaps, such as --array=0-2; got task 7/],
    ['auto', slurm(4, 1, 5, 2), /without gaps/],
  ];
  for (const [text, env, words] of faults) {
    it(`"${text}" with ${JSON.stringify(env)} is refused in one line`, () => {
      expect(() => toPart(text, env))
        .to.throw(ArgumentError, words)
        .with.property('code', 'bad-shard');
    });
  }
});
