/** Scripts that expect what is not so, for the tests of what packetdrill compares. */

import assert from 'node:assert/strict';
import { play } from './play.js';

export type Case = readonly [
  name: string,
  script: string,
  verdict: RegExp | 'passed',
  profile?: string,
];

/** A test of each case: what packetdrill says of its script. */
export function compared(of: string, cases: readonly Case[]): void {
  for (const [name, script, verdict, profile = 'linux'] of cases) {
    it(`${of}: ${name}`, () => {
      const { verdict: actual } = play(script, profile);
      if (verdict === 'passed') assert.equal(actual, verdict);
      else assert.match(actual, verdict);
    });
  }
}
