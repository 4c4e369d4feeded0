/** packetdrill scripts for FreeBSD: what its sysctls do. */

import assert from 'node:assert/strict';
import { CONNECT, LISTEN, passes, SOCKET, sysctls } from './freebsd-scripts.js';
import { play } from './play.js';

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

describe('FreeBSD: sysctls', () => {
  const syn = (options: string) => `${CONNECT}+0 > S 0:0(0) <${options}>\n`;

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
