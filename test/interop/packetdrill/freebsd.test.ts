/** Scripts as the FreeBSD community writes them, under the profile `freebsd`: ICMP, sysctls, options of sockets. */

import assert from 'node:assert/strict';
import { compilePackets } from '../../../src/interop/packetdrill/translate.js';
import { play } from './play.js';

const SOCKET = '+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n';
const CONNECT = `${SOCKET}+0 fcntl(3, F_SETFL, O_RDWR | O_NONBLOCK) = 0
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
`;
const LISTEN = `+0 bind(3, ..., ...) = 0\n+0 listen(3, 1) = 0\n`;

/** The sysctls of a list, in its order. */
const sysctls = (...values: readonly string[]) =>
  values.map((value) => `+0 \`sysctl -w ${value}\`\n`).join('');

const passes = (text: string) =>
  assert.equal(play(`0 \`true\`\n${text}`, 'freebsd').verdict, 'passed');

describe('FreeBSD: sysctls of segments that nobody wants', () => {
  const syn = '+.1 < S 0:0(0) win 1000\n';
  const reset = '+0 > R. 0:0(0) ack 1\n';
  const verdict = (sysctl: string, lines: string, profile = 'freebsd') =>
    play(`${sysctls(sysctl)}${SOCKET}+0 bind(3, ..., ...) = 0\n${lines}`, profile).verdict ===
    'passed';

  it('blackhole: 0 resets, 1 leaves SYNs without an answer, 2 everything', () => {
    const ack = '+.1 < . 1:1(0) ack 1 win 1000\n+0 > R 1:1(0)\n';
    const answers = (value: number) =>
      [syn + reset, ack].map((lines) => verdict(`net.inet.tcp.blackhole=${value}`, lines));
    assert.deepEqual(answers(0), [true, true]);
    assert.deepEqual(answers(1), [false, true]);
    assert.deepEqual(answers(2), [false, false]);
  });

  it('drop_synfin: dropped in every state under `freebsd` alone, whatever else the profile does', () => {
    const open = `+0 listen(3, 1) = 0
+.1 < S 0:0(0) win 65535 <mss 1000>
+0 > S. 0:0(0) ack 1 <...>
+.1 < . 1:1(0) ack 1 win 65535
+0 accept(3, ..., ...) = 4
+.1 < SF. 1:1(0) ack 1 win 65535
`;
    const challenge = '+0 > . 1:1(0) ack 1\n';
    const after = (profile: string, then: string) =>
      verdict('net.inet.tcp.drop_synfin=1', `${open}${then}`, profile);
    assert.deepEqual(
      ['freebsd', 'rfc9293'].map((profile) => after(profile, challenge)),
      [false, true],
    );
  });
});

describe('FreeBSD: an ICMP message to a connection that opens', () => {
  const ipv4: readonly (readonly [message: string, errno: string])[] = [
    ['unreachable net_unreachable', '0'],
    ['unreachable host_unreachable', '0'],
    ['unreachable protocol_unreachable', 'ECONNREFUSED'],
    ['unreachable port_unreachable', 'ECONNREFUSED'],
    ['unreachable source_route_failed', '0'],
    ['unreachable net_unknown', '0'],
    ['unreachable host_unknown', '0'],
    ['unreachable net_prohibited', 'ECONNREFUSED'],
    ['unreachable host_prohibited', 'ECONNREFUSED'],
    ['unreachable packet_filtered', 'ECONNREFUSED'],
    ['unreachable precedence_cutoff', '0'],
    ['time_exceeded ttl_exceeded_in_transit', 'EHOSTUNREACH'],
    ['time_exceeded frag_reass_exceeded', '0'],
    ['parameter_problem code_1', '0'],
    ['source_quench', '0'],
    ['redirect', '0'],
  ];
  const ipv6: typeof ipv4 = [
    ['unreachable no_route', '0'],
    ['unreachable admin_prohibited', 'ECONNREFUSED'],
    ['unreachable not_neighbour', '0'],
    ['unreachable address_unreachable', '0'],
    ['unreachable port_unreachable', 'ECONNREFUSED'],
    ['time_exceeded exceeded_hop_limit', 'EHOSTUNREACH'],
    ['time_exceeded exceeded_frag_time', '0'],
    ['parameter_problem header_field', '0'],
    ['parameter_problem unknown_next_header', 'ECONNREFUSED'],
    ['parameter_problem unknown_option', '0'],
  ];
  for (const [version, messages] of [
    [4, ipv4],
    [6, ipv6],
  ] as const) {
    for (const [message, errno] of messages) {
      it(`IPv${version}, ${message}: ${errno}`, () => {
        const arrives = (numbers: string, then: string) =>
          `+.1 < icmp ${message} [${numbers}]\n+0 getsockopt(3, SOL_SOCKET, SO_ERROR, [${then}], [4]) = 0\n`;
        const others = arrives('4294967295:4294967295(0)', '0') + arrives('1:1(0)', '0');
        const opens = `--ip_version=ipv${version}\n0 \`true\`\n${CONNECT}+0 > S 0:0(0) <...>\n`;
        const all = `${opens}${others}${arrives('0:0(0)', errno)}`;
        assert.equal(play(all, 'freebsd').verdict, 'passed');
      });
    }
  }

  it('is ignored with icmp_may_rst=0', () => {
    passes(`${sysctls('net.inet.tcp.icmp_may_rst=0')}${CONNECT}+0 > S 0:0(0) <...>
+.1 < icmp unreachable port_unreachable [0:0(0)]
+0 getsockopt(3, SOL_SOCKET, SO_ERROR, [0], [4]) = 0
`);
  });
});

describe('FreeBSD: sysctls', () => {
  const syn = (options: string) => `${CONNECT}+0 > S 0:0(0) <${options}>\n`;

  const SYN_AGAIN = '+1 > S 0:0(0) <...>\n+2.2 > S 0:0(0) <...>\n+4.2 > S 0:0(0) <...>\n';
  const told = (message: string, errno = '0') =>
    `+.1 < icmp ${message} [0:0(0)]\n+0 getsockopt(3, SOL_SOCKET, SO_ERROR, [${errno}], [4]) = 0\n`;

  it('a second soft error ends it after four retransmissions, with its errno', () => {
    const [host, option] = ['unreachable host_unreachable', 'parameter_problem code_0'];
    const fourth = '+8 > S 0:0(0) <...>\n';
    const opened = `${CONNECT}+0 > S 0:0(0) <...>\n${told(host)}`;
    passes(
      opened +
        SYN_AGAIN.replace('+1 ', '+.9 ') +
        told(host) +
        fourth.replace('8', '8.1') +
        told(host, 'EHOSTUNREACH'),
    );
    passes(
      opened +
        SYN_AGAIN.replace('+1 ', '+.9 ') +
        fourth.replace('8', '8.2') +
        told(option, 'ENOPROTOOPT'),
    );
    const first = `${CONNECT}+0 > S 0:0(0) <...>\n${SYN_AGAIN}${fourth.replace('8', '8.2')}`;
    passes(`${first}${told('parameter_problem code_2')}${told(host)}${told(host, 'EHOSTUNREACH')}`);
  });

  it('a second one deletes an entry of the SYN cache after three', () => {
    const again = SYN_AGAIN.replaceAll('> S ', '> S. ').replaceAll('0(0)', '0(0) ack 1');
    const half = `${SOCKET}${LISTEN}+0 < S 0:0(0) win 1000 <mss 1460>\n+0 > S. 0:0(0) ack 1 <...>\n${again}`;
    const icmp = '+.1 < icmp unreachable port_unreachable [0:0(0)]\n';
    const ack = '+.1 < . 1:1(0) ack 1 win 1000\n';
    passes(`${half}${icmp}${ack}+0 accept(3, ..., ...) = 4\n`);
    passes(`${half}${icmp}${icmp}${ack}+0 > R 1:1(0)\n`);
  });

  it('explains a time-out only where it is kept', () => {
    const open = `${CONNECT}+0 > S 0:0(0) <...>\n+.1 < S. 0:0(0) ack 1 win 1000 <mss 1460>\n+0 > . 1:1(0) ack 1\n`;
    const lost = (message: string, errno: string) =>
      passes(`${sysctls('net.inet.tcp.retries=2')}${open}+0 write(3, ..., 10) = 10
+0 > P. 1:11(10) ack 1
+0 < icmp ${message} [1:1(0)]
+9 getsockopt(3, SOL_SOCKET, SO_ERROR, [${errno}], [4]) = 0
`);
    lost('unreachable host_unreachable', 'ETIMEDOUT');
    lost('unreachable port_unreachable', 'ETIMEDOUT');
    lost('parameter_problem code_0', 'ENOPROTOOPT');
  });

  it('rexmit_slop is what an RTO has more after it has expired', () => {
    passes(`${sysctls('net.inet.tcp.rexmit_slop=0')}${CONNECT}+0 > S 0:0(0) <...>
+1 > S 0:0(0) <...>
+2 > S 0:0(0) <...>
+4 > S 0:0(0) <...>
`);
  });

  it('rfc1323 and maxsockbuf mean the same in either order', () => {
    const [off, large] = ['net.inet.tcp.rfc1323=0', 'kern.ipc.maxsockbuf=2097152'];
    for (const order of [
      [off, large],
      [large, off],
    ]) {
      passes(`${sysctls(...order)}${syn('mss 1460,sackOK,eol,eol')}`);
    }
    const [on, small] = ['net.inet.tcp.rfc1323=1', 'kern.ipc.maxsockbuf=73728'];
    for (const order of [
      [on, small],
      [small, on],
    ]) {
      passes(`${sysctls(...order)}${syn('mss 1460,nop,wscale 1,sackOK,TS val 100 ecr 0')}`);
    }
  });

  it('insecure_syn=1 stays in force when insecure_rst=0 follows', () => {
    const established = `${CONNECT}+0 > S 0:0(0) <...>
+.1 < S. 0:0(0) ack 1 win 32767 <mss 1460>
+0 > . 1:1(0) ack 1
+.1 < S 1:1(0) win 32767 <mss 1460>
`;
    const reset = `${established}+0 > R. 1:1(0) ack 1\n`;
    const challenged = `${established}+0 > . 1:1(0) ack 1\n`;
    const [syns, resets] = ['net.inet.tcp.insecure_syn', 'net.inet.tcp.insecure_rst'];
    passes(`${sysctls(`${syns}=1`, `${resets}=0`)}${reset}`);
    passes(`${sysctls(`${resets}=0`, `${syns}=1`)}${reset}`);
    passes(`${sysctls(`${syns}=1`, `${resets}=0`, `${syns}=0`)}${challenged}`);
  });

  it('insecure_rst says nothing about SYNs, nor insecure_syn about RSTs', () => {
    const established = `${CONNECT}+0 > S 0:0(0) <...>
+.1 < S. 0:0(0) ack 1 win 32767 <mss 1460>
+0 > . 1:1(0) ack 1
`;
    const [syn, rst] = ['+.1 < S 1:1(0) win 32767 <mss 1460>\n', '+.1 < R 2:2(0) win 32767\n'];
    const challenge = '+0 > . 1:1(0) ack 1\n';
    const end = '+0 getsockopt(3, SOL_SOCKET, SO_ERROR, [ECONNRESET], [4]) = 0\n';
    passes(`${sysctls('net.inet.tcp.insecure_rst=1')}${established}${syn}${challenge}${rst}${end}`);
    passes(
      `${sysctls('net.inet.tcp.insecure_syn=1')}${established}${rst}${challenge}${syn}+0 > R. 1:1(0) ack 1\n${end}`,
    );
  });

  it('hold at once for what is there, but for what its program has chosen', () => {
    passes(`${CONNECT}+0 > S 0:0(0) <...>
+0 setsockopt(3, IPPROTO_TCP, TCP_KEEPINTVL, [3], 4) = 0
+.1 < S. 0:0(0) ack 1 win 32767 <mss 1460>
+0 > . 1:1(0) ack 1
${sysctls('net.inet.tcp.insecure_rst=1', 'net.inet.tcp.keepintvl=1000', 'net.inet.tcp.keepcnt=1')}+0 setsockopt(3, IPPROTO_TCP, TCP_KEEPIDLE, [10], 4) = 0
+0 setsockopt(3, SOL_SOCKET, SO_KEEPALIVE, [1], 4) = 0
+10 > . 0:0(0) ack 1
+3 > R. 1:1(0) ack 1
`);
    passes(`${CONNECT}+0 > S 0:0(0) <...>
+.1 < S. 0:0(0) ack 1 win 32767 <mss 1460>
+0 > . 1:1(0) ack 1
${sysctls('net.inet.tcp.insecure_rst=1')}+0 < R 5:5(0) win 32767
+0 getsockopt(3, SOL_SOCKET, SO_ERROR, [ECONNRESET], [4]) = 0
`);
    passes(`${SOCKET}${LISTEN}${sysctls('net.inet.tcp.rfc1323=0', 'net.inet.tcp.sack.enable=0')}+0 < S 0:0(0) win 32767 <mss 1460,nop,wscale 2,sackOK,TS val 100 ecr 0>
+0 > S. 0:0(0) ack 1 <mss 1460>
`);
  });

  it('all connections are probed with always_keepalive', () => {
    passes(`${CONNECT}+0 > S 0:0(0) <...>
+.1 < S. 0:0(0) ack 1 win 32767 <mss 1460>
+0 > . 1:1(0) ack 1
+0 close(3) = 0
+0 > F. 1:1(0) ack 1
+.1 < . 1:1(0) ack 2 win 32767
${sysctls('net.inet.tcp.always_keepalive=1', 'net.inet.tcp.keepidle=5000')}+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 4
+0 fcntl(4, F_SETFL, O_RDWR | O_NONBLOCK) = 0
+0 connect(4, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <...>
+.1 < S. 0:0(0) ack 1 win 32767 <mss 1460>
+0 > . 1:1(0) ack 1
+5 > . 0:0(0) ack 1
`);
  });

  it('a closed FIN_WAIT_2 lasts as long as keep-alive probes, or as fast_finwait2_recycle lets it', () => {
    const closed = `${CONNECT}+0 > S 0:0(0) <...>
+.1 < S. 0:0(0) ack 1 win 32767 <mss 1460>
+0 > . 1:1(0) ack 1
+0 close(3) = 0
+0 > F. 1:1(0) ack 1
+0 < . 1:1(0) ack 2 win 32767
`;
    const fin = '+0 < F. 1:1(0) ack 2 win 32767\n';
    const gone = (seconds: number) => `+${seconds} \`true\`\n${fin}+0 > R 2:2(0)\n`;
    const there = (seconds: number) => `+${seconds} \`true\`\n${fin}+0 > . 2:2(0) ack 2\n`;
    passes(closed + there(599));
    passes(closed + gone(601));
    passes(sysctls('net.inet.tcp.finwait2_timeout=5000') + closed + there(599));
    const recycle = ['net.inet.tcp.finwait2_timeout=5000', 'net.inet.tcp.fast_finwait2_recycle=1'];
    passes(sysctls(...recycle) + closed + there(4));
    passes(sysctls(...recycle.reverse()) + closed + gone(6));
    passes(sysctls('net.inet.tcp.keepcnt=2', 'net.inet.tcp.keepintvl=3000') + closed + gone(7));
  });

  it('ack_war_cnt and ack_war_timewindow bound the challenge ACKs, 0 does not', () => {
    const open = `${CONNECT}+0 > S 0:0(0) <...>
+.1 < S. 0:0(0) ack 1 win 32767 <mss 1460>
+0 > . 1:1(0) ack 1
`;
    const challenged = '+.01 < S 1:1(0) win 32767 <mss 1460>\n+0 > . 1:1(0) ack 1\n';
    const silent = '+.01 < S 1:1(0) win 32767 <mss 1460>\n';
    const end = '+0 close(3) = 0\n+0 > F. 1:1(0) ack 1\n';
    passes(open + challenged.repeat(5) + silent + end);
    passes(sysctls('net.inet.tcp.ack_war_cnt=2') + open + challenged.repeat(2) + silent + end);
    passes(sysctls('net.inet.tcp.ack_war_cnt=0') + open + challenged.repeat(8));
    passes(sysctls('net.inet.tcp.ack_war_timewindow=0') + open + challenged.repeat(8));
    passes(sysctls('net.inet.tcp.ack_war_timewindow=40') + open + challenged.repeat(8));
  });

  it('commands that only show or load something are passed over', () => {
    passes('+0 `kldload -n tcp_rack`\n+0 `netstat -an -p tcp`\n+0 `sockstat -4 -P tcp -s`\n');
  });

  it('cookies keep window scale and SACK without timestamps', () => {
    passes(`${sysctls('net.inet.tcp.syncookies=1', 'net.inet.tcp.syncookies_only=1')}${SOCKET}${LISTEN}
+0 < S 0:0(0) win 1000 <mss 1460,nop,wscale 7,sackOK,nop,nop>
+0 > S. 0:0(0) ack 1 <mss 1460,nop,wscale 6,sackOK,eol,eol>
+.1 < . 1:1(0) ack 1 win 1000
+0 accept(3, ..., ...) = 4
+0 %{ assert tcpi_options == (TCPI_OPT_SACK|TCPI_OPT_WSCALE) and tcpi_snd_wscale == 7 }%
`);
  });

  it('syncookies_only=1 needs syncookies, and a listener with TCP_NOOPT offers nothing with them', () => {
    const listener = `${SOCKET}+0 setsockopt(3, IPPROTO_TCP, TCP_NOOPT, [1], 4) = 0\n${LISTEN}`;
    const connection = `${listener}+.1 < S 0:0(0) win 65535 <mss 1460,nop,wscale 6,sackOK,TS val 100 ecr 0>
+0 > S. 0:0(0) ack 1
+.1 < . 1:1(0) ack 1 win 65535
+0 accept(3, ..., ...) = 4
+0 %{ assert tcpi_options == 0 }%
`;
    const cookies = (only: number, also: number) =>
      sysctls(`net.inet.tcp.syncookies_only=${only}`, `net.inet.tcp.syncookies=${also}`);
    for (const [only, also] of [
      [0, 1],
      [1, 1],
      [1, 0],
    ] as const) {
      passes(`${cookies(only, also)}${connection}`);
    }
    // A cookie is not sent again.
    const unanswered = `${SOCKET}${LISTEN}+.1 < S 0:0(0) win 65535 <mss 1460>\n+0 > S. 0:0(0) ack 1 <...>\n`;
    const again = `${unanswered}+1 > S. 0:0(0) ack 1 <...>\n`;
    passes(`${cookies(1, 0)}${again}`);
    const { verdict } = play(`0 \`true\`\n${cookies(1, 1)}${again}`, 'freebsd');
    assert.match(verdict, /segment .* \/ nothing$/);
  });
});

describe('FreeBSD: what is not TCP over IP', () => {
  for (const [text, what] of [
    ['+0 socket(..., SOCK_STREAM, 132) = 3\n', 'sockets of protocol 132'],
    [`${CONNECT}+0 < icmp unreachable port_unreachable [udp (100)]\n`, 'UDP'],
  ] as const) {
    it(`${text.split('\n').at(-2)} is named`, () => {
      const { diagnostics } = compilePackets(text, { file: 'udp.pkt', profile: 'freebsd' });
      const messages = diagnostics.map(({ message }) => message);
      assert.ok(messages.length > 0);
      for (const message of messages)
        assert.ok(message.startsWith(`not supported: ${what}`), message);
    });
  }
});

describe('FreeBSD: TCP over UDP', () => {
  const tunnel = sysctls('net.inet.tcp.udp_tunneling_port=9899');
  const asked = `${tunnel}${SOCKET}+0 setsockopt(3, IPPROTO_TCP, TCP_REMOTE_UDP_ENCAPS_PORT, [9898], 4) = 0
+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) win 65535 <mss 1452,nop,wscale 6,sackOK,TS val 100 ecr 0>/udp(9899 > 9898)
`;
  const client = `${asked}+.1 < S. 0:0(0) ack 1 win 65535 <mss 1460>/udp(9898 > 9899)
+0 > . 1:1(0) ack 1/udp(9899 > 9898)
`;
  const server = `${tunnel}${SOCKET}${LISTEN}+0 < S 0:0(0) win 65535 <mss 1460>/udp(1234 > 9899)
+0 > S. 0:0(0) ack 1 <mss 1452>/udp(9899 > 1234)
+.1 < . 1:1(0) ack 1 win 65535/udp(1234 > 9899)
+0 accept(3, ..., ...) = 4
`;

  it('a connection is in UDP with the port that was asked for, and its segments are 8 octets shorter', () => {
    passes(`${client}+0 send(3, ..., 3000, 0) = 3000
+0 > . 1:1453(1452) ack 1/udp(9899 > 9898)
+0 > . 1453:2905(1452) ack 1/udp(9899 > 9898)
+0 > P. 2905:3001(96) ack 1/udp(9899 > 9898)
`);
  });

  it('one that comes in UDP is answered to the port that it came from', () => {
    passes(`${server}+0 getsockopt(4, IPPROTO_TCP, TCP_REMOTE_UDP_ENCAPS_PORT, [1234], [4]) = 0
+0 close(4) = 0
+0 > F. 1:1(0) ack 1/udp(9899 > 1234)
`);
  });

  it('with SYN cookies, too', () => {
    passes(`${sysctls('net.inet.tcp.syncookies=1', 'net.inet.tcp.syncookies_only=1')}${server}+0 close(4) = 0
+0 > F. 1:1(0) ack 1/udp(9899 > 1234)
`);
  });

  it('a segment of the connection that is not behind its header is of none, and is reset as it came', () => {
    passes(`${client}+0 < . 1:1(0) ack 1 win 65535
+0 > R 1:1(0)
+0 < . 1:1(0) ack 1 win 65535/udp(9897 > 9899)
+0 > R 1:1(0)/udp(9899 > 9897)
+0 < F. 1:1(0) ack 1 win 65535/udp(9898 > 9899)
+0 > . 1:1(0) ack 2/udp(9899 > 9898)
`);
  });

  it('what is not taken at its port is discarded', () => {
    passes(`${client}+0 < R 1:1(0) win 0/udp(9898 > 9900)
+0 < F. 1:1(0) ack 1 win 65535/udp(9898 > 9899)
+0 > . 1:1(0) ack 2/udp(9899 > 9898)
`);
  });

  it('ICMP is of the connection when it quotes the header', () => {
    const icmp = (quoted: string) =>
      `+.1 < icmp unreachable port_unreachable [0:0(0)${quoted}]\n+0 getsockopt(3, SOL_SOCKET, SO_ERROR, [ECONNREFUSED], [4]) = 0\n`;
    passes(`${asked}${icmp('/udp(9899 > 9898)')}`);
    const { verdict } = play(`0 \`true\`\n${asked}${icmp('')}`, 'freebsd');
    assert.match(verdict, /SO_ERROR ECONNREFUSED/);
  });

  it('the path MTU counts the header', () => {
    passes(`${client}+0 send(3, ..., 1452, 0) = 1452
+0 > P. 1:1453(1452) ack 1/udp(9899 > 9898)
+0 < icmp unreachable frag_needed mtu 1000 [1:1453(1452)/udp(9899 > 9898)]
+0 getsockopt(3, IPPROTO_TCP, TCP_MAXSEG, [952], [4]) = 0
`);
  });

  it('the port is said before the connection is opened, and only where TCP is taken in UDP', () => {
    const set = (fd: string, result: string) =>
      `+0 setsockopt(${fd}, IPPROTO_TCP, TCP_REMOTE_UDP_ENCAPS_PORT, [9898], 4) = ${result}\n`;
    passes(`${SOCKET}${set('3', '-1 EINVAL (Invalid argument)')}`);
    passes(`${client}${set('3', '-1 EINVAL (Invalid argument)')}`);
  });

  it('a header that differs is the first difference', () => {
    const other = asked.replace('/udp(9899 > 9898)', '/udp(9899 > 9899)');
    const { verdict } = play(`0 \`true\`\n${other}`, 'freebsd');
    assert.match(verdict, /udp 9899 > 9899 \/ 9899 > 9898$/);
  });
});

describe('FreeBSD: packets of its dialect', () => {
  const listener = `${SOCKET}${LISTEN}`;

  it('have ports before their flags: of two connections at once, each with its numbers', () => {
    passes(`${listener}+0 < 1234 > 8080 S 100:100(0) win 65535 <mss 1460>
+0 > 8080 > 1234 S. 0:0(0) ack 101 <mss 1460>
+0 < 1235 > 8080 S 200:200(0) win 65535 <mss 1460>
+0 > 8080 > 1235 S. 0:0(0) ack 201 <mss 1460>
+0 < 1234 > 8080 R 1:1(0) win 0
+0 < 1235 > 8080 . 1:1(0) ack 1 win 65535
+0 accept(3, ..., ...) = 4
+0 close(4) = 0
+0 > 8080 > 1235 F. 1:1(0) ack 1
`);
    const { verdict } = play(
      `0 \`true\`\n${listener}+0 < 1234 > 8080 S 0:0(0) win 65535 <mss 1460>\n+0 > 8080 > 1235 S. 0:0(0) ack 1 <...>\n`,
      'freebsd',
    );
    assert.match(verdict, /ports 8080 > 1235 \/ 8080 > 1234$/);
  });

  it('have numbers as on the wire', () => {
    passes(`${listener}+0 < . 5:5(0) ack 10 win 65535
+0 > R 10:10(0)!
+0 < S 7:7(0) win 65535 <mss 1460,sackOK,TS val 100 ecr 0>
+0 > S. 0:0(0) ack 8 <mss 1460,sackOK,TS val ... ecr 100!>
+.1 < . 8:8(0)! ack 1 win 65535 <nop,nop,TS val 200 ecr 0!>
+0 accept(3, ..., ...) = 4
`);
  });

  it('a socket tells its congestion control, and takes another', () => {
    passes(`${SOCKET}+0 getsockopt(3, IPPROTO_TCP, TCP_CONGESTION, ["cubic"], [16]) = 0
+0 setsockopt(3, IPPROTO_TCP, TCP_CONGESTION, "newreno", 7) = 0
+0 getsockopt(3, IPPROTO_TCP, TCP_CONGESTION, ["newreno"], [16]) = 0
+0 setsockopt(3, IPPROTO_TCP, TCP_CONGESTION, "none", 4) = -1 ESRCH (No such process)
`);
  });

  it('say several fields of IP', () => {
    passes(`${listener}+0 < (dscp 0x10, ecn noecn, ttl 64) S 0:0(0) win 65535 <mss 1460>
+0 > [class 0x0] S. 0:0(0) ack 1 <mss 1460>
`);
  });
});
