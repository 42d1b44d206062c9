import type { Command } from 'commander';
import { checkSameJudge } from '../../apps/anonymise/options.ts';
import { describeBackend } from '../../node/backend.ts';
import { checkOutput } from '../../node/copies/output.ts';
import { openOriginals } from '../../node/copies/originals.ts';
import { loadEmbedder } from '../../node/embedders/loadEmbedder.ts';
import { foldersOf } from '../foldersOption.ts';
import { interruptible } from '../interrupt.ts';
import { describeEngine, openAsked } from '../openAsked.ts';
import { skippedText } from '../skippedText.ts';
import type { Streams } from '../streams.ts';
import { checkWay, checkWayPrompt } from '../way.ts';
import { describeAnonymising, estimateAnonymising } from './estimate.ts';
import { type AnonymiseCommand, addAnonymiseOptions, readAsked } from './options.ts';
import { makeCopies } from './makeCopies.ts';

/** `boomerang anonymise`: a copy of a data set in which people are not to be recognised, and what was measured of it. */
export const registerAnonymise = (program: Command, streams: Streams): void => {
  const command = program
    .command('anonymise')
    .description('copy a data set so that people are not to be recognised, and measure to what degree they are')
    .argument('<data>', 'a folder or a tar of images, IDX or binary CIFAR files');
  addAnonymiseOptions(command).action((data: string, options: AnonymiseCommand) => anonymise(data, options, streams));
};

const anonymise = async (data: string, options: AnonymiseCommand, streams: Streams): Promise<void> => {
  const asked = readAsked(options);
};
