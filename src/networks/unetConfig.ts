import type { ResnetStyle } from './resnet.ts';

/** What the U-Nets of diffusers have in common: their `config.json` with defaults filled in and names resolved. */
export type UNetConfig = ResnetStyle & {
  /** Height and width that the network was made for; others run as well. Null where the config leaves it open. */
  readonly sampleSize: readonly [height: number, width: number] | null;
  readonly inChannels: number;
  readonly outChannels: number;
  /** Whether the input is in [0, 1] and the network itself brings it to [-1, 1]. */
  readonly centerInput: boolean;
  readonly timeEmbedding: TimeEmbedding;
  /** Null where the network takes no labels. */
  readonly classEmbedding: ClassEmbedding | null;
  /** From the finest to the coarsest. */
  readonly down: readonly Stage[];
  /** Null where the coarsest stages follow each other directly. */
  readonly middle: Middle | null;
  /** From the coarsest to the finest. */
  readonly up: readonly Stage[];
  /** 1 pads every side of a strided convolution, 0 only the bottom and the right. */
  readonly downsamplePadding: 0 | 1;
};

/** One resolution. */
export type Stage = {
  readonly channels: number;
  /** Residual blocks, each with the attention that follows it. */
  readonly layers: readonly (Attention | null)[];
  /** How the stage reaches the next resolution; null at the end of the way. */
  readonly resample: Resampling | null;
};

/** A convolution, or a residual block around a resampling without weights. */
export type Resampling = 'conv' | 'resnet';

export type Middle = {
  /** After a first residual block, further ones, each with the attention that goes before it. */
  readonly layers: readonly (Attention | null)[];
  /** What the sums of residual blocks and of self-attention are divided by. */
  readonly scaleFactor: number;
};

/** What the positions of a feature map see: each other, or in a transformer rows from outside as well. */
export type Attention = SelfAttention | Transformer;

export type SelfAttention = {
  readonly kind: 'self';
  /** Channels of a head; null makes one head of all channels. */
  readonly headDim: number | null;
  /** Groups of the norm before the attention; null leaves that norm out. */
  readonly groups: number | null;
};

export type Transformer = {
  readonly kind: 'transformer';
  /** How many heads share the channels. */
  readonly heads: number;
  /** How many blocks of attention and feed-forward follow each other. */
  readonly depth: number;
  /** Channels of the rows from outside. */
  readonly contextSize: number;
  /** Whether positions see the rows from outside where they would see each other. */
  readonly onlyCross: boolean;
  /** Whether the ways in and out are stored as matrices, not as convolutions of 1 x 1. */
  readonly linearProjection: boolean;
};

/** Sines and cosines of the timestep, or a row of a learned table per timestep. */
export type TimeEmbedding =
  | { readonly kind: 'positional'; readonly order: 'sin-cos' | 'cos-sin'; readonly frequencyShift: number }
  | { readonly kind: 'learned'; readonly rows: number };

/** A row of a learned table per label, or the label embedded as a timestep is. */
export type ClassEmbedding = { readonly kind: 'table'; readonly rows: number } | { readonly kind: 'timestep' };
