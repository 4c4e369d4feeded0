/** Mocha's usual report, and the counts for the sum that scripts/test.mjs prints at the end. */
const { appendFileSync } = require('node:fs');
const { Runner, reporters } = require('mocha');

module.exports = class CountReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = runner.stats;
      const file = process.env.TCPFLOW_COUNTS;
      if (file) appendFileSync(file, `${JSON.stringify({ passes, failures, pending })}\n`);
    });
  }
};
