/** Profile linux: ECN in the handshake, as a Linux 6.18 kernel answered each combination of flags and of the IP-ECN field. */

import assert from 'node:assert/strict';
import { play } from '../interop/packetdrill/play.js';

const CODEPOINTS = ['noecn', 'ect0', 'ect1', 'ce'] as const;
const ACES = [0, 1, 2, 3, 4, 5, 6, 7] as const;
const OPTIONS = '<mss 1000,sackOK,nop,nop,nop,wscale 7>';

/** The script of a listener that gets a SYN. */
function server(ecn: number, codepoint: string, ace: number, answer: string): string {
  return `\`sysctl -q net.ipv4.tcp_ecn=${ecn}\`
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0.01 < [${codepoint}] S${ace} 0:0(0) win 32792 ${OPTIONS}
+0 > [noecn] ${answer} 0:0(0) ack 1 win 64240 <mss 1460,nop,nop,sackOK,nop,wscale 10>
`;
}

/** The script of a client that gets a SYN,ACK, and of its ACK and the text that follows. */
function client(syn: string, codepoint: string, ace: number, ack: string, text: string): string {
  const [mark, bits = ''] = text.split(' ');
  return `\`sysctl -q net.ipv4.tcp_ecn=1\`
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0.01 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
+0.01 connect(3, ..., ...) = -1
+0 > [noecn] ${syn} 0:0(0) win 64240 <mss 1460,sackOK,TS val 100 ecr 0,nop,wscale 10>
+0.05 < [${codepoint}] S${ace}. 0:0(0) ack 1 win 32792 ${OPTIONS}
+0 > ${ack} 1:1(0) ack 1
+0.05 write(3, ..., 1000) = 1000
+0 > ${mark} P${bits} 1:1001(1000) ack 1
`;
}

function holds(script: string): void {
  assert.equal(play(script).verdict, 'passed', script);
}

describe('profile linux: ECN in the handshake', () => {
  it('a SYN with ECE and CWR agrees, unless it is marked and has not AE', () => {
    for (const ecn of [0, 1, 2]) {
      for (const codepoint of CODEPOINTS) {
        for (const ace of ACES) {
          const agrees = ecn > 0 && (ace === 7 || (ace === 3 && codepoint === 'noecn'));
          holds(server(ecn, codepoint, ace, agrees ? 'SE.' : 'S.'));
        }
      }
    }
  });

  it('a SYN,ACK leads to classic ECN, to AccECN though nobody asked, or to none', () => {
    const plain = { ack: '[noecn] .', text: '[noecn] .' };
    const classic = { ack: '[noecn] .', text: '[ect0] .' };
    const tells = { noecn: 'W.', ect0: 'A.', ect1: 'EW.', ce: 'WA.' } as const;
    for (const codepoint of CODEPOINTS) {
      for (const ace of ACES) {
        const marked = codepoint === 'ce';
        // What shows that the SYN was mangled is looked at when the SYN,ACK is marked.
        const mark = marked && ace !== 2 ? '[noecn]' : '[ect0]';
        const cep = marked && ace === 2 ? 'WA.' : 'EA.';
        const accurate = { ack: `${mark} ${tells[codepoint]}`, text: `${mark} ${cep}` };
        const modes = [plain, classic, accurate, accurate, accurate, classic, accurate, plain];
        const { ack, text } = modes[ace] ?? plain;
        holds(client('SEW', codepoint, ace, ack, text));
      }
    }
  });
});
