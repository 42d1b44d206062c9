/**
 * `describe` where its body can run; elsewhere one pending test that says why not. The body of mocha's `describe.skip`
 * runs, and so fails on what it reads, or needs stand-ins for what is not there.
 *
 * @param reason `true`, or why the body cannot run here.
 */
export const describeWhere = (reason: true | string, title: string, body: (this: Mocha.Suite) => void): void => {
  if (reason === true) describe(title, body);
  else describe(title, () => it.skip(reason));
};
