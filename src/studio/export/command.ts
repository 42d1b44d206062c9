import type { Choice } from '../choice.ts';
import type { Places } from './program.ts';

/** A word as a shell takes it. */
export const shellWord = (word: string): string =>
  /^[\w./:@=,+-]+$/.test(word) && !word.startsWith('-') ? word : `'${word.replaceAll("'", "'\\''")}'`;

const flags = (options: Readonly<Record<string, unknown>>): string[] =>
  Object.entries(options).flatMap(([name, value]) => {
    const flag = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (value === undefined || value === false) return [];
    if (value === true) return [flag];
    return [flag, shellWord(Array.isArray(value) ? value.join('x') : String(value))];
  });

/**
 * Commands that do about the same in a terminal: what was measured, variants of images, and the page itself. What none of
 * them says stands in lines that begin with #.
 */
export const commandFor = (places: Places, choice: Choice, classifier?: string): string => {
  const { way, measure, schedule, seed, strength, variants } = choice;
  const { conditional, ...manner } = way;
  const { load, images, backend } = places.opening;
  const model = ['--model', shellWord(places.model), ...flags({ ...load, backend })];
  const data = shellWord(places.data);
  const common = [...model, ...flags({ ...manner, seed })];
  const tune = flags({ images: measure.images, variants: measure.variants, target: measure.target });
  const diversity = flags({ minDiversity: measure.minDiversity, conditional, classifier });
  const sample = flags({ fit: images['fit'], strength, variants, out: 'variants.png' });
  const unsaid = [
    `epochs ${schedule.epochs}`,
    `strength ${JSON.stringify(schedule.strength)}`,
    `probability ${JSON.stringify(schedule.probability)}`,
    ...(schedule.adaptive ? [`adaptive ${JSON.stringify(schedule.adaptive)}`] : []),
    ...(schedule.bank > 0 ? [`bank ${schedule.bank}`] : []),
  ];
  return [
    '# measures what survives, with the same images and the same settings',
    ['boomerang tune', data, ...common, ...flags(images), ...tune, ...diversity, '--out', 'tune.png'].join(' '),
    '# variants of images as a contact sheet; it takes image files, not places in a data set: name yours for IMAGE.png',
    ...(conditional ? ['# --conditional is not known to it: add --label CLASS for one class'] : []),
    ['boomerang sample IMAGE.png', ...common, ...sample].join(' '),
    '# opens the studio with all of this, from the saved session',
    ['boomerang studio', data, ...model, ...flags({ ...images, classifier }), '--open', 'session.json'].join(' '),
    '# no command trains, so none says the schedule; the program and the config do:',
    `#   ${unsaid.join(', ')}`,
    '',
  ].join('\n');
};
