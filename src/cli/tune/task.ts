import type { Command } from 'commander';
import { ArgumentError, pick } from '../../errors.ts';

/** What is tuned, with the options that mean nothing to the others. */
const TASKS = {
  strength: ['by', 'classifier', 'strengths', 'variants', 'conditional', 'target', 'min-diversity', 'steps'],
  enhance: ['factor', 'degrade', 'noise', 'for', 'samples', 'evaluations'],
} as const;

export type Task = keyof typeof TASKS;

/** @throws ArgumentError `unknown-task`, `wrong-task` for an option that would not be used. */
export const taskOf = (command: Command, name: string): Task => {
  pick(TASKS, name as Task, 'task');
  for (const [task, names] of Object.entries(TASKS)) {
    if (task === name) continue;
    const given = names.find((option) => command.getOptionValueSource(camel(option)) === 'cli');
    if (given === undefined) continue;
    const rule = `--${given} is for --task ${task}, and this is --task ${name}`;
    throw new ArgumentError('wrong-task', `${rule}; leave it out${REMEDIES[given] ?? ''}`);
  }
  return name as Task;
};

const REMEDIES: Readonly<Record<string, string>> = { steps: ': each throw of a cascade has steps of its own' };

const camel = (name: string): string => name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
