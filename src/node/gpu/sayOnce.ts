const said = new Set<string>();

/** Says what computes, each thing once in a process, on standard error: it is not among what a program prints. */
export const sayOnce = (what: string): void => {
  if (!said.has(what)) process.stderr.write(`tfjs-boomerang: ${what}\n`);
  said.add(what);
};
