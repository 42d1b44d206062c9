import { countFrames } from './frames.js';
import { makeRows } from './rows.js';

const SAMPLES = Object.values(import.meta.glob('../images/*-0.png', { query: '?url', import: 'default', eager: true }));
const MOST = 6; // pictures at once

const at = (id) => document.getElementById(id);
const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
const rows = makeRows(at('rows'));
const frames = countFrames(({ shown, late, longest }) => {
  at('frames').textContent = `${late} of ${shown} frames late, the longest took ${Math.round(longest)} ms`;
});

let pictures = [];
let run = 0;
let isOpen = false;

const say = (text) => {
  at('status').textContent = text;
};

const fail = (message) => {
  at('failure').textContent = message;
  at('failure').hidden = message === '';
  if (message !== '') say('');
};

/** Where the page stands is not where its worker does; `owner/name` is a name on the hub. */
const addressOf = (text) => (/^\w[\w.-]*\/[\w.-]+$/.test(text) ? text : new URL(text, document.baseURI).href);

const open = () => {
  isOpen = false;
  fail('');
  say('Opening the model…');
  worker.postMessage({ kind: 'open', address: addressOf(at('address').value.trim()), engine: at('engine').value });
};

const make = async () => {
  const [strength, count] = [Number(at('strength').value), Number(at('count').value)];
  at('strength-shown').textContent = strength.toFixed(2);
  at('count-shown').textContent = count;
  if (!isOpen || pictures.length === 0) return;
  fail('');
  run += 1;
  frames.reset();
  rows.prepare(pictures.length, count);
  say('Throwing…');
  worker.postMessage({ kind: 'make', run, bitmaps: pictures, strength, count });
};

const take = async (blobs) => {
  const decoded = await Promise.allSettled(blobs.slice(0, MOST).map((blob) => createImageBitmap(blob)));
  const found = decoded.flatMap(({ value }) => (value ? [value] : []));
  if (found.length > 0) pictures = found;
  await make();
  const lost = decoded.length - found.length;
  if (lost > 0) fail(`${lost} of ${decoded.length} files cannot be read as pictures; choose PNG, JPEG or WebP files`);
  else if (blobs.length > MOST) say(`The first ${MOST} of ${blobs.length} pictures…`);
};

const takeSamples = async () =>
  take(await Promise.all(SAMPLES.slice(0, MOST).map(async (address) => (await fetch(address)).blob())));

const HEARD = {
  progress({ file, done, total }) {
    at('progress').hidden = false;
    at('progress').value = total > 0 ? done / total : 0;
    say(`Fetching ${file}: ${(done / 1e6).toFixed(1)} of ${(total / 1e6).toFixed(1)} MB`);
  },
  opened({ engine, backend, shape, parameters }) {
    isOpen = true;
    at('progress').hidden = true;
    const name = engine === 'onnx' ? 'ONNX Runtime' : `TensorFlow.js on ${backend}`;
    at('status').dataset.model = `${shape.join(' × ')}, ${(parameters / 1e6).toFixed(1)} M parameters, ${name}`;
    void make();
  },
  pictures(message) {
    if (message.run === run) rows.draw(message.column, message.pictures);
  },
  made({ milliseconds, ...message }) {
    if (message.run === run) say(`${Math.round(milliseconds)} ms a variant · ${at('status').dataset.model}`);
  },
  failed({ message }) {
    at('progress').hidden = true;
    fail(message);
  },
};

worker.addEventListener('message', ({ data }) => HEARD[data.kind](data));
worker.addEventListener('error', ({ message }) => fail(`The worker does not run: ${message || 'see the console'}`));
at('open').addEventListener('submit', (event) => {
  event.preventDefault();
  open();
});
at('engine').addEventListener('change', open);
for (const id of ['strength', 'count']) at(id).addEventListener('input', make);
at('samples').addEventListener('click', takeSamples);
at('files').addEventListener('change', ({ target }) => take([...target.files]));
for (const [kind, isOver] of Object.entries({ dragover: true, dragleave: false, drop: false })) {
  document.addEventListener(kind, (event) => {
    event.preventDefault(); // else the browser would open the picture in place of this page
    at('drop').classList.toggle('over', isOver);
    if (kind === 'drop') void take([...event.dataTransfer.files]);
  });
}

open();
void takeSamples();
