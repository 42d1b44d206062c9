/*
 * All tests, unless the command names some: mocha adds what is named to a `spec`, and would run everything for one file.
 */
const named = process.argv.slice(2).some((argument) => /\.tsx?$|^(\.\/)?test\b/.test(argument));

/** What takes minutes and is the same with and without anything beside the clone: CI runs it once, with everything. */
const LONG = [
  'test/**/*.slow.test.ts',
  'test/apps/enhance/**',
  'test/benchmarks/**',
  'test/browser/**',
  'test/cli/{train,stopping,worker}.test.ts',
  'test/docs/**',
  'test/fleet/**',
  'test/studio/page/**',
  'test/studio/{export,static}.test.ts',
  'test/studio/server/moves.test.ts',
];
const isBrief = !named && process.env.BOOMERANG_TESTS === 'brief';
if (isBrief) console.log(`left out, since BOOMERANG_TESTS is brief: ${LONG.join(', ')}`);

module.exports = {
  'node-option': ['import=tsx', 'no-experimental-require-module'],
  require: ['test/support/setup.ts'],
  reporter: 'test/support/reporter.cjs',
  timeout: 60000,
  ...(isBrief ? { ignore: LONG } : {}),
  ...(named ? {} : { spec: ['test/**/*.test.ts'] }),
};
