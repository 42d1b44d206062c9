import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type AnonymityReport, reportText } from '../../apps/anonymise/report.ts';
import { writeWhole } from '../output.ts';
import { reportHtml } from './reportPage.ts';
import type { Pair } from './worstSection.ts';

/** For their owner alone. */
const PRIVATE = 0o600;

/**
 * Writes `report.json` and `report.html` for their owner alone (mode 600), since the page shows originals. The folder is
 * so, too, if it was not there; one that was keeps its mode.
 *
 * @param worst copies nearest to their originals, the nearest first.
 * @throws EnvironmentError `bad-output`; NumericError `not-finite`.
 */
export const writeReport = async (folder: string, report: AnonymityReport, worst: readonly Pair[]): Promise<void> => {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const text = new TextEncoder();
  await writeWhole(join(folder, 'report.html'), text.encode(await reportHtml(report, worst)), PRIVATE);
  await writeWhole(join(folder, 'report.json'), text.encode(reportText(report)), PRIVATE);
};
