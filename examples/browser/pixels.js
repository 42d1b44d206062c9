import * as tf from '@tensorflow/tfjs-core';

/** Pictures of any size as the model takes them, [N, H, W, C] in [0, 1]: their middle, as large as possible. */
export const tensorOf = (bitmaps, [height, width, channels]) => {
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  context.imageSmoothingQuality = 'high';
  const data = new Float32Array(bitmaps.length * height * width * channels);
  bitmaps.forEach((bitmap, n) => {
    const scale = Math.max(width / bitmap.width, height / bitmap.height);
    const [w, h] = [bitmap.width * scale, bitmap.height * scale];
    context.clearRect(0, 0, width, height);
    context.drawImage(bitmap, (width - w) / 2, (height - h) / 2, w, h);
    const { data: rgba } = context.getImageData(0, 0, width, height);
    for (let pixel = 0; pixel < height * width; pixel += 1) {
      const at = (n * height * width + pixel) * channels;
      const [red, green, blue] = rgba.subarray(4 * pixel, 4 * pixel + 3);
      const colour = channels === 1 ? [0.299 * red + 0.587 * green + 0.114 * blue] : [red, green, blue];
      colour.forEach((value, c) => {
        data[at + c] = value / 255;
      });
    }
  });
  return tf.tensor4d(data, [bitmaps.length, height, width, channels]);
};

/** Images in [0, 1] as a canvas takes them. */
export const picturesOf = async (images) => {
  const [count, height, width, channels] = images.shape;
  const values = await images.data();
  return Array.from({ length: count }, (_, n) => {
    const picture = new ImageData(width, height);
    for (let pixel = 0; pixel < height * width; pixel += 1) {
      const at = (n * height * width + pixel) * channels;
      for (let c = 0; c < 3; c += 1) picture.data[4 * pixel + c] = 255 * values[at + (channels === 1 ? 0 : c)];
      picture.data[4 * pixel + 3] = 255;
    }
    return picture;
  });
};
