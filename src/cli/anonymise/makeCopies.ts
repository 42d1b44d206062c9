import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { chooseAndCopy } from '../../apps/anonymise/chooseAndCopy.ts';
import { isWritten } from '../../apps/anonymise/fates.ts';
import { measureRun } from '../../apps/anonymise/measureRun.ts';
import type { AnonymityReport } from '../../apps/anonymise/report.ts';
import type { Run } from '../../apps/anonymise/run.ts';
import { runOf } from '../../apps/anonymise/runOf.ts';
import { secretName } from '../../apps/anonymise/secret.ts';
import { worstCopies } from '../../apps/anonymise/worst.ts';
import { ArgumentError } from '../../errors.ts';
import { writeAudit } from '../../node/anonymise/auditFile.ts';
import { type FilesIn, filesIn, filesOut } from '../../node/anonymise/filesInAndOut.ts';
import { openJournal } from '../../node/anonymise/journalFile.ts';
import { manifestText } from '../../node/anonymise/manifest.ts';
import { FOLDERS } from '../../node/anonymise/peopleIn.ts';
import { keepSecret, secretOfRun } from '../../node/anonymise/secretFile.ts';
import { writeReport } from '../../node/anonymise/writeReport.ts';
import { type Copies, openCopies } from '../../node/copies/openCopies.ts';
import { workFolder } from '../../node/copies/output.ts';
import type { SkippedImage } from '../../node/data/source.ts';
import { watchModel } from '../../node/tuning/watchModel.ts';
import { version } from '../../node/version.ts';
import { throwIfStopped } from '../interrupt.ts';
import { skippedText } from '../skippedText.ts';
import type { Streams } from '../streams.ts';
import type { Making } from './making.ts';
import { namedFaults, namedWorst } from './named.ts';
import { settingsOf } from './settings.ts';
import { anonymityText } from './text.ts';
import { watchPhases } from './watchPhases.ts';

/** Copies that are shown to people beside their originals. */
const WORST = 20;

/** Refusals that the same command would meet again: what it keeps, vectors of people among it, is of no use then. */
const FINAL: readonly string[] = [
  'too-few-people',
  'no-images',
  'target-not-met',
  'nothing-judged',
  'no-copies',
  'same-judge',
];

/** Chooses, copies, judges, and writes: what was done is kept, and the same command goes on with it. */
export const makeCopies = async (making: Making, { stdout, stderr }: Streams): Promise<void> => {
  const { options, asked, originals, signal } = making;
  const work = workFolder(options.out);
  const secret = await secretOfRun(work, options.key);
  const salt = secretName(secret, 'names');
  const kept = `what was done until now is in ${work}; the same command goes on`;
  const { names, mark } = asked;
  const copies = await openCopies(options.out, { originals, names, mark, salt, people: options.people === FOLDERS });
  try {
    const { journal, found } = await openJournal(join(work, 'journal.jsonl'), settingsOf(making, secret));
    if (found > 0) stderr.write(`goes on with the run in ${work}\n`);
    const kind = { channels: making.model.imageShape[2], people: making.people, labelOf: making.labelOf };
    const files = filesIn(originals, kind);
    const phases = watchPhases(stderr);
    const places = { originals: files.originals, copies: filesOut(copies, files, kind), journal };
    const run = runFrom(making, { ...places, secret, onProgress: phases.update });
    const finished = await finish(making, { run, copies, secret })
      .finally(phases.stop)
      .catch((error) => {
        if (!signal.aborted && !(error instanceof ArgumentError)) stderr.write(`${kept}\n`);
        throw error;
      });
    stderr.write(skippedText({ skipped: finished.unreadable, notes: [...changesOf(files), ...finished.notes] }));
    stdout.write(options.json ? `${JSON.stringify(finished.report, undefined, 2)}\n` : anonymityText(finished.report));
    stderr.write(`wrote ${options.out}, and what was measured into ${asked.report}\n`);
  } catch (error) {
    throwIfStopped(signal, kept);
    if (error instanceof ArgumentError && FINAL.includes(error.code)) await rm(work, { recursive: true, force: true });
    throw error;
  } finally {
    await copies.close();
  }
};

type RunParts = Pick<Run, 'originals' | 'copies' | 'journal' | 'secret' | 'onProgress'>;

const runFrom = (
  { asked, embed, judge, classifier, model, signal }: Making,
  { secret, onProgress, ...parts }: RunParts,
): Run => {
  const { target, per, region, noFace, strengths, sample, attacks, way } = asked;
  const how = { ...way, embed, judge, target, per, region, noFace, strengths, sample, attacks, secret };
  return runOf({ model: watchModel(model, { signal }), ...parts }, { ...how, classifier, signal, onProgress });
};

type Finishing = { readonly run: Run; readonly copies: Copies; readonly secret: string };
type Done = {
  readonly report: AnonymityReport;
  readonly notes: readonly string[];
  /** Originals that have no copy, as they cannot be read. */
  readonly unreadable: readonly SkippedImage[];
};

const finish = async (making: Making, { run, copies, secret }: Finishing): Promise<Done> => {
  const { options, asked, originals, embed, judge } = making;
  const ran = await chooseAndCopy(run);
  const versions = { 'tfjs-boomerang': version, node: process.versions.node, embedder: embed.id, judge: judge.id };
  const report = await measureRun(run, ran, { model: basename(options.model), versions });
  const { outcomes } = ran.copied;
  await writeReport(asked.report, report, await namedWorst(originals, await worstCopies(run, ran, WORST), outcomes));
  const manifest = { path: 'manifest.json', content: new TextEncoder().encode(manifestText(report)) };
  const places = outcomes.filter(isWritten).map(({ place }) => place);
  const { notes } = await copies.finish(places, [manifest], async (names) => {
    if (options.audit !== undefined) await writeAudit(options.audit, { originals, outcomes, names });
    if (options.keepKey !== undefined) await keepSecret(options.keepKey, secret);
  });
  await rm(copies.work, { recursive: true, force: true });
  return { report, notes, unreadable: await namedFaults(originals, ran.looked.faults) };
};

const changesOf = ({ changes }: FilesIn): readonly string[] =>
  [...changes].map(([change, count]) => `${count} images: ${change}`);
