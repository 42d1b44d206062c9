import type { Sample } from '../../../src/node/runs/format.ts';
import type { Shard } from '../../../src/node/runs/plan.ts';
import { uniform } from '../../../src/random.ts';

export const shard: Shard = { name: '00000512-v1', first: 512, count: 3, variant: 1 };

export type Kind = {
  readonly channels: 1 | 3;
  readonly pair?: boolean;
  readonly soft?: boolean;
  readonly labelled?: boolean;
  readonly original?: boolean;
};

/** Three samples of noise, of which the second came out as it went in. */
export const samplesOf = ({ channels, pair, soft, labelled = true, original }: Kind): readonly Sample[] =>
  [0, 1, 2].map((n) => {
    const noise = (purpose: string): Uint8Array =>
      Uint8Array.from({ length: 5 * 4 * channels }, (_, i) => Math.floor(256 * uniform(['sample', purpose, n, i])));
    const clean = noise('clean');
    return {
      id: `0000051${n}-${original ? 'original' : 'v1'}`,
      place: 510 + n,
      name: `Bäume/${n}.jpg`,
      shape: [5, 4, channels],
      pixels: n === 1 ? clean : noise('variant'),
      ...(pair ? { clean } : {}),
      ...(labelled ? { label: 2 * n, className: ['ash', 'oak', 'Bäume/alle'][n] as string } : {}),
      ...(soft ? { softLabel: [0.75, 0.25, 0, 0, 0] } : {}),
    };
  });
