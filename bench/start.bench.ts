/** C1: how long the command line takes for one scenario, the whole process, beside Node itself. */

import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { compare } from './measure.js';

const cli = path.resolve('dist/cli.js');
const script = path.resolve('examples/handshake.tcpflow');

/** Wall milliseconds of one run; on processors that are shared, the ratio is what counts. */
function milliseconds(...args: readonly string[]): number {
  const began = process.hrtime.bigint();
  execFileSync(process.execPath, args, { stdio: 'ignore' });
  return Number(process.hrtime.bigint() - began) / 1e6;
}

void compare(
  {
    name: 'C1 command line, one scenario',
    unit: 'ms',
    measured: () => milliseconds(cli, 'run', script),
  },
  [
    {
      name: 'node -e 0',
      measured: () => milliseconds('-e', '0'),
      goal: { must: 1.5, aim: 1.25, better: 'less' },
    },
  ],
);
