import { initializers, type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';

export type ClassifierOptions = {
  readonly imageShape: readonly [height: number, width: number, channels: number];
  readonly classes: number;
  /** Decides the weights at the start: a whole number of at least 1, since 0 is no seed to TensorFlow.js. */
  readonly seed: number;
  /** Channels of the first convolution; each halving of the image doubles them. @defaultValue 16 */
  readonly width?: number;
  /** Halvings of the image, each followed by a residual block. @defaultValue 2 */
  readonly stages?: number;
};

/** A small residual network with batch normalisation: images in [0, 1] to probabilities of classes. */
export const makeClassifier = (options: ClassifierOptions): LayersModel => {
  const { imageShape, classes, width = 16, stages = 2 } = options;
  let seed = options.seed * 1000;
  const convolve = (x: SymbolicTensor, filters: number, kernelSize = 3): SymbolicTensor => {
    const kernelInitializer = initializers.heNormal({ seed: ++seed });
    return layers
      .conv2d({ filters, kernelSize, padding: 'same', useBias: false, kernelInitializer })
      .apply(x) as SymbolicTensor;
  };
  const normalise = (x: SymbolicTensor): SymbolicTensor =>
    layers.batchNormalization({ momentum: 0.9 }).apply(x) as SymbolicTensor;
  const relu = (x: SymbolicTensor): SymbolicTensor => layers.reLU().apply(x) as SymbolicTensor;
  const block = (x: SymbolicTensor, filters: number): SymbolicTensor => {
    const branch = normalise(convolve(relu(normalise(convolve(x, filters))), filters));
    return relu(layers.add().apply([convolve(x, filters, 1), branch]) as SymbolicTensor);
  };
  const halve = (x: SymbolicTensor) => layers.maxPooling2d({ poolSize: 2 }).apply(x) as SymbolicTensor;

  const images = layers.input({ shape: [...imageShape], name: 'images' }) as unknown as SymbolicTensor;
  let x = relu(normalise(halve(convolve(images, width))));
  for (let stage = 1; stage <= stages; stage += 1) x = block(stage === 1 ? x : halve(x), width * 2 ** stage);
  const features = layers.globalAveragePooling2d({}).apply(x) as SymbolicTensor;
  const kernelInitializer = initializers.glorotUniform({ seed: ++seed });
  const probabilities = layers.dense({ units: classes, activation: 'softmax', kernelInitializer }).apply(features);
  return model({ inputs: images, outputs: probabilities as SymbolicTensor });
};
