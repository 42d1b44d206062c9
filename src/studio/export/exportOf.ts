import type { Model } from '../../models/model.ts';
import type { Export } from '../api.ts';
import type { Choice } from '../choice.ts';
import { commandFor } from './command.ts';
import { type Places, programFor } from './program.ts';
import { configOf, type Meaning, settingsOf } from './settings.ts';

export type Exported = {
  readonly choice: Choice;
  readonly meaning: Meaning;
  /** The `model.json` of a classifier that was named. */
  readonly classifier?: string | undefined;
};

/**
 * What somebody takes along: a program, the config of the library, and commands.
 *
 * @throws ArgumentError what `boomerangAugment` throws of the options.
 */
export const exportOf = (model: Model, places: Places, { choice, meaning, classifier }: Exported): Export => {
  const settings = settingsOf(choice, meaning);
  const config = configOf(model, settings);
  return {
    typescript: programFor(places, { choice, settings, meaning }),
    config,
    configNotes: config.live.map((name) => LIVE[name] ?? `${name} is code; give it to augmentFrom beside the model.`),
    command: commandFor(places, choice, classifier),
  };
};

const LIVE: Readonly<Record<string, string>> = {
  strength:
    'The adaptive strength measures with code, which JSON cannot hold: take it from the program (live: strength).',
  labels: 'How the model numbers classes is code, which JSON cannot hold: take it from the program (live: labels).',
};
