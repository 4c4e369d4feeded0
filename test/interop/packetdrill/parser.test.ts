/** The text of packetdrill scripts: its lines, times and calls, and what is wrong with them. */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { EventLine } from '../../../src/interop/packetdrill/ast.js';
import { NOT_SUPPORTED } from '../../../src/interop/packetdrill/messages.js';
import { parsePackets } from '../../../src/interop/packetdrill/parser.js';
import { compilePackets } from '../../../src/interop/packetdrill/translate.js';
import { line, mistakes, STANDARD } from './lines.js';

describe('a text in a call', () => {
  it('goes on in what follows, and may leave the rest open', () => {
    const argument = (text: string) => {
      const { tree } = parsePackets(`0 f(${text}) = 0`, STANDARD);
      const { event } = tree.lines[0] ?? assert.fail();
      return event.kind === 'call' ? event.args : [];
    };
    assert.deepEqual(argument('"ab" "\\x63"\n "d"'), [{ kind: 'text', text: 'abcd' }]);
    assert.deepEqual(argument('"ab"..., 3'), [
      { kind: 'text', text: 'ab' },
      { kind: 'number', value: 3 },
    ]);
  });
});

const times: readonly (readonly [string, EventLine['time'], number?])[] = [
  ['0 close(3) = 0', { kind: 'absolute', at: 0 }],
  ['1.25 close(3) = 0', { kind: 'absolute', at: 1_250_000 }],
  ['+.001 close(3) = 0', { kind: 'relative', at: 1_000 }],
  ['+ 0.5 close(3) = 0', { kind: 'relative', at: 500_000 }],
  ['`true`', undefined],
  ['* > . 1:1(0) ack 1', { kind: 'any' }],
  ['+.3~+.400 > . 1:1(0) ack 1', { kind: 'relative-range', from: 300_000, to: 400_000 }],
  ['1.0~1.5 > . 1:1(0) ack 1', { kind: 'absolute-range', from: 1_000_000, to: 1_500_000 }],
  ['+.1...0.200 connect(3, ..., ...) = 0', { kind: 'relative', at: 100_000 }, 200_000],
  ['0...1 accept(3, ..., ...) = 4', { kind: 'absolute', at: 0 }, 1_000_000],
];

describe('the times of packetdrill', () => {
  for (const [text, time, until] of times) {
    it(text.split(' ').slice(0, 2).join(' '), () => {
      const read = line(text);
      assert.deepEqual(read.time, time);
      if (until !== undefined) {
        assert.equal(read.event.kind === 'call' && read.event.until, until);
      }
    });
  }

  const mistakenTimes = (text: string) => {
    const { diagnostics } = compilePackets(text, { file: 'times.pkt', profile: 'linux' });
    return diagnostics.map(({ range, code, message }) => {
      assert.equal(code, 'packetdrill-time');
      return `${range.start.line + 1} ${message}`;
    });
  };

  it('do not go back', () => {
    assert.deepEqual(mistakenTimes('0 close(3) = 0\n1 close(3) = 0\n0.5 close(4) = 0'), [
      '3 This time is before that of the line above: time does not go back.',
    ]);
  });

  it('begin at 0, whatever was prepared before', () => {
    const late = (seconds: number) =>
      `2 What comes first happens at time 0, from which all times are counted, not at ${seconds} s.`;
    assert.deepEqual(mistakenTimes('`true`\n0.1 close(3) = 0'), [late(0.1)]);
    assert.deepEqual(mistakenTimes('`true`\n+1 close(3) = 0'), [late(1)]);
    assert.deepEqual(mistakenTimes('`true`\n+.5~+2 > R 0:0(0)'), [late(0.5)]);
    for (const time of ['0', '+0.0', '*', '0~2', '+0~+1']) {
      assert.deepEqual(mistakenTimes(`${time} > R 0:0(0)`), []);
    }
  });

  it('may be missing of a command before all events or after them', () => {
    assert.deepEqual(mistakenTimes('`true`\n0 close(3) = 0\n+1 close(4) = 0\n`true`'), []);
    assert.deepEqual(mistakenTimes('0 close(3) = 0\n`true`\n+1 close(4) = 0'), [
      '2 Only a command before all else, or after it, may do without a time: write `+0` before this one.',
    ]);
  });
});

describe('the calls of packetdrill', () => {
  it('take numbers, words, lists, structures and dots', () => {
    const { event } = line(
      '0 setsockopt(3, SOL_SOCKET, SO_LINGER, {onoff=1, linger=0x0a}, 8) = 0 // later',
    );
    assert.deepEqual(event, {
      kind: 'call',
      call: 'setsockopt',
      args: [
        { kind: 'number', value: 3 },
        { kind: 'words', words: ['SOL_SOCKET'] },
        { kind: 'words', words: ['SO_LINGER'] },
        {
          kind: 'struct',
          fields: [
            { name: 'onoff', value: { kind: 'number', value: 1 } },
            { name: 'linger', value: { kind: 'number', value: 10 } },
          ],
        },
        { kind: 'number', value: 8 },
      ],
      result: { value: 0, errno: undefined },
      until: undefined,
    });
  });

  it('go over several lines', () => {
    const { event, range } = line(
      '+0 sendmsg(3, {msg_name(...)=...,\n  msg_iov(2)=[{..., 5},{..., 6}],\n msg_flags=0}, 0) = 11',
    );
    assert.equal(event.kind, 'call');
    assert.equal(range.end.line, 2);
  });

  const results: readonly (readonly [string, number | undefined, string | undefined])[] = [
    ['4', 4, undefined],
    ['-1 EAGAIN (Resource temporarily unavailable)', -1, 'EAGAIN'],
    ['-1 EPIPE(Broken pipe)', -1, 'EPIPE'],
    ['-1 (whatever)', -1, undefined],
    ['0x02 (flags O_RDWR)', 2, undefined],
    ['...', undefined, undefined],
  ];
  for (const [text, value, errno] of results) {
    it(`return ${text}`, () => {
      const { event } = line(`0 read(3, ..., 5) = ${text}`);
      assert.deepEqual(event.kind === 'call' && event.result, { value, errno });
    });
  }
});

describe('a packetdrill script', () => {
  it('has option lines, comments, commands and code', () => {
    const { tree, diagnostics } = parsePackets(
      '--ip_version=ipv6 // the family\n--tolerance_usecs=75000\n/* a\n comment */\n# another\n' +
        '`./defaults.sh\n sysctl -q net.ipv4.tcp_sack=0`\n+0 %{ assert tcpi_state == 1 }%\n',
      STANDARD,
    );
    assert.deepEqual(diagnostics, []);
    assert.deepEqual(
      tree.options.map(({ name, value }) => [name, value]),
      [
        ['ip_version', 'ipv6'],
        ['tolerance_usecs', '75000'],
      ],
    );
    assert.deepEqual(
      tree.lines.map(({ event, range }) => [event.kind, range.start.line]),
      [
        ['command', 5],
        ['code', 7],
      ],
    );
  });

  it('#ifdef chooses the lines of the names that are defined', () => {
    const text =
      '#ifdef STANDARD\n0 close(1) = 0\n#else\n0 close(2) = 0\n#endif\n' +
      '#ifdef FreeBSD\n0 close(3) = 0\n#endif\n#ifndef FreeBSD\n0 close(4) = 0\n#endif';
    const chosen = (names: readonly string[]) =>
      parsePackets(text, new Set(names)).tree.lines.map(({ range }) => range.start.line);
    assert.deepEqual(chosen(['STANDARD']), [1, 9]);
    assert.deepEqual(chosen(['FreeBSD']), [3, 6]);
  });

  it('what is wrong is said at its place, and the lines after it are read', () => {
    assert.deepEqual(mistakes('0 close(3) = 0\n+0 > Q 1:1(0)\n+0 close(4 = 0\n+0 close(5) = 0'), [
      '2:6 Expected the flags of a packet, such as `S.` or `.`, not `Q`.',
      '3:12 Expected `)`, not `=`.',
    ]);
    assert.deepEqual(mistakes('#ifdef STANDARD\n0 close(3) = 0'), [
      '1:1 This `#ifdef` has no `#endif`.',
    ]);
    assert.deepEqual(mistakes('0 `true'), [
      '1:3 The command has no end: another back quote must follow.',
    ]);
  });

  const unsupported: readonly (readonly [string, string])[] = [
    ['0 < udp (100)', 'UDP'],
    ['0 < sctp: INIT[flgs=0]', 'SCTP'],
    [
      '0 > S 0:0(0) <mss 1460,FO COOKIE,nop,nop>',
      '`COOKIE`, which stands for something that only the command line says (`-D COOKIE=VALUE`)',
    ],
    ['0 > S 0:0(0) <mss 1460,mp_capable a>', 'Multipath TCP'],
    ['0 < . 1:1(0) ack 1 win 5 <md5 valid>', 'TCP MD5 signatures'],
    ['0 > . 1:1(0) ack 1 <nop,nop,md5 000102030405060708090a0b0c0d0e0f>', 'TCP MD5 signatures'],
    ['0 `grep x /etc/passwd`', 'the command `grep x /etc/passwd`'],
    ['0 usleep(5) = 0', 'the call `usleep`'],
    ['0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 3', 'UDP (`SOCK_DGRAM`)'],
    ['0 socket(..., SOCK_STREAM, IPPROTO_SCTP) = 3', 'SCTP (`IPPROTO_SCTP`)'],
    ['0 socket(..., SOCK_STREAM, IPPROTO_MPTCP) = 3', 'Multipath TCP (`IPPROTO_MPTCP`)'],
    ['0 socket(AF_UNIX, SOCK_STREAM, 0) = 3', 'sockets other than of TCP (`AF_UNIX`)'],
    ['0 setsockopt(3, SOL_TCP, TCP_MD5SIG, [1], 4) = 0', 'TCP MD5 signatures (`TCP_MD5SIG`)'],
    [
      '0 getsockopt(3, SOL_TCP, TCP_ZEROCOPY_RECEIVE, [0], [4]) = 0',
      'receiving without a copy (`TCP_ZEROCOPY_RECEIVE`)',
    ],
    ['0 psp_rx_assoc(3, [1]) = 0', 'the call `psp_rx_assoc`'],
    ['0 `rm -r x`', 'the command `rm -r x`'],
    ['0 %{ x += tcpi_state }%', 'Python code: `x += tcpi_state`'],
    ['0 %{ assert len(tcpi_state) }%', 'Python code: `assert len(tcpi_state)`'],
    ['0 %{ assert abs(1, 2) }%', 'Python code: `assert abs(1, 2)`'],
    ['0 %{ assert 1 in 2 }%', 'Python code: `assert 1 in 2`'],
    ['0 %{ assert tcpi_toe_tid == 10 }%', 'an assertion about `tcpi_toe_tid`'],
  ];
  for (const [text, what] of unsupported) {
    it(`${what} is named, with its place`, () => {
      const script = `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n${text}`;
      const { program, diagnostics } = compilePackets(script, { file: 'a.pkt', profile: 'linux' });
      assert.equal(program, undefined);
      assert.deepEqual(
        diagnostics.map(({ message, code, range }) => [message, code, range.start.line]),
        [[`not supported: ${what}`, 'not-supported', 1]],
      );
    });
  }

  it('one that ends too early ends where its last word does', () => {
    const text = '0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 < S 0:0(0) win\n\n// later\n';
    const { diagnostics } = compilePackets(text, { file: 'a.pkt', profile: 'linux' });
    assert.deepEqual(
      diagnostics.map(({ message, range: { start } }) => [message, start]),
      [['Expected a number, not the end of the script.', { line: 1, character: 17 }]],
    );
  });

  it('an empty one is an error', () => {
    const { diagnostics } = compilePackets('// nothing\n', { file: 'a.pkt', profile: 'linux' });
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ['packetdrill-empty'],
    );
  });
});

describe('garbage', () => {
  const piece = fc.constantFrom(
    ...['+0', ' ', '\n', '<', '>', 'S.', '0:0(0)', 'ack 1', 'win 5', '<mss 1460>', '`', '%{', '}%'],
    ...[
      'socket(',
      '...',
      ')',
      '= 3',
      '= -1 E',
      '[',
      ']',
      '{',
      '}',
      '"',
      '#ifdef X',
      '#endif',
      '//',
    ],
    ...['/*', '*', '~', '|', '<<', '-', '.', '4294967296', '1e9', '--mtu=0', 'icmp', 'sack 1:2'],
  );

  it('never makes the parser or the translation throw', () => {
    const script = fc.oneof(
      fc.string({ maxLength: 200 }),
      fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(' ')),
    );
    fc.assert(
      fc.property(script, (text) => {
        const { program, diagnostics } = compilePackets(text, { file: 'x.pkt', profile: 'linux' });
        assert.equal(program === undefined, diagnostics.length > 0);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a script with very many mistakes', () => {
  it('tells some, and among them one that makes it wrong', () => {
    const { program, diagnostics } = compilePackets(`${'--is_anyip\n'.repeat(500)}0 nonsense\n`, {
      file: 'x.pkt',
      profile: 'linux',
    });
    assert.equal(program, undefined);
    assert.equal(diagnostics.length, 100);
    assert.equal(diagnostics.filter(({ code }) => code !== NOT_SUPPORTED).length, 1);
  });
});
