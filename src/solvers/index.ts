export { batchSigmas, type Leg, type Level, legsOf } from '../noise/leg.ts';
export { checkPrediction, cleanEstimate, type Denoiser, networkInput, type Prediction } from './denoiser.ts';
export { type SolveAsyncOptions, type SolveOptions, solve, solveAsync } from './solve.ts';
export { makeSolver, SOLVERS, type SolverOptions } from './solvers.ts';
export type { Estimate, Memory, Solver, State, Step } from './step.ts';
export { type Evaluation, evaluationsOf, type WalkOptions, walk } from './walk.ts';
