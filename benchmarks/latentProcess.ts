/**
 * A model of latents in a process of its own, so that the most memory it ever held is the model's:
 *
 *     node --import tsx latentProcess.ts FOLDER '{ "engine": "onnx" }'
 *
 * The second argument is options of `loadModel`. Prints a line of JSON when the model is open, and one for each line that
 * comes in: the name of a piece of work, which it then does. Ends when nothing more can come in. latent.py does the same.
 */
import { createInterface } from 'node:readline';
import { chooseBackend } from '../src/node/backend.ts';
import { loadModel } from '../src/node/loadModel.ts';
import { latentWork, startClock } from './latentWork.ts';

const [folder = '', options = '{}'] = process.argv.slice(2);
/** The most memory that this process ever held, in MB. */
const peak = (): number => process.resourceUsage().maxRSS / 1024;
const answer = (line: object): void => console.log(JSON.stringify({ ...line, peak: peak() }));

console.info = console.error; // lines on standard output are answers
await chooseBackend();
const stop = startClock();
const model = await loadModel(folder, JSON.parse(options));
const took = stop();
const work = latentWork(model);
answer({ ...took, work: Object.keys(work), size: model.imageShape[0] });
for await (const name of createInterface({ input: process.stdin })) answer((await work[name]?.()) ?? {});
model.dispose();
