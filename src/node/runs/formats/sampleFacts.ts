import type { Sample } from '../format.ts';

/** What is known of a sample beside its pixels, as one line of JSON whose fields have an order of their own. */
export const sampleFacts = ({ id, place, name, shape, label, className, softLabel, record }: Sample): string =>
  JSON.stringify({ id, place, name, shape, label, className, softLabel, record });

/** The facts of samples in their order, a line each, for formats that have no room for them. */
export const factLines = (samples: readonly Sample[]): Uint8Array =>
  Buffer.from(samples.map((sample) => `${sampleFacts(sample)}\n`).join(''), 'utf8');
