/** The oldest Node that is supported, as `engines` in package.json says. */
export const OLDEST_NODE = '20.19';

/** Whether a version is at least another one, number by number; what is absent counts as 0. */
export const isAtLeast = (version: string, least: string): boolean => {
  const [have, want] = [version, least].map((text) => text.replace(/^v/, '').split('.').map(Number));
  for (let n = 0; n < 3; n += 1) {
    const difference = (have?.[n] ?? 0) - (want?.[n] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
};
