import { secretName } from '../../apps/anonymise/secret.ts';
import { digestOf } from '../../node/anonymise/auditFile.ts';
import type { Settings } from '../../node/anonymise/journalFile.ts';
import { version } from '../../node/version.ts';
import type { Making } from './making.ts';

/** Everything that a result of the run depends on. */
export const settingsOf = (
  { options, asked, originals, people, embed, judge, model }: Making,
  secret: string,
): Settings => {
  const { attacks: _, report: _r, region, ...how } = asked;
  const { digest, engine, device, precision } = model;
  const laid = secretName(secret, JSON.stringify(originals.layout), JSON.stringify(people ?? []));
  return {
    ...{ version, model: digest, engine, device: device ?? 'cpu', precision: precision ?? 'float32' },
    ...{ embedder: embed.id, judge: judge.id, ...how, people: options.people ?? 'not known' },
    ...{ region: options.region, classifier: options.classifier ?? 'none', conditional: options.conditional ?? false },
    ...(typeof region === 'object' && 'mask' in region ? { mask: digestOf(region.mask) } : {}),
    key: secretName(secret, 'key').slice(0, 16), // before what is named under it: the first that differs is told
    data: laid.slice(0, 16),
  };
};
