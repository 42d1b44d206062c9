import { type DiffusersOutline, outlineDiffusers } from '../checkpoints/diffusers.ts';
import type { Folder } from '../checkpoints/folder.ts';
import type { ModelFacts } from '../models/model.ts';
import { type Networks, networksOf } from '../models/networks.ts';
import type { Architecture } from '../networks/architecture.ts';
import { parameterShapes } from '../networks/parameterShapes.ts';
import { describeBytes } from './numbers.ts';

/** A part of a pipeline, as its config tells. */
export type PartFacts = {
  /** Its class in diffusers or transformers. */
  readonly class: string;
  readonly parameters: number;
  /** Of its weights as float32, which is how they are computed with, whatever their file has. */
  readonly bytes: number;
};

/** What a pipeline that walks in latents is made of. */
export type LatentParts = {
  readonly denoiser: PartFacts;
  readonly autoencoder: PartFacts;
  readonly textEncoder?: PartFacts & { readonly tokens: number; readonly width: number };
};

/** From the configs alone; undefined for a model of pixels. */
export const latentParts = async (folder: Folder): Promise<LatentParts | undefined> => {
  const outline = await outlineDiffusers(folder);
  return outline.latent && partsOf(outline, outline.latent, networksOf(outline, folder.name));
};

const partsOf = (
  { config }: DiffusersOutline,
  latent: NonNullable<DiffusersOutline['latent']>,
  { denoiser, autoencoder, text }: Networks,
): LatentParts => ({
  denoiser: partOf(config, denoiser.architecture),
  autoencoder: partOf(latent.autoencoder.config, ...(autoencoder ? [autoencoder.encoder, autoencoder.decoder] : [])),
  ...(text && latent.text
    ? {
        textEncoder: {
          ...partOf(latent.text.config, text.architecture),
          tokens: text.tokenizer.length,
          width: text.config.width,
        },
      }
    : {}),
});

const partOf = (config: Readonly<Record<string, unknown>>, ...networks: readonly Architecture[]): PartFacts => {
  const shapes = networks.flatMap((network) => [...parameterShapes(network).values()]);
  const parameters = shapes.reduce((sum, shape) => sum + shape.reduce((size, length) => size * length, 1), 0);
  const { _class_name: name, architectures } = config;
  const known = name ?? (Array.isArray(architectures) ? architectures[0] : undefined);
  return { class: String(known), parameters, bytes: Float32Array.BYTES_PER_ELEMENT * parameters };
};

/** What opening all parts takes, in bytes; what they compute with comes on top. */
const bytesOf = (parts: LatentParts): number => Object.values(parts).reduce((sum, { bytes }) => sum + bytes, 0);

/** What there is to say of a latent pipeline beyond what every model has; nothing of a model of pixels. */
export const describeParts = (parts: LatentParts | undefined, { latentShape, takesGuidance = false }: ModelFacts) =>
  parts === undefined
    ? {}
    : {
        latentShape,
        parts,
        prompts: parts.textEncoder !== undefined,
        guidanceAsNumber: takesGuidance,
        memoryBytes: bytesOf(parts),
      };

/** The same for people, line by line. */
export const partLines = (
  parts: LatentParts | undefined,
  { latentShape = [0, 0, 0], takesGuidance }: ModelFacts,
): Readonly<Record<string, string>> => {
  if (parts === undefined) return {};
  const { denoiser, autoencoder, textEncoder } = parts;
  const tokens = textEncoder && `, ${textEncoder.tokens} tokens a prompt, start and end among them`;
  return {
    'latents (height, width, channels)': latentShape.join(', '),
    denoiser: partText(denoiser),
    autoencoder: partText(autoencoder),
    ...(textEncoder ? { 'text encoder': `${partText(textEncoder)}${tokens}` } : {}),
    prompts: textEncoder ? 'yes' : 'no',
    'guidance as a number': takesGuidance ? 'yes' : 'no',
    'memory to open': `about ${describeBytes(bytesOf(parts))}`,
  };
};

const partText = ({ class: name, parameters, bytes }: PartFacts): string =>
  `${name}, ${parameters} parameters, ${describeBytes(bytes)} in float32`;
