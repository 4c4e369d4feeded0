/** Calls of packetdrill scripts that wait. */

import assert from 'node:assert/strict';
import { ACCEPTED, LISTENER, play } from './play.js';

describe('calls that block', () => {
  const accept = (when: string, ack: string) =>
    `${LISTENER}+0...${when} accept(3, ..., ...) = 4
+.1 < S 0:0(0) win 9000 <mss 1000>
+0 > S. 0:0(0) ack 1 <mss 1460>
${ack} < . 1:1(0) ack 1 win 9000
+.1 write(4, ..., 10) = 10
+0 > P. 1:11(10) ack 1
`;

  it('return when what they wait for comes', () => {
    assert.equal(play(accept('0.200', '+.1')).verdict, 'passed');
  });

  it('fail when they return at another time', () => {
    assert.equal(play(accept('0.300', '+.1')).verdict, '5: time 0.300000 / 0.200000');
  });

  it('fail when they never return', () => {
    assert.equal(play(accept('0.200', '+.5')).verdict, '5: result 4 / blocked');
  });

  it('are waited for at the end of the script', () => {
    const script = `${LISTENER}+0...0.3 accept(3, ..., ...) = 4\n`;
    assert.equal(play(script).verdict, '5: result 4 / blocked');
  });

  it('poll returns when its time is over', () => {
    const poll = 'poll([{fd=4, events=POLLIN, revents=0}], 1, 200) = 0';
    assert.equal(play(`${ACCEPTED}+0...0.2 ${poll}\n`).verdict, 'passed');
    assert.match(play(`${ACCEPTED}+0...0.4 ${poll}\n`).verdict, /^9: time 0\.5/);
  });

  it('a connect that nobody answers times out', () => {
    const script = `0 \`sysctl -q net.ipv4.tcp_syn_retries=1 net.ipv4.tcp_syn_linear_timeouts=0\`
+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0...3 connect(3, ..., ...) = -1 ETIMEDOUT (Connection timed out)
+0 > S 0:0(0) <...>
+1 > S 0:0(0) <...>
`;
    assert.equal(play(script).verdict, 'passed');
  });
});
