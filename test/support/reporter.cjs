const { reporters, Runner } = require('mocha');

/** The spec reporter, with a last line that scripts can read: `N passed, N failed, N skipped`. */
module.exports = class Summary extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once(Runner.constants.EVENT_RUN_END, () =>
      setImmediate(() => {
        const { passes, failures, pending } = this.stats;
        console.log(`${passes} passed, ${failures} failed, ${pending} skipped`);
      }),
    );
  }
};
