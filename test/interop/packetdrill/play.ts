/** packetdrill scripts of the tests' own, run. */

import { compilePackets } from '../../../src/interop/packetdrill/translate.js';
import { diagnosticText } from '../../../src/lang/diagnostics.js';
import { finish, type Results, type Run, startRun } from '../../../src/run/run.js';

export interface Played {
  readonly run: Run;
  readonly results: Results;
  /** `passed`, or the first difference: `4: flags S. / R`; `unsupported: ...`. */
  readonly verdict: string;
}

/** Runs a script that has no mistakes; lines count from 1. */
export function play(text: string, profile = 'linux'): Played {
  const { program, diagnostics } = compilePackets(text, { file: 'test.pkt', profile });
  if (!program) throw new Error(diagnostics.map(diagnosticText).join('\n'));
  const run = startRun(program);
  const results = finish(run);
  return { run, results, verdict: verdictOf(run, results) };
}

function verdictOf({ program }: Run, results: Results): string {
  const [failure] = results.failures;
  if (!failure) return results.verdict === 'passed' ? 'passed' : `${results.ended?.reason}`;
  const line = (program.instructions[failure.statement]?.place.range.start.line ?? 0) + 1;
  const [first] = failure.differences;
  if (!first) return `${line}: ${failure.summary}`;
  return `${line}: ${first.field} ${first.expected} / ${first.actual}`;
}

/** A listener, lines 1 to 4. */
export const LISTENER = `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
`;

/** A connection that was accepted as 4, lines 1 to 8. */
export const ACCEPTED = `${LISTENER}+0 < S 0:0(0) win 32792 <mss 1000>
+0 > S. 0:0(0) ack 1 <mss 1460>
+.1 < . 1:1(0) ack 1 win 32792
+0 accept(3, ..., ...) = 4
`;

/** A connection that was asked for without blocking, lines 1 to 6. */
export const CONNECTED = `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <...>
+.1 < S. 0:0(0) ack 1 win 5792 <mss 1460>
+0 > . 1:1(0) ack 1
`;
