import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

/*
 * Networks that others have trained, from packages that the project does not depend on. They want an older TensorFlow.js
 * beside them, so they are unpacked into a folder of their own, and their files are opened by ours.
 */

/** Where a package lies in a folder into which `npm install` or `npm pack` put it; undefined where it does not. */
const packageIn = (folder: string | undefined, name: string): string | undefined => {
  const place = folder === undefined ? undefined : join(folder, 'node_modules', ...name.split('/'));
  return place !== undefined && existsSync(join(place, 'package.json')) ? place : undefined;
};

/** A network for enlarging, of images `[N, h, w, 3]` in [0, 1], which stay the caller's. */
export type Enlarger = { readonly name: string; enlarge(images: tf.Tensor4D): tf.Tensor4D; dispose(): void };

/** ESRGAN as UpscalerJS ships it, in two sizes, or those of them that are there and have the factor. */
export const openEnlargers = async (folder: string | undefined, factor: number): Promise<readonly Enlarger[]> => {
  const found: Enlarger[] = [];
  for (const size of ['slim', 'medium']) {
    const place = packageIn(folder, `@upscalerjs/esrgan-${size}`);
    if (place === undefined || !existsSync(join(place, `models/x${factor}`))) continue;
    const network = await readNetwork(join(place, `models/x${factor}`), factor);
    found.push({
      name: `ESRGAN ${size}, UpscalerJS`,
      enlarge: (images) => tf.tidy(() => tf.div(network.predict(tf.mul(images, 255)) as tf.Tensor4D, 255)),
      dispose: () => network.dispose(),
    });
  }
  return found;
};

/** What UpscalerJS registers before it opens its networks. */
const registerLayers = (factor: number): void => {
  const only = (inputs: tf.Tensor | tf.Tensor[]): tf.Tensor =>
    Array.isArray(inputs) ? (inputs[0] as tf.Tensor) : inputs;
  class MultiplyBeta extends tfl.layers.Layer {
    static readonly className = 'MultiplyBeta';
    override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
      return tf.mul(only(inputs), 0.2);
    }
  }
  class PixelShuffle extends tfl.layers.Layer {
    static readonly className = `PixelShuffle${factor}x`;
    override computeOutputShape(shape: tfl.Shape): tfl.Shape {
      return [...shape.slice(0, 3), 3];
    }
    override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
      return tf.depthToSpace(only(inputs) as tf.Tensor4D, factor);
    }
  }
  for (const one of [MultiplyBeta, PixelShuffle]) tf.serialization.registerClass(one as never);
};

const readNetwork = (folder: string, factor: number): Promise<tfl.LayersModel> => {
  registerLayers(factor);
  const { modelTopology, weightsManifest } = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'));
  const paths = (weightsManifest as tf.io.WeightsManifestConfig).flatMap((group) => group.paths);
  return open(modelTopology, weightsManifest, Buffer.concat(paths.map((path) => readFileSync(join(folder, path)))));
};

const open = (topology: object, manifest: tf.io.WeightsManifestConfig, data: Buffer): Promise<tfl.LayersModel> => {
  const weightSpecs = manifest.flatMap(({ weights }) => weights);
  const parts = { modelTopology: topology, weightSpecs, weightData: Uint8Array.from(data).buffer };
  return tfl.loadLayersModel(tf.io.fromMemory(parts), { strict: false }); // weights of layers that were left out
};

/** Enlarges images `[N, h, w, C]` in [0, 1], which stay the caller's. */
type Lanczos = (images: tf.Tensor4D, size: readonly [number, number]) => Promise<tf.Tensor4D>;

/** Lanczos' filter of three lobes, as pages enlarge pictures with `pica`: 8 bits, image by image. */
export const openLanczos = async (folder: string | undefined): Promise<Lanczos | undefined> => {
  const place = packageIn(folder, 'pica');
  if (place === undefined) return undefined;
  const { default: pica } = await import(join(place, 'dist/pica.mjs'));
  const resizer = pica({ features: ['js'] });
  return async (images, [toHeight, toWidth]) => {
    const [count, height, width, channels] = images.shape;
    const opaque = tf.tidy(() =>
      tf.concat([channels === 1 ? tf.tile(images, [1, 1, 1, 3]) : images, tf.onesLike(alphaLike(images))], 3),
    );
    const bytes = Uint8Array.from(await opaque.data(), (value) => Math.round(255 * value));
    opaque.dispose();
    const size = height * width * 4;
    const large: tf.Tensor3D[] = [];
    for (let n = 0; n < count; n += 1) {
      const src = bytes.slice(n * size, (n + 1) * size);
      const made = await resizer.resizeBuffer({ src, width, height, toWidth, toHeight, filter: 'lanczos3' });
      large.push(
        tf.tidy(() => tf.div(tf.slice(tf.tensor3d(made, [toHeight, toWidth, 4], 'int32'), 0, [-1, -1, channels]), 255)),
      );
    }
    const all = tf.stack(large) as tf.Tensor4D;
    tf.dispose(large);
    return all;
  };
};

const alphaLike = (images: tf.Tensor4D): tf.Tensor4D => tf.slice(images, 0, [-1, -1, -1, 1]);

/** What a network for photographs sees in images `[N, h, w, 3]` in [0, 1], which stay the caller's: maps of features. */
export type Features = { of(images: tf.Tensor4D): tf.Tensor4D[]; dispose(): void };

/** Ends of the stages of MobileNetV2, at a half, a fourth, an eighth and a sixteenth of the side. */
const STAGES = ['expanded_conv_project_BN', 'block_2_add', 'block_5_add', 'block_12_add'];

/** MobileNetV2 out of the package `nsfwjs`: it learned photographs by ImageNet before it learned its own trade. */
export const openFeatures = async (folder: string | undefined): Promise<Features | undefined> => {
  const place = packageIn(folder, 'nsfwjs');
  if (place === undefined) return undefined;
  const require = createRequire(import.meta.url);
  const part = (name: string) => require(join(place, 'dist/models/mobilenet_v2', name));
  const { modelTopology, weightsManifest } = part('model.min.js');
  const data = Buffer.from(part('group1-shard1of1.min.js'), 'base64');
  const network = await open(stagesOf(modelTopology), weightsManifest, data);
  return {
    of: (images) => network.predict(images) as tf.Tensor4D[],
    dispose: () => network.dispose(),
  };
};

type Topology = { model_config: { config: { layers: LayerConfig[]; output_layers: unknown } } };
type LayerConfig = { name: string; config: { batch_input_shape?: (number | null)[] } };

/** The network up to the last stage, for images of any size, which gives what every stage ends with. */
const stagesOf = (topology: Topology): Topology => {
  const whole = structuredClone(topology);
  const { config } = whole.model_config;
  const last = config.layers.findIndex(({ name }) => name === STAGES.at(-1));
  config.layers = config.layers.slice(0, last + 1);
  (config.layers[0] as LayerConfig).config.batch_input_shape = [null, null, null, 3];
  config.output_layers = STAGES.map((name) => [name, 0, 0]);
  return whole;
};
