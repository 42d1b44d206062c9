import { sayAnew } from '../../src/warn.ts';

const heardWhile = async (how: 'warn' | 'info', run: () => unknown): Promise<string[]> => {
  const heard: string[] = [];
  const { [how]: usual } = console;
  console[how] = (text: string) => heard.push(text);
  try {
    await run();
  } finally {
    console[how] = usual;
  }
  return heard;
};

/** What is said on `console.warn` while something runs, instead of showing it, whatever was said before. */
export const saidWhile = (run: () => unknown): Promise<string[]> => {
  sayAnew();
  return heardWhile('warn', run);
};

/** What is told on `console.info` while something runs, instead of showing it. */
export const toldWhile = (run: () => unknown): Promise<string[]> => heardWhile('info', run);
