/** How far the download of a file has come. */
export type DownloadProgress = {
  /** Path of the file within the model or the data set. */
  readonly file: string;
  /** Bytes that are there, those of earlier attempts among them. */
  readonly done: number;
  /** Bytes of the file; 0 where a server does not say. */
  readonly total: number;
};
