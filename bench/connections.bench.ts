/** Whole short connections as the debugger records them: seven segments, every rule with its state before and after. */

import { compile } from '../src/lang/program.js';
import { results, startRun } from '../src/run/run.js';
import { perSecond, report } from './measure.js';
import { plainConnections } from './plain-connections.js';

const recorded = 1000;
const plain = 100_000;

const script = `
host client { isn rfc6528 }
host server { isn rfc6528 }
scenario "short connections" {
  server: listen 80
  repeat ${recorded} {
    client: connect server:80 as c
    server: accept as s
    expect client.c ESTABLISHED
    client.c: close
    expect server.s CLOSE_WAIT
    server.s: close
    wait 5min
  }
  expect client connections == 0
}
`;

const { program, diagnostics } = compile(script, { file: 'connections.tcpflow' });
if (program === undefined) throw new Error(JSON.stringify(diagnostics));

report({
  name: 'short connections, recorded; against plain objects without rules',
  unit: '/s',
  measured: () =>
    perSecond(recorded, () => {
      const run = startRun(program);
      while (run.timeline.extend() !== undefined);
      const { verdict, failures } = results(run);
      if (verdict !== 'passed') throw new Error(failures[0]?.message ?? verdict);
    }),
  bound: () => perSecond(plain, () => plainConnections(plain)),
});
