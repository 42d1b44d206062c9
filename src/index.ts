export { type Anonymised, anonymise } from './apps/anonymise/anonymise.ts';
export { type AnonymiserOptions, anonymiser } from './apps/anonymise/anonymiser.ts';
export { type AttackOptions, attackReport } from './apps/anonymise/attacks/attackReport.ts';
export type { Attack, AttackReport, Attacks } from './apps/anonymise/attacks/attacks.ts';
export type { Replayed, Replays } from './apps/anonymise/attacks/replayed.ts';
export type { Box } from './apps/anonymise/boxes.ts';
export type { CurvePoint } from './apps/anonymise/choose.ts';
export {
  comparePlain,
  type PlainComparison,
  type PlainCopies,
  type PlainOptions,
  type Weighed,
} from './apps/anonymise/comparePlain.ts';
export type { UtilityName } from './apps/anonymise/compareUtilities.ts';
export {
  type Attributes,
  type Detector,
  type Embedded,
  type Embedder,
  embedAll,
  type Pictures,
  type Seen,
  type Vectors,
} from './apps/anonymise/embedder.ts';
export { FATES, type Fate } from './apps/anonymise/fates.ts';
export type { Frechet } from './apps/anonymise/frechet.ts';
export type { ByRank, IdentityReport, Recognised, Verification } from './apps/anonymise/identity.ts';
export { type IdentityOptions, identityReport } from './apps/anonymise/identityReport.ts';
export type { Judging } from './apps/anonymise/judgePairs.ts';
export type { KeptAttribute } from './apps/anonymise/keptAttributes.ts';
export type { Method, MethodCall } from './apps/anonymise/method.ts';
export type { AnonymiseOptions } from './apps/anonymise/options.ts';
export { blur, pixelate } from './apps/anonymise/plain.ts';
export type { Picture, Regions } from './apps/anonymise/regions/regions.ts';
export type { AnonymityReport, Chosen, Counts, IdentitySummary, SplitSizes, Spread } from './apps/anonymise/report.ts';
export type { NoFace, OnProgress, Phase, Region } from './apps/anonymise/run.ts';
export { drawSecret } from './apps/anonymise/secret.ts';
export type { Share } from './apps/anonymise/shares.ts';
export { type Utility, type UtilityOptions, utilityOf } from './apps/anonymise/utility.ts';
export { type CascadeThrow, fallingCascade, type PlainThrow } from './apps/enhance/cascade.ts';
export {
  type CascadeCalibration,
  calibrateCascade,
  mostCascadeEvaluations,
} from './apps/enhance/cascades/calibrateCascade.ts';
export type {
  CascadeChoice,
  CascadePoint,
  MeanEstimate,
  QualityEstimates,
} from './apps/enhance/cascades/chooseCascade.ts';
export type { MeasuredCascade, Qualities } from './apps/enhance/cascades/measured.ts';
export type { CascadeGoal, CascadeOptions } from './apps/enhance/cascades/options.ts';
export type { Degradation, Degrade, Trust } from './apps/enhance/degrade/degradation.ts';
export type { Edges } from './apps/enhance/degrade/lines.ts';
export { masked } from './apps/enhance/degrade/masked.ts';
export { bicubic, blockMeans, blurred } from './apps/enhance/degrade/scalings.ts';
export { type Enhanced, enhance } from './apps/enhance/enhance.ts';
export type { EnhanceOptions } from './apps/enhance/options.ts';
export { gmsd, multiScaleGmsd } from './apps/enhance/quality/gmsd.ts';
export { psnr } from './apps/enhance/quality/psnr.ts';
export { ssim } from './apps/enhance/quality/ssim.ts';
export { type Bank, type BankOptions, memoryBank } from './caches/bank.ts';
export { type CacheStats, type LatentCache, type MemoryCacheOptions, memoryCache } from './caches/cache.ts';
export { tieredCache } from './caches/tieredCache.ts';
export { type CalibratedStrength, type Calibration, calibrateStrength } from './calibrate/calibrate.ts';
export type { CalibrationGoal } from './calibrate/goal.ts';
export type { Interval } from './calibrate/intervals.ts';
export type { CalibrateOptions } from './calibrate/options.ts';
export type { Met } from './calibrate/search.ts';
export type { ScheduleDescription } from './checkpoints/describedScheduler.ts';
export type { Dtype, StoredTensor, TensorData } from './checkpoints/dtypes.ts';
export { type Folder, memoryFolder } from './checkpoints/folder.ts';
export { parseSafetensors } from './checkpoints/safetensors.ts';
export { type Consistency, parseSchedulerConfig, type SchedulerConfig } from './checkpoints/schedulerConfig.ts';
export type { ModelDescription } from './checkpoints/sidecar.ts';
export { writeSafetensors } from './checkpoints/writeSafetensors.ts';
export type { Weight } from './engines/tfjs/parameters.ts';
export { ArgumentError, BoomerangError, CheckpointError, EnvironmentError, NumericError } from './errors.ts';
export type { Classifier } from './models/classifier.ts';
export type { DownloadProgress } from './models/downloadProgress.ts';
export type { ImageSize, PipelineOptions } from './models/loadOptions.ts';
export { type ModelParts, makeModel } from './models/makeModel.ts';
export type {
  Coder,
  Condition,
  Conditions,
  Engine,
  LabelSpace,
  Model,
  ModelFacts,
  Numbers,
  Precision,
  Runner,
  TextSpace,
} from './models/model.ts';
export { type LoadedAutoencoder, openAutoencoder } from './models/openAutoencoder.ts';
export { openModel } from './models/openModel.ts';
export { type LoadedTextEncoder, openTextEncoder, type TextEncoderOptions } from './models/openTextEncoder.ts';
export { openTokenizer } from './models/openTokenizer.ts';
export type { PortNames } from './networks/binding.ts';
export type { Layout } from './networks/imageLayout.ts';
export type { CosineOptions } from './noise/betas.ts';
export { type ReturnGridOptions, returnSigmas, type Spacing } from './noise/grids.ts';
export { type KarrasOptions, karrasSigmas } from './noise/karras.ts';
export type { Leg, Level } from './noise/leg.ts';
export { type NoiseSchedule, sigmaAt, timestepAt } from './noise/schedule.ts';
export { type ResolvedStrength, resolveStrength, type StrengthSpec } from './noise/strength.ts';
export type { Address, ImageKey } from './returns/address.ts';
export { boomerang } from './returns/boomerang.ts';
export type { BoomerangOptions } from './returns/boomerangOptions.ts';
export type { Fit as ReturnFit } from './returns/fit.ts';
export { planReturn, type ReturnPlan } from './returns/plan.ts';
export type { LatentPrecision } from './returns/precision.ts';
export type { VariantRecord } from './returns/record.ts';
export { replay } from './returns/replay.ts';
export type { ReturnOptions } from './returns/returnOptions.ts';
export { type Adaptive, type AdaptiveOptions, adaptive } from './schedules/adaptive.ts';
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
} from './schedules/schedules.ts';
export { byClass, type ImagePoint, type Strength, type StrengthChoice } from './schedules/strength.ts';
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
export type { Prompt } from './text/prompt.ts';
export type { Tokenizer } from './text/tokenizer.ts';
export { type EncodeOptions, encodeImages, type Latents, latentData, latentScale } from './train/encodeImages.ts';
export { estimateTraining, type TrainingEstimate } from './train/estimateTraining.ts';
export { PRESETS } from './train/presets.ts';
export { trainAutoencoder } from './train/trainAutoencoder.ts';
export { trainDenoiser } from './train/trainDenoiser.ts';
export type { TrainingState } from './train/trained.ts';
export { collectImages, type TrainingData } from './train/trainingData.ts';
export type {
  AutoencoderOptions,
  RunOptions,
  StepReport,
  TrainedAutoencoder,
  TrainedDenoiser,
  TrainedRun,
  Training,
  TrainOptions,
} from './train/trainOptions.ts';
export { registerWasmTrainingKernels } from './train/wasmKernels.ts';
export { type AugmentDatasetOptions, type AugmentedDataset, augmentDataset } from './transforms/augmentDataset.ts';
export type { AugmentConfig, AugmentState } from './transforms/boomerang/augmentState.ts';
export {
  type Augment,
  augmentFrom,
  boomerangAugment,
  type EpochLogOptions,
} from './transforms/boomerang/boomerangAugment.ts';
export type { LiveOptions } from './transforms/boomerang/config.ts';
export type { EpochEnd, HearEpoch } from './transforms/boomerang/epochEnds.ts';
export type { DistanceBounds, Keep } from './transforms/boomerang/filters.ts';
export type { AugmentCounts, AugmentStats } from './transforms/boomerang/ledger.ts';
export type { AugmentOptions } from './transforms/boomerang/options.ts';
export type { Selection } from './transforms/boomerang/select.ts';
export {
  type SlowLearners,
  type SlowLearnersOptions,
  type SlowLearnersState,
  slowLearners,
} from './transforms/boomerang/slowLearners.ts';
export { type ClassicalStats, classical } from './transforms/classical/classical.ts';
export type { ClassicalOptions, Operations } from './transforms/classical/operations.ts';
export type { RandAugment } from './transforms/classical/randAugment.ts';
export type { Fill } from './transforms/classical/resample.ts';
export { type ComposedState, compose } from './transforms/compose.ts';
export type { Element, Place } from './transforms/elements.ts';
export type { EpochCallback, EpochLogs } from './transforms/epochCallback.ts';
export type { LabelSource } from './transforms/labels.ts';
export type { Naming } from './transforms/naming.ts';
export type { Copy, Outcome, Pass, Stage, Transform, TransformState } from './transforms/transform.ts';
export type { KeptOptions } from './web/keep/keptFolder.ts';
export { loadModel, type WebLoadOptions } from './web/loadModel.ts';
export { loadAutoencoder, loadTextEncoder, loadTokenizer } from './web/loadParts.ts';
export type { Device as WebDevice } from './web/onnx/device.ts';
