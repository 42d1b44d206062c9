/** How the model and the images were opened, beside their places: what a program has to say to open the same. */
export type Opening = {
  /** For `loadModel`, what differs from its defaults. */
  readonly load: Readonly<Record<string, unknown>>;
  /** For `openImages`. */
  readonly images: Readonly<Record<string, unknown>>;
  /** For `chooseBackend`, where one was named. */
  readonly backend?: string;
};

export const PLAIN_OPENING: Opening = { load: {}, images: {} };
