/** Constants that are written as numbers, and numbers that are written as constants, as each system numbers them. */

import assert from 'node:assert/strict';
import { play } from './play.js';

const SOCKET = '0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n';

const passing: readonly (readonly [profile: string, lines: string])[] = [
  [
    'linux',
    '+0 setsockopt(3, 1, 2, [1], 4) = 0\n+0 getsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], [4]) = 0',
  ],
  [
    'freebsd',
    '+0 setsockopt(3, 65535, 4, [1], 4) = 0\n+0 getsockopt(3, SOL_SOCKET, SO_REUSEADDR, [4], [4]) = 0',
  ],
  [
    'linux',
    '+0 setsockopt(3, 6, 1, [1], 4) = 0\n+0 getsockopt(3, SOL_TCP, TCP_NODELAY, [1], [4]) = 0',
  ],
  [
    'linux',
    '+0 setsockopt(3, SOL_TCP, 18, [500], 4) = 0\n+0 getsockopt(3, SOL_TCP, TCP_USER_TIMEOUT, [500], [4]) = 0',
  ],
  [
    'freebsd',
    '+0 setsockopt(3, 6, 128, [5], 4) = 0\n+0 getsockopt(3, IPPROTO_TCP, TCP_KEEPINIT, [5], [4]) = 0',
  ],
  [
    'linux',
    '+0 setsockopt(3, SOL_SOCKET, SO_LINGER, {1, 3}, 8) = 0\n+0 getsockopt(3, SOL_SOCKET, SO_LINGER, {onoff=1, linger=3}, [8]) = 0',
  ],
  ['linux', '+0 getsockopt(3, SOL_SOCKET, SO_TYPE, [SOCK_STREAM], [4]) = 0'],
  ['freebsd', '+0 getsockopt(3, SOL_SOCKET, SO_PROTOCOL, [IPPROTO_TCP], [4]) = 0'],
  [
    'linux',
    '+0 setsockopt(3, 0, 1, [8], 4) = 0\n+0 getsockopt(3, SOL_IP, IP_TOS, [8], [4]) = 0\n+0 getsockopt(3, SOL_IP, IP_TTL, [64], [4]) = 0',
  ],
  [
    'linux',
    '+0 setsockopt(3, SOL_SOCKET, SO_DEBUG, [7], 4) = 0\n+0 getsockopt(3, SOL_SOCKET, SO_DEBUG, [1], [4]) = 0',
  ],
  [
    'freebsd',
    '+0 getsockopt(3, SOL_SOCKET, SO_NOSIGPIPE, [0], [4]) = 0\n+0 setsockopt(3, SOL_SOCKET, SO_NOSIGPIPE, [1], 4) = 0\n+0 getsockopt(3, SOL_SOCKET, SO_NOSIGPIPE, [2048], [4]) = 0',
  ],
  [
    'freebsd',
    '+0 setsockopt(3, SOL_SOCKET, SO_DEBUG, [1], 4) = 0\n+0 getsockopt(3, SOL_SOCKET, SO_DEBUG, [1], [4]) = 0',
  ],
  [
    'freebsd',
    '+0 setsockopt(3, IPPROTO_TCP, TCP_FUNCTION_BLK, {function_set_name="freebsd", pcbcnt=0}, 36) = 0\n+0 getsockopt(3, IPPROTO_TCP, TCP_FUNCTION_BLK, {function_set_name="freebsd", pcbcnt=...}, [36]) = 0\n+0 setsockopt(3, IPPROTO_TCP, TCP_FUNCTION_BLK, {function_set_name="nonsense", pcbcnt=0}, 36) = -1 ENOENT (x)',
  ],
  [
    'freebsd',
    '+0 setsockopt(3, SOL_SOCKET, SO_ACCEPTFILTER, {af_name="nonsense", af_arg=""}, 256) = -1 ENOENT (x)\n+0 getsockopt(3, SOL_SOCKET, SO_ACCEPTFILTER, {af_name=..., af_arg=...}, [256]) = -1 EINVAL (x)\n+0 setsockopt(3, SOL_SOCKET, SO_ACCEPTFILTER, NULL, 0) = 0',
  ],
  [
    'linux',
    '+0 fcntl(3, 4, 0x802) = 0\n+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)',
  ],
  [
    'freebsd',
    '+0 fcntl(3, F_SETFL, 0x6) = 0\n+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)',
  ],
  [
    'linux',
    '+0 socket(2, 0x801, 6) = 4\n+0 connect(4, ..., ...) = -1 EINPROGRESS (Operation now in progress)',
  ],
  [
    'linux',
    '+0 `echo 0 > /proc/sys/net/ipv4/tcp_sack; sysctl net.ipv4.tcp_sack`\n+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0\n+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)\n+0 > S 0:0(0) <mss 1460,nop,nop,TS val 1 ecr 0,nop,wscale 10>',
  ],
  [
    'linux',
    '+0 `ifconfig tun0 mtu 1300`\n+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0\n+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)\n+0 > S 0:0(0) <mss 1260,sackOK,TS val 1 ecr 0,nop,wscale 10>',
  ],
];

describe('constants of the sockets interface', () => {
  for (const [profile, lines] of passing) {
    it(`${profile}: ${lines.split('\n')[0]}`, () => {
      assert.equal(play(`${SOCKET}${lines}\n`, profile).verdict, 'passed');
    });
  }

  it('differ when they do', () => {
    const verdict = (line: string) => play(`${SOCKET}${line}\n`, 'linux').verdict;
    assert.equal(
      verdict('+0 getsockopt(3, SOL_SOCKET, SO_DOMAIN, [AF_INET6], [4]) = 0'),
      '2: SO_DOMAIN 10 / 2',
    );
  });

  it('of a stack of functions and of accept filters are told when they are not there', () => {
    for (const [line, what] of [
      ['TCP_FUNCTION_BLK, {function_set_name="rack", pcbcnt=0}, 36', 'the TCP stack `rack`'],
      ['SO_ACCEPTFILTER, {af_name="dataready", af_arg=""}, 256', 'the accept filter `dataready`'],
    ] as const) {
      const level = line.startsWith('TCP') ? 'IPPROTO_TCP' : 'SOL_SOCKET';
      const { results } = play(`${SOCKET}+0 setsockopt(3, ${level}, ${line}) = 0\n`, 'freebsd');
      assert.ok(JSON.stringify(results.ended).includes(what), line);
    }
    const { verdict } = play(
      `${SOCKET}+0 getsockopt(3, IPPROTO_TCP, TCP_FUNCTION_BLK, {function_set_name="rack", pcbcnt=...}, [36]) = 0\n`,
      'freebsd',
    );
    assert.equal(verdict, '2: TCP_FUNCTION_BLK "rack" / "freebsd"');
  });

  it('that have no name are said to be not supported', () => {
    for (const [line, what] of [
      ['setsockopt(3, 6, 77, [1], 4) = 0', 'the number 77'],
      ['setsockopt(3, 0, 5, [1], 4) = 0', 'the number 5'],
      ['getsockopt(3, IPPROTO_TCP, TCP_INFO, {pcbcnt=3}, [4]) = 0', 'pcbcnt'],
      ['fcntl(3, 4, 0x10000000) = 0', 'the flag 0x10000000'],
    ] as const) {
      const { results } = play(`${SOCKET}+0 ${line}\n`, 'linux');
      assert.match(String(results.ended?.reason ?? ''), /unsupported|not supported/, line);
      assert.ok(JSON.stringify(results.ended).includes(what), line);
    }
  });
});
