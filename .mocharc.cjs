/*
 * All tests, unless the command names some: mocha adds what is named to a `spec`, and would run everything for one file.
 */
const named = process.argv.slice(2).some((argument) => /\.tsx?$|^(\.\/)?test\b/.test(argument));

module.exports = {
  'node-option': ['import=tsx', 'no-experimental-require-module'],
  require: ['test/support/setup.ts'],
  reporter: 'test/support/reporter.cjs',
  timeout: 60000,
  ...(named ? {} : { spec: ['test/**/*.test.ts'] }),
};
