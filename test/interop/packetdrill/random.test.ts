/** Random packetdrill scripts: whatever they say, they are run to a verdict, and to the same one each time. */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compilePackets } from '../../../src/interop/packetdrill/translate.js';
import { finish, startRun } from '../../../src/run/run.js';
import { ACCEPTED, CONNECTED, LISTENER } from './play.js';

const time = fc.oneof(
  { weight: 6, arbitrary: fc.constant('+0') },
  fc.constantFrom('+.1', '+1', '*', '0.5', '+.1~+.3', '+100'),
);
const number = fc.constantFrom(0, 1, 2, 11, 1001, 65_535, 65_700, 4_294_967_295);
const flags = fc.constantFrom('S', 'S.', '.', 'P.', 'F.', 'FP.', 'R', 'R.', 'SF', '-', 'SEW');
const options = fc.constantFrom(
  '',
  '<...>',
  '<mss 1460>',
  '<mss 1,nop,wscale 14,sackOK,TS val 5 ecr 0>',
  '<TS val 9 ecr 4294967295,sack 1:5>',
  '<mss 900,FO,nop,nop>',
  '<mss 900,FO abcd1234,eol,nop>',
  '<nop,nop,FO TFO_COOKIE>',
  '<FOEXP 01,eol,eol,eol>',
);
const packet = fc
  .tuple(fc.constantFrom('<', '>'), flags, number, fc.constantFrom(0, 1, 10, 3000), number, options)
  .map(([way, bits, seq, length, ack, tail]) => {
    const [from, to] = seq + length < 2 ** 32 ? [seq, seq + length] : [seq - length, seq];
    const told = way === '<' ? tail.replace('<...>', '') : tail;
    return `${way} ${bits} ${from}:${to}(${length}) ack ${ack} win 500 ${told}`;
  });
const call = fc
  .tuple(
    fc.constantFrom(3, 4, 5),
    fc.constantFrom(
      ...['close(FD) = 0', 'read(FD, ..., 100) = 10', 'write(FD, ..., 5000) = 5000'],
      ...['shutdown(FD, SHUT_WR) = 0', 'shutdown(FD, SHUT_RDWR) = 0', 'accept(FD, ..., ...) = 4'],
      ...[
        'listen(FD, 0) = 0',
        'connect(FD, ..., ...) = -1 EINPROGRESS (a)',
        'bind(FD, ..., ...) = 0',
      ],
      ...['socket(..., SOCK_STREAM, IPPROTO_TCP) = FD', 'accept(FD, ..., ...) = -1 EAGAIN (b)'],
      ...['getsockopt(FD, SOL_SOCKET, SO_ERROR, [0], [4]) = 0', 'fcntl(FD, F_GETFL) = ...'],
      ...['setsockopt(FD, SOL_SOCKET, SO_LINGER, {onoff=1, linger=0}, 8) = 0'],
      ...['setsockopt(FD, SOL_TCP, TCP_USER_TIMEOUT, [300], 4) = 0'],
      ...[
        'poll([{fd=FD, events=POLLIN, revents=POLLIN}], 1, 10) = 1',
        'ioctl(FD, SIOCINQ, [0]) = 0',
      ],
      ...[
        'epoll_create(1) = FD',
        'epoll_ctl(FD, EPOLL_CTL_ADD, 3, {events=EPOLLIN|EPOLLOUT|EPOLLET, fd=3}) = 0',
        'epoll_wait(FD, {events=EPOLLOUT, fd=3}, 1, 10) = 1',
      ],
      ...[
        'setsockopt(FD, SOL_SOCKET, SO_ZEROCOPY, [1], 4) = 0',
        'sendmsg(FD, {msg_name(...)=..., msg_iov(1)=[{..., 900}], msg_flags=0}, MSG_ZEROCOPY) = 900',
        'setsockopt(FD, SOL_SOCKET, SO_TIMESTAMPING, [0x398], 4) = 0',
        'setsockopt(FD, SOL_TCP, TCP_INQ, [1], 4) = 0',
        'recvmsg(FD, {msg_name(...)=..., msg_iov(1)=[{..., 9}], msg_flags=0, msg_control=[]}, MSG_ERRQUEUE) = 9',
        'recvmsg(FD, {msg_name(...)=..., msg_iov(1)=[{..., 9}], msg_flags=0}, 0) = 9',
        'open("file", O_RDONLY) = FD',
        'sendfile(3, FD, [0], 100) = 100',
      ],
      ...['sendto(FD, ..., 3000, MSG_FASTOPEN, ..., ...) = 3000'],
      ...['sendto(FD, ..., 9, MSG_FASTOPEN|MSG_DONTWAIT, ..., ...) = -1 EINPROGRESS (c)'],
      ...['setsockopt(FD, SOL_TCP, TCP_FASTOPEN, [1], 4) = 0'],
      ...['setsockopt(FD, SOL_TCP, TCP_FASTOPEN_CONNECT, [1], 4) = 0'],
      ...['connect(FD, AF_UNSPEC, ...) = 0'],
      ...['sendmsg(FD, {msg_name(...)=..., msg_iov(1)=[{..., 5}], msg_flags=0}, 0) = 5'],
    ),
  )
  .map(([fd, text]) => text.replaceAll('FD', String(fd)));
const other = fc.constantFrom(
  '< icmp unreachable host_unreachable [0:0(0)]',
  '< icmp unreachable frag_needed mtu 68 [1:1(0)]',
  '%{ assert tcpi_state == TCP_ESTABLISHED }%',
  '`sockstat -s | grep -c TIME_WAIT | grep 0`',
  '%{ assert 0 <= tcpi_unacked < 9 and not tcpi_options & TCPI_OPT_SYN_DATA }%',
  '`sysctl -q net.ipv4.tcp_fastopen=0x70607`',
  '`./defaults.sh`',
  '`nstat -n`',
  '`nstat | grep TcpExtOutOfWindowIcmps`',
  '`tcpdrop -s ESTABLISHED`',
  '`sysctl -w net.ipv4.tcp_syn_retries=0 net.inet.tcp.msl=1 kern.ipc.maxsockbuf=1`',
);
const line = fc
  .tuple(time, fc.oneof({ weight: 4, arbitrary: packet }, { weight: 4, arbitrary: call }, other))
  .map(
    ([when, what]) =>
      `${what.startsWith('>') ? when : when.replace('*', '+0').replace(/~.*/, '')} ${what}`,
  );
const blocking = fc.constant('+0...0.5 read(4, ..., 10) = 10');

/** What comes first happens at time 0. */
const BEGIN = '0 `true`\n';

const script = fc
  .tuple(
    fc.constantFrom(BEGIN, LISTENER, ACCEPTED, CONNECTED),
    fc.array(fc.oneof({ weight: 9, arbitrary: line }, blocking), { maxLength: 12 }),
  )
  .map(([start, lines]) => `${start}${lines.join('\n')}\n+0 close(3) = 0\n`);

/** Pieces of the language, to be put where they do not belong. */
const piece = fc.constantFrom(
  ...['FO', 'FOEXP', 'MSG_FASTOPEN', '...', '-1', '4294967296', '<', '>', '(', ')', '{', '}', '`'],
  ...['%{', '}%', '"', '\\', '*', '~', '+', '[', ']', '\0', 'é', 'assert', 'not', '#ifdef', '/*'],
);
const mutation = fc.record({ at: fc.nat(2000), length: fc.nat(6), text: piece });

describe('random packetdrill scripts', () => {
  it('that were spoilt are read to the end, and run when they can be', () => {
    fc.assert(
      fc.property(script, fc.array(mutation, { minLength: 1, maxLength: 5 }), (text, mutations) => {
        const spoilt = mutations.reduce((whole, { at, length, text: inserted }) => {
          const from = at % (whole.length + 1);
          return whole.slice(0, from) + inserted + whole.slice(from + length);
        }, text);
        const { program, diagnostics } = compilePackets(spoilt, {
          file: 'x.pkt',
          profile: 'linux',
        });
        assert.equal(program === undefined, diagnostics.length > 0);
        if (program) assert.notEqual(finish(startRun(program)).verdict, 'running');
      }),
      { numRuns: 500 },
    );
  });

  for (const profile of ['rfc9293', 'linux', 'freebsd']) {
    it(`end with a verdict, the same one twice, against ${profile}`, () => {
      fc.assert(
        fc.property(script, (text) => {
          const { program, diagnostics } = compilePackets(text, { file: 'x.pkt', profile });
          if (!program) {
            assert.ok(
              diagnostics.every(({ code }) => code === 'packetdrill-time'),
              text,
            );
            return;
          }
          const once = finish(startRun(program));
          assert.notEqual(once.verdict, 'running');
          const again = finish(startRun(program));
          assert.deepEqual(
            again.failures.map(({ message }) => message),
            once.failures.map(({ message }) => message),
          );
        }),
        { numRuns: 400 },
      );
    });
  }
});
