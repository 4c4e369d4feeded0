/** Skips the end-to-end tests by name where they cannot run (`npm test` says why) and reports what failed. */

import type { Context } from 'mocha';
import { nowOpen, reportFailure } from './open.js';

export const mochaHooks = {
  beforeAll(this: Context): void {
    const reason = process.env.TCPFLOW_E2E_SKIP;
    if (reason === undefined) return;
    console.log(`  e2e: skipped by name: ${reason}`);
    this.skip();
  },

  async afterEach(this: Context): Promise<void> {
    if (this.currentTest?.state !== 'failed') return;
    for (const opened of nowOpen) await reportFailure(opened, this.currentTest.title);
  },
};
