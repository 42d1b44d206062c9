import { scheduleFrom } from '../../schedules/schedules.ts';
import type { Curve } from '../choice.ts';

/** A curve as code, and the functions of the library that it calls. */
export type CurveCode = { readonly code: string; readonly imports: readonly string[] };

/**
 * Writes a curve as the calls that make it: `warmUp(3, cosine(0.1, 0.3))`.
 *
 * @throws ArgumentError `bad-config`, `bad-schedule`.
 */
export const curveCode = (curve: Curve): CurveCode => {
  scheduleFrom(curve);
  return written(curve);
};

const written = (curve: unknown): CurveCode => {
  if (!Array.isArray(curve)) return { code: String(curve), imports: [] };
  const [name, ...args] = curve as unknown as readonly [string, ...unknown[]];
  const isOther = (arg: unknown): boolean => Array.isArray(arg) && typeof arg[0] === 'string';
  const parts = args.map((arg) => (isOther(arg) ? written(arg) : { code: literal(arg), imports: [] }));
  const code = `${name}(${parts.map((part) => part.code).join(', ')})`;
  return { code, imports: [name, ...parts.flatMap(({ imports }) => imports)] };
};

/** A value as code: text in single quotes, everything else as JSON, with room behind commas. */
export const literal = (value: unknown): string => {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  return JSON.stringify(value);
};

const quoted = (text: string): string => {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${inner.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`;
};
