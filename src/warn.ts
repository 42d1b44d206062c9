const said = new Set<string>();

/** Says what the user should know but need not stop for, on `console.warn`. */
export const warn = (message: string): void => console.warn(`tfjs-boomerang: ${message}`);

/** As {@link warn}, but the same message only once in a process. */
export const warnOnce = (message: string): void => {
  if (said.has(message)) return;
  said.add(message);
  warn(message);
};

/** Has everything said again that {@link warnOnce} said before, for tests: what they hear depends on no other test. */
export const sayAnew = (): void => said.clear();

/** Says what is worth knowing and no fault, on `console.info`. */
export const tell = (message: string): void => console.info(`tfjs-boomerang: ${message}`);
