/** Runs programs one after the other in one process, so that TensorFlow.js is loaded once: `runGuides.ts FILE…`. */
import { pathToFileURL } from 'node:url';

for (const file of process.argv.slice(2)) {
  console.log(`== ${file}`);
  await import(pathToFileURL(file).href);
}
