import type { PlainThrow } from '../../../apps/enhance/cascade.ts';
import { cascadeText } from '../../enhance/cascadeText.ts';
import type { CascadeTuning } from './options.ts';

export type Ready = {
  readonly tuning: CascadeTuning;
  /** What the user called it. */
  readonly model: string;
  readonly cascade: readonly PlainThrow[];
};

/** The command that enhances pictures as was found best. */
export const commandOf = ({ tuning, model, cascade }: Ready): string => {
  const { factor, degrade, noise, way, goal, samples } = tuning;
  const options: readonly (readonly [name: string, value: string | number | undefined])[] = [
    ['model', model],
    ['factor', factor],
    ['degrade', degrade === 'bicubic' ? undefined : degrade],
    ['noise', noise === 0 ? undefined : noise],
    ...Object.entries(way).map(([name, value]) => [kebab(name), value] as const),
    ['cascade', cascadeText(cascade)],
    ['samples', takesMean(goal, samples) ? samples : undefined],
  ];
  const said = options.flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${word(String(value))}`]));
  return ['boomerang enhance IMAGE…', ...said, '--out DIR'].join(' ');
};

/** The same in TypeScript. */
export const codeOf = ({ tuning, cascade }: Ready): string => {
  const { factor, degrade, noise, way, goal, samples, seed } = tuning;
  const options = [
    `factor: ${factor}`,
    ...(degrade === 'bicubic' ? [] : [`degrade: ${quoted(degrade)}`]),
    ...(noise === 0 ? [] : [`noise: ${noise} / 255`]),
    ...Object.entries(way).map(
      ([name, value]) => `${name}: ${typeof value === 'number' ? value : quoted(String(value))}`,
    ),
    `cascade: ${cascadeCode(cascade)}`,
    ...(takesMean(goal, samples) ? [`samples: ${samples}`] : []),
    `seed: ${quoted(seed)}`,
  ];
  return `await enhance(model, images, { ${options.join(', ')} })`;
};

const takesMean = (goal: CascadeTuning['goal'], samples: number): boolean => goal === 'fidelity' && samples > 1;

const cascadeCode = (cascade: readonly PlainThrow[]): string => {
  const falling = /^(\d+)x([\d.e-]+?)\.\.([\d.e-]+)$/.exec(cascadeText(cascade));
  if (falling) return `fallingCascade(${falling.slice(1).join(', ')})`;
  return `[${cascade.map(({ strength, steps }) => `{ strength: ${strength}, steps: ${steps} }`).join(', ')}]`;
};

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** As a shell reads it. */
const word = (text: string): string => (/^[\w./:@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
