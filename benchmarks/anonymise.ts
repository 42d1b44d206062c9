/*
 * How well do copies hide who is in them, and what are they still good for? Boomerang beside pixelation and blur, chosen by
 * one judge and judged by another one. What takes long is kept in a folder, so that a run that was cut short goes on.
 *
 *   tsx benchmarks/anonymise.ts --set faces --data shared/data/lfw-64 --model shared/models/faces-64
 *   tsx benchmarks/anonymise.ts --set fashion --data shared/data/fashion-mnist --model models/fashion-28
 *
 * `--only face-api` looks with one judge and ends, so that two processes may share the work; `--figures` measures what was
 * looked at so far; `--dry-run` says what would be done. Only figures are written, into
 * `benchmarks/results` and README.md.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chooseBackend } from '../src/node/backend.ts';
import { chartSvg } from '../src/node/chart.ts';
import { FACE_WAYS, facesSeen, JUDGES, look, openFaces } from './anonymise/faces.ts';
import { FASHION_WAYS, fashionSeen } from './anonymise/fashion.ts';
import { type Study, studyOf } from './anonymise/study.ts';
import { chartOf, tablesOf } from './anonymise/tables.ts';
import { STEPS } from './anonymise/ways.ts';

const { values } = parseArgs({
  options: {
    set: { type: 'string', default: 'faces' },
    data: { type: 'string' },
    model: { type: 'string' },
    work: { type: 'string' },
    people: { type: 'string', default: '300' },
    only: { type: 'string' },
    figures: { type: 'boolean', default: false },
    'dry-run': { type: 'boolean', default: false },
  },
});

/** Seconds of one core for a picture: by both judges, or to copy one of 28 x 28. */
const SECONDS = { faces: 0.4, fashion: 0.05 } as const;

const { set, people, only, figures } = values;
if (set !== 'faces' && set !== 'fashion') throw new Error(`--set must be faces or fashion, got ${set}`);
const { data, model, work = join(tmpdir(), `boomerang-anonymise-${set}`) } = values;
if (!data || !model) throw new Error('say where --data and --model are');
const places = { data, model, work };
const count = Number(people);
const say = (line: string): void => console.error(`${new Date().toISOString().slice(11, 19)} ${line}`);

if (values['dry-run']) {
  const ways = set === 'faces' ? FACE_WAYS : FASHION_WAYS;
  const minutes = (1.6 * count * (ways.length + 1) * SECONDS[set]) / 60;
  const core = `${minutes.toFixed(0)} minutes of one of ${availableParallelism()} cores`;
  console.log(
    `${count} people or items, ${ways.length} ways of making copies, ${STEPS} steps: about ${core}, in ${work}`,
  );
  process.exit();
}
mkdirSync(work, { recursive: true });
await chooseBackend({ backend: 'wasm' });
if (set === 'fashion') await publish(await studyOf(await fashionSeen(places, count, say)));
else {
  const opened = await openFaces(places, count, say);
  if (!figures) await look(opened, places, only === undefined ? JUDGES : [only]);
  if (only === undefined) await publish(await studyOf(facesSeen(opened)));
}

/** Writes figures and curves, and prints the tables. */
async function publish(study: Study): Promise<void> {
  const results = join(import.meta.dirname, 'results');
  if (!existsSync(results)) throw new Error(`there is no folder ${results}`);
  writeFileSync(join(results, `anonymise-${set}.json`), `${JSON.stringify({ steps: STEPS, ...study })}\n`);
  const kept = set === 'faces' ? 'faces that are still found' : 'items that keep their class';
  const chart = chartOf(study, (row) => (set === 'faces' ? row.found?.[0] : row.labels?.[0]), kept);
  writeFileSync(join(results, `anonymise-${set}.svg`), await chartSvg(chart));
  const { levels, chosen } = tablesOf(study);
  console.log(`${levels}\n\n${chosen}`);
  const readme = join(import.meta.dirname, 'README.md');
  const [open, close] = [`<!-- anonymise-${set} -->\n`, `<!-- /anonymise-${set} -->`];
  const [before = '', rest = ''] = readFileSync(readme, 'utf8').split(open);
  const after = rest.slice(rest.indexOf(close));
  const shown = set === 'faces' ? `${chosen}\n\n${levels}` : chosen; // of clothing the levels are in the JSON file
  if (rest.includes(close)) writeFileSync(readme, `${before}${open}${shown}\n${after}`);
}
