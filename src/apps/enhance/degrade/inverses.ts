import * as tf from '@tensorflow/tfjs-core';
import type { Banded } from './banded.ts';
import type { Trust } from './degradation.ts';
import { denseMap, type LineMap, type Lines, lineMapOf, mapLines } from './lineMap.ts';
import { pseudoInverse } from './pseudoInverse.ts';
import { LEAST_GAIN, spectrumOf } from './spectrum.ts';

/**
 * The pseudo-inverse of what happens to columns and to lines: those of both, one after the other. Fast, and with lines of
 * thousands of pixels.
 *
 * @returns undefined where some of the gains are so small that they must be left out, which takes the gains themselves.
 */
export const exactInverse = (lines: Lines<Banded>): Lines<LineMap> | undefined => {
  const { down, across } = forBoth(lines, (line) => pseudoInverse(line, LEAST_GAIN)); // of squares: no gain of both is less
  return down && across && forBoth({ down, across }, lineMapOf);
};

/**
 * The pseudo-inverse by gains of directions, of which some may be trusted by halves.
 *
 * @throws ArgumentError `too-large` for lines of so many pixels that it would take minutes.
 */
export const inverseByGains = (lines: Lines<Banded>): ((seen: tf.Tensor4D, trust?: Trust) => tf.Tensor4D) => {
  const { down, across } = forBoth(lines, spectrumOf);
  const gains = down.gains.map((a) => across.gains.map((b) => a * b));
  const least = LEAST_GAIN * gains.flat().reduce((most, gain) => Math.max(most, gain), 0);
  const shares = (trust: Trust): number[] =>
    gains.flatMap((row) => row.map((gain) => (gain > least ? trust(gain) / gain : 0)));
  const toDirections = forBoth({ down, across }, ({ left }) => denseMap(left.transpose()));
  const toImages = forBoth({ down, across }, ({ right }) => denseMap(right));
  return (seen, trust = () => 1) =>
    tf.tidy(() => {
      const taken = tf.tensor4d(shares(trust), [1, down.gains.length, across.gains.length, 1]);
      return mapLines(tf.mul(mapLines(seen, toDirections), taken), toImages);
    });
};

/** Where columns are as long as lines, the same happens to both, and is found once. */
export const forBoth = <T, U>({ down, across }: Lines<T>, make: (line: T) => U): Lines<U> => {
  const first = make(down);
  return { down: first, across: across === down ? first : make(across) };
};
