/**
 * From nothing to the first variant, in a process of its own and with the package as users get it:
 *
 *     node benchmarks/firstVariant.js <folder of a model> <onnx|tfjs>
 *
 * Prints one line of JSON: the engine that answered, ms since the process began, and ms of processor time of all threads.
 */
const { boomerang, chooseBackend, loadModel } = await import('../dist/node/index.js');
const tf = await import('@tensorflow/tfjs-core');

const [, , folder, engine] = process.argv;
await chooseBackend();
const imported = performance.now();
const model = await loadModel(folder, { engine });
const loaded = performance.now();
const images = tf.fill([1, ...model.imageShape], 0.5);
const variants = await boomerang(model, images, { strength: 0.4, steps: 5, seed: 'first' });
await variants.data();
const first = performance.now();
const { user, system } = process.cpuUsage();
console.log(JSON.stringify({ engine: model.engine, imported, loaded, first, processor: (user + system) / 1000 }));
model.dispose();
