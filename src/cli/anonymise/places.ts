import { resolve } from 'node:path';
import { ArgumentError } from '../../errors.ts';
import { checkAbsent } from '../../node/anonymise/privateFile.ts';
import { checkKeepable } from '../../node/anonymise/secretFile.ts';
import { checkContainer } from '../../node/copies/openCopies.ts';
import type { Originals } from '../../node/copies/originals.ts';
import { checkOutput, liesAmongCopies, workFolder } from '../../node/copies/output.ts';
import { checkWritable } from '../../node/output.ts';
import type { AnonymiseCommand } from './options.ts';

type Asked = Pick<AnonymiseCommand, 'out' | 'audit' | 'keepKey'> & { readonly report: string };

/**
 * Refuses, before anything is opened, places at which something would be lost, shown, or not written after a long run.
 *
 * @throws ArgumentError `unsupported-output`, `output-in-input`, `output-exists`, `bad-output`, `report-in-output`,
 *   `key-in-output`, `same-file`, `file-exists`; EnvironmentError `bad-output`.
 */
export const checkPlaces = async (originals: Originals, { out, audit, keepKey, report }: Asked): Promise<void> => {
  checkContainer(originals);
  await checkOutput(out, originals.path);
  if (await liesAmongCopies(report, out)) {
    const rule = `the report shows originals, and ${report} would be handed on or removed with the copies in ${out}`;
    throw new ArgumentError('report-in-output', `${rule}; choose a folder beside`);
  }
  const secrets = [
    ...(audit === undefined ? [] : [audit, `${audit}.key`]),
    ...(keepKey === undefined ? [] : [keepKey]),
  ];
  for (const [n, file] of secrets.entries()) {
    if (await liesAmongCopies(file, out)) {
      const rule = `${file} is secret, and would be handed on or removed with the copies in ${out}`;
      throw new ArgumentError('key-in-output', `${rule}; choose another place`);
    }
    if (secrets.findIndex((other) => resolve(other) === resolve(file)) < n) {
      throw new ArgumentError('same-file', `${file} is to hold two things, the key and the audit; name another file`);
    }
    await (file === keepKey ? checkKeepable(file, workFolder(out)) : checkAbsent(file));
    await checkWritable(file);
  }
  await checkWritable(`${report}/report.json`);
};
