import { sayAnew } from '../../src/warn.ts';

/** What is said on `console.warn` while something runs, instead of showing it, whatever was said before. */
export const saidWhile = async (run: () => unknown): Promise<string[]> => {
  const said: string[] = [];
  sayAnew();
  const { warn } = console;
  console.warn = (text: string) => said.push(text);
  try {
    await run();
  } finally {
    console.warn = warn;
  }
  return said;
};
