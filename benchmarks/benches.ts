import { augment } from './augment.ts';
import type { Benchmark } from './benchmark.ts';
import { cache } from './cache.ts';
import { diskCache } from './diskCache.ts';
import { enhance, latentEnhance } from './enhance.ts';
import { fleet } from './fleet.ts';
import { growth } from './growth.ts';
import { latent } from './latent.ts';
import { latentSolvers } from './latentSolvers.ts';
import { modes } from './modes.ts';
import { network } from './network.ts';
import { sessions } from './sessions.ts';
import { soak } from './soak.ts';
import { solvers } from './solvers.ts';
import { start } from './start.ts';
import { training } from './training.ts';

/** Every benchmark, in the order in which they run. */
export const BENCHES: Readonly<Record<string, Benchmark>> = {
  network,
  augment,
  solvers,
  latentSolvers,
  growth,
  start,
  cache,
  diskCache,
  modes,
  sessions,
  soak,
  training,
  latent,
  enhance,
  latentEnhance,
  fleet,
};
