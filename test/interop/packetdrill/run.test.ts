/** packetdrill scripts run: what passes, what fails and with which first difference. */

import assert from 'node:assert/strict';
import { advance } from '../../../src/run/runner.js';
import { copyState } from '../../../src/run/state.js';
import type { Step } from '../../../src/sim/step.js';
import { ACCEPTED, CONNECTED, LISTENER, play } from './play.js';

/** Name, script and verdict; the profile is `linux` when none is named. */
const table: readonly (readonly [string, string, string, string?])[] = [
  ['a listener accepts', ACCEPTED, 'passed'],
  ['a connect is answered', CONNECTED, 'passed'],
  [
    'a close by us and then by the peer',
    `${ACCEPTED}+0 close(4) = 0
+0 > F. 1:1(0) ack 1
+0 < F. 1:1(0) ack 2 win 9
+0 > . 2:2(0) ack 2
`,
    'passed',
  ],
  [
    'a SYN that nobody listens to begins no count of the peer’s numbers',
    `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 < SF 17:20(3) win 32792 <mss 1000>
+0 > R. 0:0(0) ack 22 win 0
+0 listen(3, 1) = 0
+0 < S 40:40(0) win 32792 <mss 1000>
+0 > S. 0:0(0) ack 41 <...>
+0 < . 1:1(0) ack 1 win 257
+0 accept(3, ..., ...) = 4
+0 < P. 1:11(10) ack 1 win 257
+0 > . 1:1(0) ack 11
`,
    'passed',
  ],
  [
    'what is signed is dropped under Linux, and the listener stays',
    `--local_ip=192.168.0.1 --remote_ip=192.0.2.1 // two on a line
${LISTENER}+0 < S 0:0(0) win 32792 <mss 1000>
+0 > S. 0:0(0) ack 1 <mss 1460>
+0 < P. 1:11(10) ack 1 win 257 <md5 000102030405060708090a0b0c0d0e0f,nop,nop>
+0 \`grep " 0A " /proc/net/tcp /proc/net/tcp6 | grep ":1F90"\`
+0 < . 1:1(0) ack 1 win 257
+0 accept(3, ..., ...) = 4
+0 \`grep " 08 " /proc/net/tcp\`
`,
    '12: CLOSE_WAIT some / 0',
  ],
  [
    'an option that nobody knows is ignored by the letter',
    `${LISTENER}+0 < S 0:0(0) win 32792 <mss 1000,md5 000102030405060708090a0b0c0d0e0f,nop,nop>
+0 > S. 0:0(0) ack 1 <...>
`,
    'passed',
    'rfc9293',
  ],
  [
    'flags that differ',
    `${LISTENER}+0 < . 5:5(0) ack 7 win 9
+0 > R. 7:7(0)
`,
    '6: flags R. / R',
  ],
  [
    'numbers that differ',
    `${ACCEPTED}+0 < P. 1:11(10) ack 1 win 9\n+0 > . 1:1(0) ack 12\n`,
    '10: ack 12 / 11',
  ],
  [
    'options that differ, whatever their order and padding',
    `${LISTENER}+0 < S 0:0(0) win 9 <mss 1000,nop,nop,sackOK>
+0 > S. 0:0(0) ack 1 <nop,nop,sackOK,mss 1400>
`,
    '6: mss 1400 / 1460',
  ],
  [
    'a segment that comes too early',
    `${LISTENER}+0 < S 0:0(0) win 9 <mss 1000>\n+.5 > S. 0:0(0) ack 1 <mss 1460>\n`,
    '6: time 0.500000 / 0.000000',
  ],
  [
    'a segment that does not come',
    `${ACCEPTED}+0 < . 1:1(0) ack 1 win 9\n+0 > . 1:1(0) ack 1\n`,
    '10: segment . 1:1(0) ack 1 / nothing',
  ],
  [
    'a segment that nobody expected, before one that is',
    `${ACCEPTED}+0 < P. 1:11(10) ack 1 win 9
+0 close(4) = 0
+0 > R. 1:1(0) ack 11
`,
    '11: flags R. / .',
  ],
  [
    'Linux acknowledges a FIN after text 40 ms later',
    `${ACCEPTED}+0 < P. 1:11(10) ack 1 win 9
+0 > . 1:1(0) ack 11
+0 read(4, ..., 50) = 10
+0 < F. 11:11(0) ack 1 win 9
+.04 > . 1:1(0) ack 12
`,
    'passed',
  ],
  [
    'Linux acknowledges a FIN without text at once',
    `${ACCEPTED}+0 < F. 1:1(0) ack 1 win 9\n+0 > . 1:1(0) ack 2\n`,
    'passed',
  ],
  ['what is sent after the last line does not matter', `${ACCEPTED}+0 close(4) = 0\n`, 'passed'],
  [
    'the tolerance that the script asks for',
    `--tolerance_usecs=600000\n${LISTENER}+0 < S 0:0(0) win 9 <mss 1000>
+.5 > S. 0:0(0) ack 1 <mss 1460>
`,
    'passed',
  ],
  [
    'whenever it comes, and times counted from there',
    `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <...>
* > S 0:0(0) <...>
+.9~+1.1 > S 0:0(0) <...>
`,
    'passed',
  ],
  [
    'one line for several segments: they are seen before they are cut to the MSS',
    `${ACCEPTED}+0 write(4, ..., 2500) = 2500\n+0 > P. 1:2501(2500) ack 1\n`,
    'passed',
  ],
  [
    'where a long write is cut is the kernel’s affair, and so is its PSH',
    `${ACCEPTED}+0 write(4, ..., 3000) = 3000\n+0 > P. 1:2001(2000) ack 1\n`,
    'passed',
  ],
  [
    'the end of the text has a PSH',
    `${ACCEPTED}+0 write(4, ..., 3000) = 3000\n+0 > . 1:3001(3000) ack 1\n`,
    '10: flags . / P.',
  ],
  [
    'a result that differs',
    `${LISTENER}+0 accept(3, ..., ...) = -1 EAGAIN (Resource temporarily unavailable)\n`,
    '5: result -1 EAGAIN / blocked',
  ],
  [
    'an errno that differs',
    `${CONNECTED}+0 read(3, ..., 5) = -1 EPIPE (Broken pipe)\n`,
    '7: errno EPIPE / EAGAIN',
  ],
  [
    'EWOULDBLOCK is EAGAIN',
    `${CONNECTED}+0 read(3, ..., 5) = -1 EWOULDBLOCK (Operation would block)\n`,
    'passed',
  ],
  [
    'SO_ERROR tells of a reset',
    `${CONNECTED}+0 < R 1:1(0) win 0
+0 getsockopt(3, SOL_SOCKET, SO_ERROR, [ECONNRESET], [4]) = 0
`,
    'passed',
  ],
  [
    'an absolute time',
    `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
1.00 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
1.00 > S 0:0(0) <...>
2.00 > S 0:0(0) <...>
`,
    'passed',
  ],
  [
    'TCP_INFO of the connection',
    `${CONNECTED}+0 %{ assert tcpi_state == TCP_ESTABLISHED, tcpi_state }%
+0 %{ assert (tcpi_options & TCPI_OPT_TIMESTAMPS) == 0; assert tcpi_snd_mss == 1480 - 20 }%
+0 %{ assert tcpi_state == TCP_LISTEN }%
`,
    '9: tcpi_state assert tcpi_state == TCP_LISTEN / 1',
  ],
  [
    'SO_MEMINFO: the sizes of the buffers, which may be told as products',
    `\`sysctl -q net.ipv4.tcp_rmem="4096 $((2*65536)) $((32*1024*1024))"\`
${CONNECTED}+0 %{ assert SK_MEMINFO_RCVBUF == 131072, SK_MEMINFO_RCVBUF }%
+0 setsockopt(3, SOL_SOCKET, SO_SNDBUF, [5000], 4) = 0
+0 %{ assert SK_MEMINFO_SNDBUF == 5000 }%
`,
    '10: SK_MEMINFO_SNDBUF assert SK_MEMINFO_SNDBUF == 5000 / 10000',
  ],
  [
    'what follows a timer that was late comes after what it brought',
    `0 socket(..., SOCK_STREAM|SOCK_NONBLOCK, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 9 <mss 1000>
+0 > S. 0:0(0) ack 1 <mss 1460>
+1 > S. 0:0(0) ack 1 <mss 1460>
+0 < . 1:1(0) ack 1 win 9
+0 accept(3, ..., ...) = 4
`,
    'passed',
  ],
  [
    'an interface that takes nothing is asked every half second, until the user timeout',
    `${CONNECTED}+0 setsockopt(3, SOL_TCP, TCP_USER_TIMEOUT, [2000], 4) = 0
+0 \`tc qdisc delete dev tun0 root 2>/dev/null ; tc qdisc add dev tun0 root pfifo limit 0\`
+0 write(3, ..., 24) = 24
+2 write(3, ..., 24) = 24
+.4 write(3, ..., 24) = -1 ETIMEDOUT (Connection timed out)
+0 %{ assert tcpi_probes == 4 and tcpi_backoff == 0 and tcpi_unacked == 0 }%
`,
    'passed',
  ],
  [
    'an interface that has room again takes what waited',
    `${CONNECTED}+0 \`tc qdisc add dev tun0 root pfifo limit 0\`
+0 write(3, ..., 24) = 24
+0 \`tc qdisc del dev tun0 root\`
+.3 > P. 1:25(24) ack 1
`,
    'passed',
  ],
  [
    'assertions with functions, lists and what is printed',
    `${CONNECTED}+0 %{ print(tcpi_rtt); assert tcpi_state in (TCP_ESTABLISHED, TCP_CLOSE_WAIT), tcpi_state
assert tcpi_state not in [TCP_LISTEN,] and abs(tcpi_snd_mss - 1470) == 10 and max(1, tcpi_lost, 2) == 2 }%
+0 %{ assert min(tcpi_unacked, 5) in (1, 2) }%
`,
    '9: tcpi_unacked assert min(tcpi_unacked, 5) in (1, 2) / 0',
  ],
  [
    'IPv6 has addresses and an MSS of its own',
    `--ip_version=ipv6\n${LISTENER}+0 < S 0:0(0) win 9 <mss 1000>\n+0 > S. 0:0(0) ack 1 <mss 1440>\n`,
    'passed',
  ],
  [
    'an MTU sets the MSS under IPv6, too, be it that of IPv4',
    `--ip_version=ipv6\n--mtu=1520\n${LISTENER}+0 < S 0:0(0) win 9 <mss 1000>\n+0 > S. 0:0(0) ack 1 <mss 1460>\n`,
    'passed',
  ],
  [
    'an MTU sets the MSS',
    `--mtu=9000\n${LISTENER}+0 < S 0:0(0) win 9 <mss 1000>\n+0 > S. 0:0(0) ack 1 <mss 8960>\n`,
    'passed',
  ],
  [
    'a sysctl switches an option off, and a note says what means nothing',
    `\`sysctl -q net.ipv4.tcp_sack=0 net.ipv4.tcp_fack=0\`
${LISTENER}+0 < S 0:0(0) win 9 <mss 1000,nop,nop,sackOK>
+0 > S. 0:0(0) ack 1 <mss 1460>
`,
    'passed',
  ],
  [
    'buffers set the window and its shift count, as Linux does it',
    `\`sysctl -q net.ipv4.tcp_rmem="4096 131072 $((32*1024*1024))"\`
${LISTENER}+0 < S 0:0(0) win 9 <mss 1000,nop,wscale 7>
+0 > S. 0:0(0) ack 1 win 64240 <mss 1460,nop,wscale 10>
`,
    'passed',
  ],
  [
    'what every script of Google’s sets first',
    `\`../common/defaults.sh\`
${LISTENER}+0 < S 0:0(0) win 9 <mss 1000,nop,wscale 7>
+0 > S. 0:0(0) ack 1 win 65535 <mss 1460,nop,wscale 8>
`,
    'passed',
  ],
  [
    'a port unreachable ends an attempt',
    `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <...>
+.1 < icmp unreachable port_unreachable [2:2(0)]
+0 getsockopt(3, SOL_SOCKET, SO_ERROR, [0], [4]) = 0
+.1 < icmp unreachable port_unreachable [1:1(0)]
+0 getsockopt(3, SOL_SOCKET, SO_ERROR, [ECONNREFUSED], [4]) = 0
`,
    'passed',
  ],
  [
    'FreeBSD: a count of connections, the window counted from the buffer, drops',
    `\`sysctl -w net.inet.tcp.recvspace=65536\`
${CONNECTED}+0 getsockopt(3, SOL_SOCKET, SO_RCVBUF, [65700], [4]) = 0
+.1 < R 65701:65701(0) win 9
+0 getsockopt(3, SOL_SOCKET, SO_ERROR, [0], [4]) = 0
+.1 < R 65700:65700(0) win 9
+0 > . 1:1(0) ack 1 win 65535
+0 \`sockstat -4 -P tcp -s | grep packetdril | grep -c ESTABLISHED | grep 1\`
+0 \`tcpdrop -s ESTABLISHED\`
+0 \`sockstat -4 -P tcp -s | grep packetdril | grep -c ESTABLISHED | grep 0\`
`,
    'passed',
    'freebsd',
  ],
  [
    'FreeBSD: rfc1323=2 is window scaling alone, 3 timestamps alone',
    `\`sysctl -w net.inet.tcp.rfc1323=2\`
${CONNECTED.replace('S 0:0(0) <...>', 'S 0:0(0) <mss 1460,nop,wscale 6,sackOK,eol,eol>')}+0 \`sysctl -w net.inet.tcp.rfc1323=3\`
+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 4
+0 fcntl(4, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 connect(4, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <mss 1460,sackOK,TS val 100 ecr 0>
`,
    'passed',
    'freebsd',
  ],
  [
    'ICMP queries are nothing to TCP',
    `${CONNECTED}+0 < icmp echo_request [1:1(0)]
+0 < icmp timestamp_reply
+0 getsockopt(3, SOL_SOCKET, SO_ERROR, [0], [4]) = 0
`,
    'passed',
  ],
  [
    'against the RFC itself, buffers and options are nobody’s',
    `${LISTENER}+0 < S 0:0(0) win 9 <mss 1000,sackOK,eol,eol>
+0 > S. 0:0(0) ack 1 win 12345 <mss 1300,nop,wscale 6>
+0 getsockopt(3, SOL_SOCKET, SO_RCVBUF, [77], [4]) = 0
`,
    'passed',
    'rfc9293',
  ],
];

describe('packetdrill scripts', () => {
  for (const [name, script, verdict, profile] of table) {
    it(name, () => assert.equal(play(script, profile).verdict, verdict));
  }
});

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

describe('timestamps', () => {
  const script = (tick: string, later: number) => `${tick}\n${LISTENER}
+0 < S 0:0(0) win 9000 <mss 1000,nop,nop,TS val 700 ecr 0>
+0 > S. 0:0(0) ack 1 <mss 1460,nop,nop,TS val 100 ecr 700>
+.1 < P. 1:11(10) ack 1 win 9000 <nop,nop,TS val 800 ecr 100>
+0 > . 1:1(0) ack 11 <nop,nop,TS val ${later} ecr 800>
`;

  it('the host’s are the script’s, whatever they count from', () => {
    assert.equal(play(script('', 5)).verdict, 'passed');
  });

  it('are compared when the script says how long a tick is', () => {
    assert.equal(play(script('--tcp_ts_tick_usecs=1000', 200)).verdict, 'passed');
    assert.match(play(script('--tcp_ts_tick_usecs=1000', 900)).verdict, /^10: TS val 900 \/ /);
  });
});

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

describe('congestion control in packetdrill scripts', () => {
  const lost = (
    before: string,
    option = '',
    threshold = 5,
  ) => `${before}0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+.1 < S 0:0(0) win 32792 <mss 1000,nop,nop,sackOK>
+0 > S. 0:0(0) ack 1 <mss 1460,nop,nop,sackOK>
+.1 < . 1:1(0) ack 1 win 32792
+0 accept(3, ..., ...) = 4
${option}+0 write(4, ..., 8000) = 8000
+0 > P. 1:8001(8000) ack 1
+.1 < . 1:1(0) ack 1001 win 32792 <nop,nop,sack 3001:6001>
+0 > . 1001:3001(2000) ack 1
+.01 %{ assert tcpi_snd_ssthresh == ${threshold} }%
`;
  const sysctl = (name: string) => `0 \`sysctl -q net.ipv4.tcp_congestion_control=${name}\`\n`;
  const option = (name: string) =>
    `+0 setsockopt(4, IPPROTO_TCP, TCP_CONGESTION, "${name}", ${name.length}) = 0\n`;

  it('is Reno where nothing else is said, and what is said otherwise', () => {
    assert.equal(play(lost('')).verdict, 'passed');
    assert.equal(play(lost(sysctl('reno'))).verdict, 'passed');
    assert.equal(play(lost(sysctl('cubic'), '', 7)).verdict, 'passed');
    assert.equal(play(lost('', option('cubic'), 7)).verdict, 'passed');
    assert.equal(play(lost(sysctl('cubic'), option('reno'))).verdict, 'passed');
  });

  it('is named when it is none that is here', () => {
    assert.throws(() => play(lost(sysctl('bbr'))), /not supported: the congestion control `bbr`/);
    const set = (name: string, result: string) =>
      `+0 setsockopt(4, IPPROTO_TCP, TCP_CONGESTION, "${name}", 9) = ${result}\n`;
    assert.match(play(lost('', set('bbr', '0'))).verdict, /not supported: .*bbr/);
    assert.equal(play(lost('', set('none', '-1 ENOENT (No such file)'))).verdict, 'passed');
  });
});
