export { type Adaptive, type AdaptiveOptions, adaptive } from './augment/adaptive.ts';
export { type AugmentDatasetOptions, type AugmentedDataset, augmentDataset } from './augment/augmentDataset.ts';
export type { AugmentOptions } from './augment/augmentOptions.ts';
export { type BoomerangOptions, boomerang } from './augment/boomerang.ts';
export { type Augment, augmentFrom, boomerangAugment } from './augment/boomerangAugment.ts';
export { type CacheStats, type LatentCache, memoryCache } from './augment/cache.ts';
export { type CalibratedStrength, type Calibration, calibrateStrength } from './augment/calibrate.ts';
export type { CalibrationGoal } from './augment/calibrateGoal.ts';
export type { Interval } from './augment/calibrateIntervals.ts';
export type { CalibrateOptions } from './augment/calibrateOptions.ts';
export type { Met } from './augment/calibrateSearch.ts';
export { type ClassicalStats, classical } from './augment/classical/classical.ts';
export type { ClassicalOptions, Operations } from './augment/classical/operations.ts';
export type { RandAugment } from './augment/classical/randAugment.ts';
export type { Fill } from './augment/classical/resample.ts';
export type { Classifier } from './augment/classifier.ts';
export { compose } from './augment/compose.ts';
export type { AugmentConfig, LiveOptions } from './augment/config.ts';
export type { Element } from './augment/elements.ts';
export type { EpochCallback, EpochLogs } from './augment/epochCallback.ts';
export type { ImageKey } from './augment/images.ts';
export type { DistanceBounds, Keep } from './augment/keep.ts';
export type { LabelSource } from './augment/labels.ts';
export type { AugmentCounts, AugmentStats } from './augment/ledger.ts';
export { planReturn, type ReturnOptions, type ReturnPlan } from './augment/plan.ts';
export { replay, type VariantRecord } from './augment/record.ts';
export {
  constant,
  cosine,
  cyclic,
  during,
  type EpochPoint,
  type ProgressSchedule,
  perEpoch,
  ramp,
  type Schedule,
  type ScheduleConfig,
  stepwise,
  warmUp,
} from './augment/schedules.ts';
export type { Selection } from './augment/select.ts';
export { type SlowLearners, type SlowLearnersOptions, slowLearners } from './augment/slowLearners.ts';
export type { AugmentState } from './augment/state.ts';
export { byClass, type ImagePoint, type Strength, type StrengthChoice } from './augment/strength.ts';
export { tieredCache } from './augment/tieredCache.ts';
export type { ByName, Transform } from './augment/transform.ts';
export type { Turn } from './augment/turn.ts';
export type { ScheduleDescription } from './checkpoints/describedScheduler.ts';
export type { Dtype, StoredTensor, TensorData } from './checkpoints/dtypes.ts';
export { type Folder, memoryFolder } from './checkpoints/folder.ts';
export { parseSafetensors } from './checkpoints/safetensors.ts';
export { parseSchedulerConfig, type SchedulerConfig } from './checkpoints/schedulerConfig.ts';
export type { ModelDescription } from './checkpoints/sidecar.ts';
export { writeSafetensors } from './checkpoints/writeSafetensors.ts';
export type { Weight } from './engines/tfjs/parameters.ts';
export { ArgumentError, BoomerangError, CheckpointError, EnvironmentError } from './errors.ts';
export { loadModel, type WebLoadOptions } from './models/loadModel.ts';
export { makeModel } from './models/makeModel.ts';
export type { Conditions, Engine, LabelSpace, Model, ModelFacts, Numbers, Runner } from './models/model.ts';
export { openModel } from './models/openModel.ts';
export type { Layout, PortNames } from './networks/binding.ts';
export type { CosineOptions } from './noise/betas.ts';
export { type ReturnGridOptions, returnSigmas, type Spacing } from './noise/grids.ts';
export { type KarrasOptions, karrasSigmas } from './noise/karras.ts';
export type { Leg, Level } from './noise/leg.ts';
export { type NoiseSchedule, sigmaAt, timestepAt } from './noise/schedule.ts';
export { type ResolvedStrength, resolveStrength, type StrengthSpec } from './noise/strength.ts';
export type {
  Denoiser,
  Estimate,
  Evaluation,
  Memory,
  Prediction,
  SolveAsyncOptions,
  SolveOptions,
  Solver,
  SolverOptions,
  State,
  Step,
  WalkOptions,
} from './solvers/index.ts';
export { legsOf, makeSolver, SOLVERS, solve, solveAsync } from './solvers/index.ts';
export type { ImageShape } from './tensors/noise.ts';
export type { ImageRange } from './tensors/range.ts';
export { PRESETS } from './train/presets.ts';
export { trainDenoiser } from './train/trainDenoiser.ts';
export type { TrainingState } from './train/trained.ts';
export { collectImages, type TrainingData } from './train/trainingData.ts';
export type { StepReport, TrainedDenoiser, Training, TrainOptions } from './train/trainOptions.ts';
export { registerWasmTrainingKernels } from './train/wasmKernels.ts';
