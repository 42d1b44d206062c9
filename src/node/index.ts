export * from '../index.ts';
export {
  type BackendChoice,
  type BackendFault,
  type BackendName,
  type BackendOptions,
  chooseBackend,
  describeBackend,
} from './backend.ts';
export { userCacheFolder } from './cacheFolder.ts';
export { type ContactSheet, contactSheet } from './contactSheet.ts';
export { type DownloadFilesOptions, downloadFiles, type PublishedFile } from './data/downloadFiles.ts';
export type { Fit } from './data/fitImage.ts';
export type { DatasetOptions, ImageElement, LabelledElement } from './data/imageDataset.ts';
export { type ImageSet, type ImageSetParts, imageSet, type Labelling } from './data/imageSet.ts';
export { isLabelled, type LabelledImages, withLabels } from './data/labelledImages.ts';
export { type OpenImagesOptions, openImages } from './data/openImages.ts';
export type { Folders } from './data/parts.ts';
export type { Part, SkippedImage } from './data/source.ts';
export { diskBank } from './diskCache/diskBank.ts';
export { type DiskCache, type DiskCacheOptions, type DiskCacheStats, diskCache } from './diskCache/diskCache.ts';
export { type CacheContents, clearCache, inspectCache } from './diskCache/inspect.ts';
export { loadEmbedder } from './embedders/loadEmbedder.ts';
export type { OpenEmbedder } from './embedders/openEmbedder.ts';
export { augmentDataset, augmentFrom, boomerangAugment } from './epochLog/augment.ts';
export type { EpochLog } from './epochLog/line.ts';
export { type DiskFolder, openFolder } from './folder.ts';
export { type FetchOptions, fetchModel } from './hub/fetchModel.ts';
export { type IdxArray, type IdxDataset, readIdx, readIdxDataset } from './idx.ts';
export { type ReadImageOptions, readImage, writePng } from './images.ts';
export { type LoadOptions, loadModel } from './loadModel.ts';
export { loadAutoencoder, loadTextEncoder, loadTokenizer } from './loadParts.ts';
export { type Exported, type ExportOptions, exportOnnx } from './onnx/exportOnnx.ts';
export type { SessionOptions } from './onnx/sessionOptions.ts';
export { checkWritable, writeWhole } from './output.ts';
export { type OpenBank, type OpenBankOptions, openBank } from './runs/openBank.ts';
export type { FormatName, RunPlan } from './runs/plan.ts';
export type { BankDatasetOptions } from './runs/readBack/bankDataset.ts';
export type { Device } from './sessions/device.ts';
export { type EpsilonError, type EpsilonErrorOptions, epsilonError } from './training/epsilonError.ts';
export type {
  FolderTrained,
  FolderTraining,
  StageFound,
  StageTrained,
  TrainingPlan,
} from './training/folderTraining.ts';
export type { HeldOutPoint, Point } from './training/history.ts';
export type { LookSize } from './training/look.ts';
export type { AutoencoderParts, DenoiserParts } from './training/modelFiles.ts';
export { writeModel } from './training/modelFiles.ts';
export { planTraining } from './training/plan.ts';
export { describeQuality, type Quality, qualityOf } from './training/quality.ts';
export type { ReconstructionError } from './training/reconstructionError.ts';
export type { RunLength, StageName } from './training/stage.ts';
export { trainFolder } from './training/trainFolder.ts';
