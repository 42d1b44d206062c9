import { ArgumentError } from '../../errors.ts';
import { attackReport } from './attacks/attackReport.ts';
import type { AttackReport } from './attacks/attacks.ts';
import { type Ran, readPictures } from './chooseAndCopy.ts';
import { comparePlain, type PlainComparison } from './comparePlain.ts';
import { judgeCopies, judgedSample, readCopies, seenAt } from './judgeCopies.ts';
import { type About, makeReport } from './makeReport.ts';
import { methodOf } from './methodOf.ts';
import { classesAt, sideBySide } from './pairs.ts';
import type { AnonymityReport } from './report.ts';
import type { Run } from './run.ts';

/** Attacks send images through the model several times, each. */
const ATTACKED = 4;

/**
 * Measures what a run made.
 *
 * @throws ArgumentError `nothing-judged`: nothing may be handed on that nobody looked at.
 */
export const measureRun = async (run: Run, ran: Ran, about: About): Promise<AnonymityReport> => {
  const judged = await judgeCopies(run, ran);
  if (judged === undefined) throw nothingJudged(ran);
  const tried = run.attacks ? await run.journal('attacks', () => attack(run, ran)) : {};
  return { ...(await makeReport(run, ran, { judged, about })), ...tried };
};

const nothingJudged = ({ split: { judging }, copied: { outcomes } }: Ran): ArgumentError => {
  const rule = `of ${judging.length} images of people by whom the strength was not chosen, no copies of two people could be judged`;
  const near = judging.filter((place) => outcomes[place]?.fate === 'too-near').length;
  const remedy =
    near > 0
      ? `${near} come too near to their originals at any strength; try higher ones, or choose for the set as a whole`
      : 'take another judge, or images in which it finds somebody';
  return new ArgumentError('nothing-judged', `${rule}; ${remedy}`);
};

type Tried = { readonly attacks: AttackReport; readonly plain: PlainComparison };

/** Attacks some of the copies, and sets them beside blur and pixelation. */
const attack = async (run: Run, ran: Ran): Promise<Tried> => {
  const some = judgedSample(ran, Math.ceil(run.sample / ATTACKED));
  const seen = { embed: run.judge, ...seenAt(ran, some) };
  run.onProgress('attacking', 0);
  return sideBySide(await readPictures(run, some), await readCopies(run, some), async (originals, copies) => {
    const attacks = await attackReport(originals, copies, { ...seen, method: methodOf(run, ran, some) });
    run.onProgress('attacking', 0.5);
    const plain = await comparePlain(originals, copies, { ...seen, ...classesAt(run, some) });
    run.onProgress('attacking', 1);
    return { attacks, plain };
  });
};
