/** The record of a packetdrill script, and what it says of what was sent. */

import assert from 'node:assert/strict';
import { advance } from '../../../src/run/runner.js';
import { copyState } from '../../../src/run/state.js';
import type { Step } from '../../../src/sim/step.js';
import { ACCEPTED, CONNECTED, LISTENER, play } from './play.js';

describe('the record of a packetdrill script', () => {
  it('has each line at its place, and says what a sysctl comes to', () => {
    const { run } = play(`\`sysctl -q net.ipv4.tcp_sack=0 net.ipv4.tcp_fack=0\`\n${ACCEPTED}`);
    const [first] = run.program.instructions;
    assert.equal(first?.place.range.start.line, 0);
    assert.deepEqual(
      run.timeline.step(0).microsteps.map(({ why }) => why()),
      ['net.ipv4.tcp_sack=0: sets sack', 'net.ipv4.tcp_fack=0: changes nothing here'],
    );
  });

  it('is the same after going back to any of its steps', () => {
    const { run } = play(`${ACCEPTED}+.1 write(4, ..., 10) = 10\n+0 > P. 1:11(10) ack 1\n`);
    const { timeline } = run;
    const text = (step: Step | undefined) =>
      step?.microsteps.map(({ rule, why }) => `${rule.id} ${why()}`);
    for (let i = timeline.length() - 1; i >= 0; i--) {
      const state = copyState(timeline.stateBefore(i));
      assert.deepEqual(text(advance(state, i)), text(timeline.step(i)), `step ${i}`);
    }
  });

  it('what asks for what there is not, only when it runs, ends it there', () => {
    const { results, verdict } = play(
      `${ACCEPTED}+0 setsockopt(4, SOL_TCP, TCP_REPAIR, [1], 4) = 0\n`,
    );
    assert.equal(results.verdict, 'unsupported');
    assert.equal(verdict, 'not supported: TCP_REPAIR');
  });

  it('two connections of one script are told apart', () => {
    const second = LISTENER.replaceAll('3', '5').replace('0 socket', '+0 socket');
    const script = `${ACCEPTED}+0 close(3) = 0
${second}+0 < S 0:0(0) win 9000 <mss 1000>
+0 > S. 0:0(0) ack 1 <mss 1460>
+0 < . 1:1(0) ack 1 win 9000
+0 accept(5, ..., ...) = 6
+0 write(6, ..., 5) = 5
+0 > P. 1:6(5) ack 1
`;
    assert.equal(play(script).verdict, 'passed');
  });
});

describe('what a packetdrill script is told of a segment that was sent', () => {
  /** What the first failure says, or what the last line met. */
  const told = (text: string): string => {
    const { run, results } = play(text);
    const [failure] = results.failures;
    if (failure) return `${failure.summary} ${failure.differences.map(({ actual }) => actual)}`;
    return (
      run.timeline
        .step(run.timeline.length() - 1)
        .microsteps.at(-1)
        ?.why() ?? ''
    );
  };
  const SYN = `${LISTENER}+0 < S 0:0(0) win 32792 <mss 1000>\n`;
  const CONNECT = CONNECTED.slice(0, CONNECTED.indexOf('+0 > S'));

  it('has the script’s numbers, whatever they count from', () => {
    for (const [text, said] of [
      [`${SYN}+0 > R. 0:0(0) ack 1\n`, /kernel sent S\. 0:0\(0\) ack 1 .* S\./],
      [`${SYN}+0 > . 7:7(0) ack 1\n`, /kernel sent S\. 0:0\(0\) ack 1 .* S\.,0/],
      [`${CONNECT}+0 > . 1:1(0)\n`, /kernel sent S 0:0\(0\) win \d+ <.*> at 0\.0+ S,0/],
      [
        `${ACCEPTED}+0 write(4, ..., 1000) = 1000\n+0 > P. 1:2001(2000) ack 1\n`,
        /kernel sent only P\. 1:1001\(1000\) ack 1 win \d+ at 0\.1/,
      ],
      [`${ACCEPTED}+0 write(4, ..., 9) = 9\n+0 > P. 2:11(9) ack 1\n`, /sent P\. 1:10\(9\) .* 1$/],
      [`${ACCEPTED}+0 write(4, ..., 9) = 9\n+0 > P. 1:10(9) ack 1\n`, /sent P\. 1:10\(9\) ack 1/],
    ] as const) {
      assert.match(told(text), said, text);
    }
  });

  it('has the number on the wire of a reset of no connection, which only `!` can be', () => {
    const after = `${ACCEPTED}+0 close(3) = 0\n+0 < R. 1:1(0) ack 1 win 9\n+.1 < S 9:9(0) win 9\n+0 > `;
    assert.match(
      told(`${after}R. 3:3(0) ack 10\n`),
      /kernel sent R\. 0:0\(0\)! ack 10 win 0 at \S+ \d{2,}$/,
    );
    // Numbers are counted from the ISS, so that 0 is another.
    assert.match(told(`${after}R. 0:0(0) ack 10\n`), /kernel sent R\. 0:0\(0\)! ack 10/);
    assert.match(told(`${after}R. 0:0(0)! ack 10\n`), /^kernel sent/);
  });
});
