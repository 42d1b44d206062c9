import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type SlowLearners, slowLearners } from 'tfjs-boomerang';
import { makeClassifier } from '../../examples/classifier/model.ts';
import { ARMS, type Arm } from './arms.ts';
import type { Bench, Task } from './bench.ts';
import { fuse } from './fused.ts';
import { measureAccuracy, measureLosses } from './measureClassifier.ts';
import { measureTrust } from './measureTrust.ts';
import { openPipeline } from './pipeline.ts';
import type { RunRecord } from './record.ts';
import { stepsFor, TEACHER } from './settings.ts';
import { labelledPlaces } from './split.ts';
import { makeTeacher, type Teacher } from './teacher.ts';
import { trainSteps } from './trainSteps.ts';

export type Trained = Pick<
  RunRecord,
  'accuracy' | 'validation' | 'curve' | 'seconds' | 'variants' | 'taught' | 'trust'
>;

type OnProgress = (share: number) => void;

/** Trains one classifier as an arm wants it, and measures it once on the test images. */
export const trainArm = async (all: Bench, task: Task, onProgress: OnProgress): Promise<Trained> => {
  const settings = { ...all.settings, ...task.arm.changes, steps: stepsFor(all.settings, task.perClass) };
  const bench = { ...all, settings };
  const { train, test, split } = bench;
  const places = labelledPlaces(train, split.rest, { ...task, rare: settings.rare });
  const start = performance.now();
  const keeper = task.arm.filter ? await trainKeeper(bench, task, places) : undefined;
  const slow = task.arm.slow ? slowLearners({ share: settings.slow }) : undefined;
  const teacher = teacherOf(bench, task);
  const pipeline = await openPipeline(bench, { ...task, places, keeper, teacher, selects: slow?.selects });
  const bank = (performance.now() - start) / 1000;
  const classifier = newClassifier(bench, task);
  try {
    const recordLosses = slow && lossRecorder(bench, { classifier, places, slow });
    const afterStep = (step: number): void => {
      recordLosses?.(step);
      teacher?.follow(classifier);
      onProgress(step / settings.steps);
    };
    const { curve, ...seconds } = await trainSteps(bench, { classifier, pipeline, afterStep });
    const validation = measureAccuracy(classifier, train, split.validation);
    const told = settings.on === 'test' ? { images: test, places: allOf(test.count) } : undefined;
    return {
      accuracy: told ? measureAccuracy(classifier, told.images, told.places) : validation,
      validation,
      curve,
      seconds: { ...seconds, bank },
      variants: pipeline.variants(),
      trust: measureTrust(classifier, told ?? { images: train, places: split.validation }),
      ...(teacher ? { taught: teacher.transform.stats() } : {}),
    };
  } finally {
    classifier.dispose();
    keeper?.dispose();
    teacher?.dispose();
  }
};

const newClassifier = ({ train }: Bench, { seed }: Task): LayersModel =>
  fuse(makeClassifier({ imageShape: train.imageShape, classes: train.classes?.length ?? 0, seed: seed + 1 }));

const teacherOf = (bench: Bench, task: Task): Teacher | undefined => {
  const { teacher: sees } = task.arm;
  const settings = { ...TEACHER, ...bench.settings.teacher };
  return sees && makeTeacher(newClassifier(bench, task), { ...settings, sees, images: bench.train });
};

/** A classifier that has seen the same labels, and no variant. */
const trainKeeper = async (bench: Bench, task: Task, places: readonly number[]): Promise<LayersModel> => {
  const arm = ARMS['classical'] as Arm;
  const classifier = newClassifier(bench, task);
  await trainSteps(bench, { classifier, pipeline: await openPipeline(bench, { ...task, arm, places }) });
  return classifier;
};

type Recording = {
  readonly classifier: LayersModel;
  readonly places: readonly number[];
  readonly slow: SlowLearners;
};

/** Records the loss of every image three times within the first fifth of the training, and then settles. */
const lossRecorder = ({ train, settings }: Bench, { classifier, places, slow }: Recording) => {
  const moments = [1, 2, 3].map((n) => Math.ceil((n * settings.steps) / 15));
  return (step: number): void => {
    if (!moments.includes(step)) return;
    const losses = measureLosses(classifier, train, places);
    for (const [n, place] of places.entries()) slow.record(place, losses[n] as number);
    if (step === moments.at(-1)) slow.settle();
  };
};

const allOf = (count: number): readonly number[] => Array.from({ length: count }, (_, place) => place);
