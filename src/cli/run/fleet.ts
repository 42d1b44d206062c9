import type { Command } from 'commander';
import { cancelRun, findRun, pauseRun, resumeRun } from '../../fleet/control.ts';
import { type Fleet, openFleet } from '../../fleet/fleet.ts';
import { readQueueAddress } from '../../fleet/queueAddress.ts';
import type { RegisteredRun } from '../../fleet/registry.ts';
import { readStatus } from '../../fleet/status.ts';
import type { Streams } from '../streams.ts';
import { addQueueOption } from './queueOption.ts';
import { statusText } from './statusText.ts';

type QueueCommand = { readonly queue?: string; readonly json?: boolean };

/** `boomerang run status`, `pause`, `resume` and `cancel`: of runs that are in a queue. */
export const registerFleetCommands = (run: Command, { stdout }: Streams): void => {
  addQueueOption(run.command('status').description('say how the runs in a queue stand'))
    .option('--json', 'as JSON')
    .action((_: QueueCommand, command: Command) =>
      withFleet(command, async (fleet, { json }) => {
        const all = await readStatus(fleet);
        stdout.write(json ? `${JSON.stringify(all, undefined, 2)}\n` : statusText(all, fleet.address));
      }),
    );
  const control = (name: string, about: string, act: (fleet: Fleet, one: RegisteredRun) => Promise<string>): void => {
    addQueueOption(run.command(name).description(about))
      .argument('[run]', 'its digest, as status shows it, or how that begins; may be left out where there is one run')
      .action((id: string | undefined, _: QueueCommand, command: Command) =>
        withFleet(command, async (fleet) => {
          stdout.write(`${await act(fleet, await findRun(fleet, id))}\n`);
        }),
      );
  };
  control('pause', 'let a run rest: shards under way are finished, no others begun', async (fleet, one) => {
    await pauseRun(fleet, one);
    return `run ${one.id} is paused`;
  });
  control('resume', 'let a run that rests go on', async (fleet, one) => {
    await resumeRun(fleet, one);
    return `run ${one.id} goes on`;
  });
  control('cancel', 'end a run: what is made stays, and its command begins it again', async (fleet, one) => {
    await cancelRun(fleet, one);
    return `run ${one.id} is cancelled; what is made is in ${one.entry.places.destination}`;
  });
};

/** `--queue` is an option of `run` as well, and may have been taken for that. */
const withFleet = async (
  command: Command,
  work: (fleet: Fleet, options: QueueCommand) => Promise<void>,
): Promise<void> => {
  const options = command.optsWithGlobals<QueueCommand & { queue?: string | true }>();
  const fleet = await openFleet(readQueueAddress(typeof options.queue === 'string' ? options.queue : undefined));
  await work(fleet, options as QueueCommand).finally(() => fleet.close());
};
