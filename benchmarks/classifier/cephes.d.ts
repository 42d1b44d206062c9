/** What is used of the package, whose own declarations TypeScript cannot find by the package's `exports`. */
declare module 'cephes' {
  const cephes: {
    /** Settles when the functions can be called. */
    readonly compiled: Promise<void>;
    /** Below which a share `p` of Student's t distribution lies. */
    stdtri(degreesOfFreedom: number, p: number): number;
    /** The chance of at most `k` successes in `n` trials, each with the chance `p`. */
    bdtr(k: number, n: number, p: number): number;
  };
  export default cephes;
}
