let last: Promise<unknown> = Promise.resolve();

/**
 * Does one thing after the other on the runtime, whichever session or model it is for: two sessions of the webgpu engine
 * that compute at once disturb each other, and wasm has one memory.
 */
export const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
  const turn = last.then(work);
  last = turn.catch(() => undefined); // whoever asked hears of it
  return turn;
};
