import type { ImageSet } from '../node/data/imageSet.ts';
import type { FolderTrained, FolderTraining, TrainingPlan } from '../node/training/folderTraining.ts';
import { skippedText } from './skippedText.ts';
import { describeTime } from './trainProgress.ts';

/** What is learned from, for people. */
export const describeData = (images: ImageSet): string => {
  const { count, imageShape, classes } = images;
  const kinds = classes ? ` of ${classes.length} classes` : '';
  return `${count} images of ${imageShape[1]} x ${imageShape[0]}${kinds}\n${skippedText(images)}`;
};

/** What a training will take, for people. */
export const describePlan = (plan: TrainingPlan, { batchSize, minutes }: FolderTraining): string => {
  const { steps, look } = plan;
  const seen = look.sheetSteps > 0 ? `${look.held} held-out images and a sheet` : `${look.held} held-out images`;
  const end = look.held > 0 ? `the look at ${seen} about ${describeTime(look.seconds)}` : 'no images are held out';
  const length = minutes === undefined ? `${steps} steps` : `about ${steps} steps`;
  const first = plan.autoencoder;
  return [
    ...(first ? [`autoencoder: ${describeSpeed(first, batchSize)}; ${first.steps} steps or so`] : []),
    `${first ? 'denoiser: ' : ''}${describeSpeed(plan, batchSize)}`,
    `${length} and what ${first ? 'goes before and ' : ''}follows take about ${describeTime(plan.minutes * 60)}; ${end}`,
    '',
  ].join('\n');
};

const describeSpeed = (
  { secondsPerStep, imagesPerSecond, microBatch, bytes }: TrainingPlan,
  batchSize: number,
): string => {
  const parts = microBatch < batchSize ? `, ${microBatch} of its ${batchSize} images at a time` : '';
  return `${secondsPerStep.toFixed(2)} s a step, ${imagesPerSecond.toFixed(1)} images a second; memory ${describeBytes(bytes)}${parts}`;
};

const describeBytes = (bytes: number): string =>
  bytes < 1e9 ? `about ${Math.ceil(bytes / 1e6)} MB` : `about ${(bytes / 1e9).toFixed(1)} GB`;

/** What came of a training, for people. */
export const describeRun = ({
  steps,
  minutes,
  loss,
  heldOut,
  quality,
  isStopped,
  autoencoder,
}: FolderTrained): string =>
  [
    ...(autoencoder ? describeAutoencoder(autoencoder) : []),
    `steps           ${steps}`,
    `minutes         ${minutes.toFixed(1)}`,
    `training loss   ${loss?.toFixed(4) ?? 'none: no step was taken'}`,
    `held-out error  ${heldOut ? heldOut.error.toFixed(4) : `not measured: ${isStopped ? 'stopped before' : 'too few images'}`}`,
    ...(heldOut ? [`  by fifth      ${heldOut.fifths.map((value) => value.toFixed(4)).join(' ')}`] : []),
    ...(quality ? [[quality.text, quality.outlook].filter(Boolean).join(' ')] : []),
    '',
  ].join('\n');

const describeAutoencoder = ({ steps, heldOut }: NonNullable<FolderTrained['autoencoder']>): string[] => [
  `autoencoder     ${steps} steps, ${heldOut ? `${heldOut.psnr.toFixed(1)} dB on held-out images` : 'not measured'}`,
];
