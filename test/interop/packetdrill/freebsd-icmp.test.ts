/** packetdrill scripts for FreeBSD: ICMP messages to a connection that opens. */

import assert from 'node:assert/strict';
import { CONNECT, LISTEN, passes, SOCKET, sysctls } from './freebsd-scripts.js';
import { play } from './play.js';

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

describe('FreeBSD: soft errors of a connection that opens', () => {
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
});
