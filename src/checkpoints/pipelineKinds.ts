/** Classes of the parts that a pipeline must have, by the name of their folder; a scheduler says its class itself. */
type Parts = Readonly<Record<string, readonly string[] | undefined>>;

/** What pipelines of some classes are made of. */
export type PipelineKind = {
  readonly classes: readonly string[];
  readonly parts: Parts;
  /** The folder of the autoencoder, for a pipeline that walks in latents. */
  readonly autoencoder?: string;
  /** Whether prompts tell the network what to make. */
  readonly hasText: boolean;
  /** Parts that change no picture that comes back, and are left aside, aloud. */
  readonly aside: readonly string[];
};

/** Of a network on pixels, also where no index says what a folder is. */
export const PIXELS: PipelineKind = {
  classes: ['DDPMPipeline', 'DDIMPipeline', 'PNDMPipeline'],
  parts: { unet: ['UNet2DModel'], scheduler: undefined },
  hasText: false,
  aside: [],
};

const AUTOENCODERS = ['AutoencoderKL', 'AutoencoderTiny', 'VQModel'];

/** Every kind of pipeline that is opened. */
export const PIPELINE_KINDS: readonly PipelineKind[] = [
  PIXELS,
  {
    classes: ['LDMPipeline'],
    parts: { unet: ['UNet2DModel'], vqvae: AUTOENCODERS, scheduler: undefined },
    autoencoder: 'vqvae',
    hasText: false,
    aside: [],
  },
  {
    classes: [
      'StableDiffusionPipeline',
      'StableDiffusionImg2ImgPipeline',
      'LatentConsistencyModelPipeline',
      'LatentConsistencyModelImg2ImgPipeline',
    ],
    parts: {
      unet: ['UNet2DConditionModel'],
      vae: AUTOENCODERS,
      text_encoder: ['CLIPTextModel'],
      tokenizer: ['CLIPTokenizer', 'CLIPTokenizerFast'],
      scheduler: undefined,
    },
    autoencoder: 'vae',
    hasText: true,
    aside: ['safety_checker', 'feature_extractor', 'image_encoder'],
  },
];

/** The kind of a class of pipelines, if there is one. */
export const kindOf = (name: unknown): PipelineKind | undefined =>
  PIPELINE_KINDS.find(({ classes }) => classes.some((one) => one === name));
