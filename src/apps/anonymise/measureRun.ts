import { ArgumentError } from '../../errors.ts';
import type { Ran } from './chooseAndCopy.ts';
import { judgeCopies } from './judgeCopies.ts';
import { type About, makeReport } from './makeReport.ts';
import type { AnonymityReport } from './report.ts';
import type { Run } from './run.ts';

/**
 * Measures what a run made.
 *
 * @throws ArgumentError `nothing-judged`: nothing may be handed on that nobody looked at.
 */
export const measureRun = async (run: Run, ran: Ran, about: About): Promise<AnonymityReport> => {
  const judged = await judgeCopies(run, ran);
  if (judged === undefined) {
    const rule = `of ${ran.split.judging.length} images of people by whom the strength was not chosen, the judge could look at no copy`;
    throw new ArgumentError('nothing-judged', `${rule}; take another judge, or images in which it finds somebody`);
  }
  return makeReport(run, ran, { judged, about });
};
