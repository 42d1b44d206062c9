import type { Sidecar } from '../checkpoints/sidecar.ts';
import { checkIds } from '../networks/clipTextIds.ts';
import { promptRow } from '../text/tokenizer.ts';
import { makeCoder } from './coder.ts';
import { makeModel } from './makeModel.ts';
import type { Model, ModelFacts } from './model.ts';
import { denoiserRunner, type NetworkRunner } from './networkRunner.ts';
import type { Networks, TextEncoder } from './networks.ts';
import { makeTextSpace } from './textSpace.ts';

/** What runs each network of a model, on one engine. */
export type NetworkRunners = {
  readonly denoiser: NetworkRunner;
  readonly encoder?: NetworkRunner;
  readonly decoder?: NetworkRunner;
  readonly text?: NetworkRunner;
};

/** Puts the networks of a checkpoint together. The model owns the runners. */
export const assemble = (
  facts: ModelFacts,
  { sidecar, ...networks }: Networks & { readonly sidecar: Sidecar },
  runners: NetworkRunners,
): Model => {
  const { encoder, decoder, text } = runners;
  const { autoencoder } = networks;
  return makeModel(facts, denoiserRunner(runners.denoiser), {
    ...(autoencoder && encoder && decoder ? { coder: makeCoder({ encoder, decoder }, autoencoder) } : {}),
    ...(networks.text && text ? { text: textSpaceOf(networks.text, text, sidecar) } : {}),
  });
};

const textSpaceOf = ({ config, tokenizer }: TextEncoder, encoder: NetworkRunner, { classes }: Sidecar) =>
  makeTextSpace({
    encoder,
    tokens: tokenizer.length,
    width: config.width,
    ...(classes ? { classes } : {}),
    tokenize(prompt) {
      const ids = promptRow(tokenizer, prompt);
      checkIds([ids], config);
      return ids;
    },
  });
