/** Collects what each test of a suite warns of, instead of printing it. */
export const collectWarnings = (): (() => readonly string[]) => {
  const { warn } = console;
  let said: string[] = [];
  beforeEach(() => {
    said = [];
    console.warn = (text: string) => said.push(text);
  });
  afterEach(() => {
    console.warn = warn;
  });
  return () => said;
};
