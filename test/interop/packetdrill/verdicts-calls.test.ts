/** Calls that end otherwise than the script expects, and what packetdrill refuses to read. */

import assert from 'node:assert/strict';
import { compilePackets } from '../../../src/interop/packetdrill/translate.js';
import { type Case, compared } from './compared.js';
import { ACCEPTED, LISTENER } from './play.js';

const NOWAIT = `${ACCEPTED}+0 fcntl(4, F_SETFL, O_RDWR|O_NONBLOCK) = 0\n`;

const called = (...lines: readonly string[]) =>
  `${NOWAIT}${lines.map((line) => `+0 ${line}\n`).join('')}`;

const pending = (error: string) => `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <...>
+.1 < R. 0:0(0) ack 1 win 0
+0 poll([{fd=3, events=POLLOUT, revents=POLLOUT|POLLERR|POLLHUP}], 1, 0) = 1
+0 getsockopt(3, SOL_SOCKET, SO_ERROR, [${error}], [4]) = 0
`;

const calls: readonly Case[] = [
  ['flags that are set', called('fcntl(4, F_GETFL) = 0x802 (flags O_RDWR|O_NONBLOCK)'), 'passed'],
  ['flags that are not', called('fcntl(4, F_GETFL) = 0x2 (flags O_RDWR)'), /^10: result 2 \/ 2050/],
  ['an errno of a call that fails', called('read(4, ..., 9) = -1 EAGAIN (whatever)'), 'passed'],
  ['any errno', called('read(4, ..., 9) = -1'), 'passed'],
  [
    'another errno',
    called('read(4, ..., 9) = -1 EPIPE (Broken pipe)'),
    /^10: errno EPIPE \/ EAGAIN/,
  ],
  [
    'another failure',
    called('read(4, ..., 9) = -2 EAGAIN (Again)'),
    /^10: result -2 EAGAIN \/ -1 EAGAIN/,
  ],
  [
    'an errno of one that does not',
    called('shutdown(4, SHUT_RD) = 0 ENOTCONN (x)'),
    /^10: errno ENOTCONN \/ none/,
  ],
  [
    'a descriptor that there is not',
    called('write(9, ..., 1) = -1 EBADF (x)'),
    /^10: call .* there is no descriptor 9/,
  ],
  [
    'one that was closed',
    called('close(3) = 0', 'listen(3, 1) = -1 EBADF (x)'),
    /^11: call .* there is no descriptor 3/,
  ],
  [
    'one that is free again',
    called('close(3) = 0', 'socket(..., SOCK_STREAM, IPPROTO_TCP) = 3'),
    'passed',
  ],
  [
    'one of another socket',
    called('socket(..., SOCK_STREAM, IPPROTO_TCP) = 3'),
    /^10: call .* 3 stands for another/,
  ],
  ['none where one must be', called('close(...) = 0'), /^10: call .* needs a number/],
  ['too many arguments', called('close(4, 5) = 0'), /^10: call .* takes 1 argument, not 2/],
  ['a size below 0', called('read(4, ..., -1) = 0'), /^10: call .* no buffer of -1 octets/],
  [
    'a size below 0 in a vector',
    called('readv(4, [{..., -1}], 1) = 0'),
    /^10: call .* of -1 octets/,
  ],
  ['too few', called('fcntl(4) = 0'), /^10: call .* takes 2 or 3 arguments, not 1/],
  [
    'a vector of another length',
    called('writev(4, [{..., 1}, {..., 2}], 1) = 1'),
    /^10: call .* given 2 of what .* 1/,
  ],
  [
    'poll of another number',
    called('poll([{fd=4, events=POLLIN}], 2, 0) = 0'),
    /^10: call .* given 1 of what .* 2/,
  ],
  [
    'a message with buffers of another number',
    called('sendmsg(4, {msg_name(...)=..., msg_iov(2)=[{..., 1}], msg_flags=0}, 0) = 1'),
    /^10: call .* given 1 of what .* 2/,
  ],
  [
    'a name that the system does not have',
    called('setsockopt(4, SOL_TCP, TCP_NODELAI, [1], 4) = 0'),
    /^10: call .*`TCP_NODELAI` is no name that Linux has; `TCP_NODELAY` is known/,
  ],
  [
    'one of the other system',
    called('setsockopt(4, IPPROTO_TCP, TCP_NOPUSH, [1], 4) = 0'),
    /^10: call .*`TCP_NOPUSH` is no name that Linux has/,
  ],
  ['a flag that no system has', called('send(4, ..., 1, MSG_NOW) = 1'), /^10: call .*`MSG_NOW`/],
  ['half of a connection that is none', called('shutdown(4, 3) = -1 EINVAL (x)'), 'passed'],
  [
    'an option by a number that none has',
    called(
      'setsockopt(4, SOL_TCP, 4711, [1], 4) = -1 ENOPROTOOPT (x)',
      'getsockopt(4, SOL_TCP, 4711, [1], [4]) = -1 ENOPROTOOPT (x)',
      'getsockopt(4, 4711, 1, [1], [4]) = -1 ENOPROTOOPT (x)',
    ),
    'passed',
  ],
  ['a number with a zero before it', called('write(4, ..., 0100) = 100'), 'passed'],
  ['events as numbers', called('poll([{fd=4, events=5, revents=4}], 1, 0) = 1'), 'passed'],
  [
    'other events as numbers',
    called('poll([{fd=4, events=POLLOUT, revents=1}], 1, 0) = 1'),
    /^10: revents 1 \/ 4/,
  ],
  ['an error as a number', pending('111'), 'passed'],
  ['an error by its name', pending('ECONNREFUSED'), 'passed'],
  ['another error as a number', pending('110'), /^7: SO_ERROR 110 \/ 111/],
  ['no events', called('poll([{fd=4, events=POLLOUT}], 1, 0) = 1'), /^10: revents 0 \/ POLLOUT/],
  [
    'the size of what is read',
    called('getsockopt(4, SOL_SOCKET, SO_ERROR, [0], [8]) = 0'),
    /^10: call .* \[4\] octets/,
  ],
  [
    'less than an integer',
    called('setsockopt(4, SOL_SOCKET, SO_KEEPALIVE, [1], 2) = -1 EINVAL (x)'),
    'passed',
  ],
  [
    'the flags of a message',
    `${ACCEPTED}+0 < P. 1:11(10) ack 1 win 9\n+0 > . 1:1(0) ack 11\n+0 recvmsg(4, {msg_name(...)=..., msg_iov(1)=[{..., 10}], msg_flags=MSG_TRUNC}, 0) = 10\n`,
    /^11: msg_flags MSG_TRUNC \/ 0/,
  ],
  [
    'flags that sendmsg does not read',
    called('sendmsg(4, {msg_name(...)=..., msg_iov(1)=[{..., 1}], msg_flags=MSG_EOR}, 0) = 1'),
    /^10: call .* sendmsg does not read msg_flags/,
  ],
];

const refused: readonly (readonly [line: string, message: RegExp])[] = [
  ['+0 < . 1:1(0) ack 1', /needs its window/],
  ['+0 < S 0:0(0) win 9 <...>', /`<\.\.\.>` is for what the host sends/],
  ['+0 < [ect01] . 1:1(0) ack 1 win 9', /`\[ect01\]` is for what the host sends/],
  ['+0 > S 0:0(0) <mss 1460,sackOK>', /6 octets, .*: 2 more are needed/],
  ['+0 > E2. 1:1(0) ack 1', /`E2\.` tells ECE, CWR or AE twice/],
  ['+0 > .P 1:1(0) ack 1', /Expected the flags of a packet/],
  ['+0 > C. 1:1(0) ack 1', /Expected the flags of a packet/],
  ['+0 > P. 1:65537(65536) ack 1', /must be in 0 to 65535 octets/],
  ['+0 < . 1:1(0) ack 1 win 9 <sack 1:2 3:4 5:6 7:8 9:10,nop,nop>', /must be in 0 to 40 octets/],
  ['* close(3) = 0', /A time `\*` is for what the host sends/],
  ['+1~2 > . 1:1(0) ack 1', /Expected the end of a range of times/],
  ['close(3) = 0', /Expected a time, such as `\+0`/],
  ['+0 %{ assert tcpi_foo == 1 }%', /packetdrill has no member of tcp_info `tcpi_foo`/],
  ['+0 > [foo] . 1:1(0) ack 1', /packetdrill has no IP field `foo`/],
  ['+0 > . 1:1(0) ack 1 <foo>', /packetdrill has no TCP option `foo`/],
  [`+0 < . 1:1(0) ack 1 win 9 ${'x'.repeat(99)}`, /not `x{59}…`\./],
  ['+0 < icmp foo [1:1(0)]', /packetdrill has no ICMP message `foo`/],
  ['+0 < icmp unreachable foo [1:1(0)]', /packetdrill has no code of `unreachable` `foo`/],
  ['+0 < icmp source_quench foo [1:1(0)]', /packetdrill has no code of `source_quench` `foo`/],
  ['+0 < icmp packet_too_big mtu 1280 [1:1(0)]', /no ICMP message of IPv4 `packet_too_big`/],
  [
    '+0 < icmp unreachable host_unreachable mtu 1280 [1:1(0)]',
    /MTU is told by `unreachable frag_needed` alone/,
  ],
  ['+0 < icmp unreachable frag_needed mtu 65536 [1:1(0)]', /An MTU must be in 0 to 65535/],
  ['+0 foo(3) = 0', /packetdrill has no call `foo`/],
  ['--tolerance_usecs=1000', /`--tolerance_usecs` comes too late/],
  ['+0~+1 < . 1:1(0) ack 1 win 9', /A range of times is for what the host sends/],
];

describe('what packetdrill compares of calls', () => compared('calls', calls));

describe('what packetdrill refuses', () => {
  for (const [line, message] of refused) {
    it(line, () => {
      const { program, diagnostics } = compilePackets(`${LISTENER}${line}\n`, {
        file: 'x.pkt',
        profile: 'linux',
      });
      assert.equal(program, undefined);
      assert.match(diagnostics[0]?.message ?? '', message);
    });
  }

  for (const [option, message] of [
    ['--foo=1', /packetdrill has no option `foo`/],
    ['--ip_version=ipv5', /`--ip_version` must be in/],
    ['--tolerance_usecs=0', /`--tolerance_usecs` must be in 1 to/],
    ['--tolerance_percent=101', /`--tolerance_percent` must be in 0 to 100/],
  ] as const) {
    it(option, () => {
      const { program, diagnostics } = compilePackets(`${option}\n${LISTENER}`, {
        file: 'x.pkt',
        profile: 'linux',
      });
      assert.equal(program, undefined);
      assert.match(diagnostics[0]?.message ?? '', message);
    });
  }
});
