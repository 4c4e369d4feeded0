/** How long the command line takes to start, beside Node itself. */

import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { report } from './measure.js';

const cli = path.resolve('dist/cli.js');

/** Wall milliseconds of one run; on processors that are shared, the ratio is what counts. */
function milliseconds(...args: readonly string[]): number {
  const began = process.hrtime.bigint();
  execFileSync(process.execPath, args, { stdio: 'ignore' });
  return Number(process.hrtime.bigint() - began) / 1e6;
}

report({
  name: 'start of the command line, against node -e 0',
  unit: 'ms',
  measured: () => milliseconds(cli, '--help'),
  bound: () => milliseconds('-e', '0'),
});
