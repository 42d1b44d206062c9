import type { Command } from 'commander';
import { degradeOf } from '../../apps/enhance/options.ts';
import { describeBackend } from '../../node/backend.ts';
import { checkWritable } from '../../node/output.ts';
import { interruptible } from '../interrupt.ts';
import { describeEngine, openAsked } from '../openAsked.ts';
import type { Streams } from '../streams.ts';
import { checkFits } from './checkFits.ts';
import { type Enhancing, enhanceAll } from './enhanceAll.ts';
import { estimateEnhancing } from './estimate.ts';
import { withMask } from './mask.ts';
import { addEnhanceOptions, type EnhanceCommand, readAsked } from './options.ts';
import { placesOf } from './places.ts';

/** `boomerang enhance`: pictures as large as they may have been, faithful to what was seen. */
export const registerEnhance = (program: Command, streams: Streams): void => {
  const command = program
    .command('enhance')
    .description('enlarge pictures, or fill holes in them: made small again, they are what was seen')
    .argument('<image...>', 'image files');
  addEnhanceOptions(command).action((paths: readonly string[], options: EnhanceCommand) =>
    enhanceFiles(paths, options, streams),
  );
};

const enhanceFiles = async (paths: readonly string[], options: EnhanceCommand, streams: Streams): Promise<void> => {
  const asked = await withMask(readAsked(options), options.mask);
  degradeOf(asked);
  const places = await placesOf(paths, options.out);
  if (options.sheet !== undefined) await checkWritable(options.sheet);
  const { model, backend } = await openAsked(options.model, options, streams.stderr);
  try {
    streams.stderr.write(`${describeBackend(backend)}, ${describeEngine(model)}\n`);
    await interruptible(async (signal) => {
      const enhancing: Enhancing = { options, asked, places, model, signal };
      await checkFits(enhancing);
      await (options.dryRun ? estimateEnhancing(enhancing, streams) : enhanceAll(enhancing, streams));
    });
  } finally {
    model.dispose();
  }
};
