import { basename, resolve } from 'node:path';
import type { Architecture } from '../../networks/architecture.ts';
import { parameterShapes } from '../../networks/parameterShapes.ts';
import { parseAutoencoder } from '../../networks/parseAutoencoder.ts';
import { unet2d } from '../../networks/unet2d.ts';
import { parseUNet2DConfig } from '../../networks/unet2dConfig.ts';
import { BOLDNESS } from './autoencoderStage.ts';
import type { FolderTrained, FolderTraining } from './folderTraining.ts';
import type { History } from './history.ts';

type Run = {
  readonly out: string;
  readonly training: FolderTraining;
  readonly trained: FolderTrained;
  readonly history: History;
  readonly hasSheet: boolean;
};

/** The card of a model: what it is, what it has seen, how good it is, and what is still to be written by its maker. */
export const modelCard = ({ out, training, trained, history, hasSheet }: Run): string => {
  const { images, model, batchSize, about, flip, seed, learningRate = 4e-4 } = training;
  const name = basename(resolve(out));
  const [height, width, channels] = images.imageShape;
  const classes =
    model.config['num_class_embeds'] === undefined
      ? 'no classes'
      : `${images.classes?.length} classes, the last label is "no class"`;
  const cells = [
    ['Network', `\`UNet2DModel\` of diffusers, ${parametersOf(unet2d(parseUNet2DConfig(model.config)))}`],
    ...autoencoderCells(training),
    ['Images', `${width} x ${height}, ${channels === 1 ? 'grey' : 'colour'}, in [-1, 1]`],
    ['Labels', classes],
    ['Trained on', `${about.data}: ${images.count} images, digest \`${images.digest}\``],
    [
      'Training',
      `${stepsOf(trained)} of ${batchSize} images in ${trained.minutes.toFixed(1)} minutes on ${about.backend}`,
    ],
    [
      'Settings',
      `AdamW, peak learning rate ${learningRate}${autoencoderRate(training)}, seed ${seed}${flip ? ', mirrored at random' : ''}`,
    ],
    ['Licence', 'to be filled in; that of the images counts, too'],
  ];
  const isUnfinished = !training.accept && trained.quality?.isUsable === false;
  return `# ${name}${isUnfinished ? ': not yet a model' : ''}

${isUnfinished ? UNFINISHED : 'A diffusion model made with `boomerang train`.'}

| | |
|---|---|
${cells.map(([what, value]) => `| ${what} | ${value} |`).join('\n')}

## How good it is

${quality(trained, history)}

${reconstruction(trained)}The training loss, smoothed over about 100 steps, ended at ${trained.loss?.toFixed(4) ?? 'nothing: no step was taken'}.

![losses](losses.png)
${hasSheet ? '\n![held-out images, variants of them, and samples](samples.png)\n' : ''}
${isUnfinished ? 'To go on: the same command with `--resume`, and more minutes in it.\n' : usage(name, model.autoencoder !== undefined)}
## What it is for, and what not

To be filled in by who knows the images: what they show, who is in them, and what the model should not be used for. A
model can give back what it has seen: keep it as close as the images it learned from.
`;
};

/** What stands where a card says what a model is. */
const UNFINISHED = 'A training with `boomerang train` that ended before images take shape: what it draws is noise.';

const usage = (name: string, isLatent: boolean): string => `## How to use it

\`\`\`ts
const model = await loadModel('${name}');
\`\`\`

\`\`\`sh
boomerang sample IMAGE --model ${name}
\`\`\`

\`\`\`python
${isLatent ? `LDMPipeline.from_pretrained('${name}')` : `UNet2DModel.from_pretrained('${name}', subfolder='unet')`}
\`\`\`
`;

const quality = ({ heldOut, quality: worth, isStopped }: FolderTrained, { heldOut: looks }: History): string => {
  if (heldOut === undefined || worth === undefined) return 'Not measured on images that it has not seen.';
  const fifths = heldOut.fifths.map((value) => value.toFixed(4)).join(', ');
  const first = looks.length > 1 ? ` At step ${looks[0]?.step} it was ${looks[0]?.error.toFixed(4)}.` : '';
  const last = isStopped ? ` (at step ${heldOut.step}; the run was stopped later)` : '';
  return `${[worth.text, worth.outlook].filter(Boolean).join(' ')}

Mean squared epsilon error on ${heldOut.images} images that were kept out of training${last}: **${heldOut.error.toFixed(4)}**.
By fifths of the schedule, from clean to noisy: ${fifths}.${first}`;
};

const autoencoderCells = ({ model: { autoencoder } }: FolderTraining): string[][] => {
  if (autoencoder === undefined) return [];
  const { encoder, decoder, factor, latentChannels } = parseAutoencoder(autoencoder);
  const what = `\`AutoencoderTiny\` of diffusers, ${parametersOf(encoder, decoder)}`;
  return [['Autoencoder', `${what}; ${factor} x ${factor} pixels become one latent of ${latentChannels} numbers`]];
};

const autoencoderRate = ({ model, learningRate = 4e-4 }: FolderTraining): string =>
  model.autoencoder ? ` (autoencoder ${learningRate * BOLDNESS})` : '';

const stepsOf = ({ steps, autoencoder }: FolderTrained): string =>
  autoencoder ? `${autoencoder.steps} steps of the autoencoder, then ${steps} of the network,` : `${steps} steps`;

/** How well images come back of the autoencoder, for a model that has one. */
const reconstruction = ({ autoencoder }: FolderTrained): string => {
  if (autoencoder === undefined) return '';
  const { heldOut } = autoencoder;
  const charts = '![losses of the autoencoder](autoencoder-losses.png)';
  if (heldOut === undefined) return `How well images come back of the autoencoder was not measured.\n\n${charts}\n\n`;
  const { images, error, psnr, step } = heldOut;
  const figures = `mean squared error **${error.toFixed(5)}** in [-1, 1], that is ${psnr.toFixed(1)} dB`;
  return `${images} images that were kept out come back of the autoencoder, as it was at step ${step}, with a
${figures}: no variant is nearer to its image than that. The error above is that of the network among latents.

${charts}

![held-out images, and what comes back of them](reconstructions.png)

`;
};

const parametersOf = (...architectures: readonly Architecture[]): string => {
  const shapes = architectures.flatMap((architecture) => [...parameterShapes(architecture).values()]);
  const count = shapes.reduce((sum, shape) => sum + shape.reduce((size, length) => size * length, 1), 0);
  return `${count.toLocaleString('en')} parameters`;
};
