import type { Choice } from '../choice.ts';
import { literal } from './curveCode.ts';
import { judgeCode } from './judge.ts';
import type { Opening } from './opening.ts';
import type { Meaning, Setting, Settings } from './settings.ts';

/** Where a program finds what it works with, and how it opens it. */
export type Places = {
  /** Of the model and the data set, as they were typed. */
  readonly model: string;
  readonly data: string;
  readonly opening: Opening;
  /** Version of the library. */
  readonly version: string;
};

export type Programmed = { readonly choice: Choice; readonly settings: Settings; readonly meaning: Meaning };

/** A whole program that trains a small network with what was chosen. */
export const programFor = (places: Places, programmed: Programmed): string => {
  const { choice, settings, meaning } = programmed;
  const isAdaptive = choice.schedule.adaptive !== undefined;
  const needsMap = settings.options.some(({ code }) => code === 'modelLabels');
  return [
    headOf(places, settings, isAdaptive),
    openingOf(places),
    ...(meaning.told !== undefined && (needsMap || isAdaptive) ? [toldCode(meaning.told, needsMap)] : []),
    ...(isAdaptive ? [judgeCode(choice, meaning)] : []),
    augmentOf(settings, isAdaptive),
    trainingOf(choice),
  ].join('\n');
};

const headOf = ({ version }: Places, { imports }: Settings, isAdaptive: boolean): string => {
  const own = [
    'boomerangAugment',
    'chooseBackend',
    'loadModel',
    'openImages',
    'registerWasmTrainingKernels',
    'withLabels',
  ];
  const all = [...new Set([...own, ...imports, ...(isAdaptive ? ['boomerang'] : [])])].sort();
  return `// Trains with the augmentation that was chosen in the studio of tfjs-boomerang ${version}. Start it with
//   npx tsx train.ts
// in the folder in which the studio was started: the places of the model and of the images are as they were typed there.
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import {
${all.map((name) => `  ${name},`).join('\n')}
} from 'tfjs-boomerang';
`;
};

const optionsCode = (options: Readonly<Record<string, unknown>>): string =>
  Object.entries(options)
    .map(([name, value]) => `${name}: ${literal(value)}`)
    .join(', ');

const openingOf = ({ model, data, opening }: Places): string => {
  const load = Object.keys(opening.load).length === 0 ? '' : `, { ${optionsCode(opening.load)} }`;
  const backend = opening.backend === undefined ? '' : `{ backend: ${literal(opening.backend)} }`;
  const images = [
    'size: [height, width], channels',
    ...(optionsCode(opening.images) ? [optionsCode(opening.images)] : []),
  ];
  return `await chooseBackend(${backend});
if (tf.getBackend() === 'wasm') registerWasmTrainingKernels(); // wasm has no gradients of convolutions itself
export const model = await loadModel(${literal(model)}${load});
const [height, width, channels] = model.imageShape;
export const images = withLabels(await openImages(${literal(data)}, { ${images.join(', ')} }), ${literal(data)});
`;
};

const toldCode = (
  told: readonly number[],
  isMapped: boolean,
): string => `/** What the model calls each class of the images. */
const TOLD = ${literal(told)};
${
  isMapped
    ? `const modelLabels = (element: unknown): number[] => {
  const { ys } = element as { ys: tf.Tensor };
  return Array.from(tf.tidy(() => tf.argMax(ys, -1).dataSync()), (label) => TOLD[label] as number);
};
`
    : ''
}`;

const lineOf = ({ name, code, why }: Setting): string =>
  `  ${name === code ? name : `${name}: ${code}`},${why === undefined || name === code ? '' : ` // ${why}`}`;

const augmentOf = ({ options }: Settings, isAdaptive: boolean): string => {
  const strength = options.find(({ name }) => name === 'strength');
  const schedule = isAdaptive
    ? `// Rises while more labels are kept than the target says, and falls while fewer are.\nconst strength = ${strength?.why};\n\n`
    : '';
  return `${schedule}export const augment = boomerangAugment({
  model,
${options.map(lineOf).join('\n')}
});
augment.log('runs'); // to look at while it trains: boomerang studio … --runs runs
`;
};

const trainingOf = ({
  seed,
  schedule,
}: Choice): string => `// A small network, so that this runs as it is. Your own goes here.
const network = sequential({
  layers: [
    layers.conv2d({ inputShape: [height, width, channels], filters: 16, kernelSize: 3, padding: 'same', activation: 'relu' }),
    layers.maxPooling2d({ poolSize: 2 }),
    layers.conv2d({ filters: 32, kernelSize: 3, padding: 'same', activation: 'relu' }),
    layers.globalAveragePooling2d({}),
    layers.dense({ units: images.classes.length, activation: 'softmax' }),
  ],
});
network.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy', metrics: ['accuracy'] });

const dataset = images.dataset({ batch: 32, shuffle: ${literal(seed)} }).mapAsync((batch) => augment.async(batch));
await network.fitDataset(dataset, { epochs: ${schedule.epochs}, callbacks: augment.callback() });

const { changed, images: seen } = augment.stats();
console.log(\`\${changed} of \${seen} images were variants\`);
`;
