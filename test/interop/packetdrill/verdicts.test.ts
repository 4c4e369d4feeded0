/** Packets that the script expects otherwise, and what packetdrill says of them: each script differs in one thing from one that passes. */

import { type Case, compared } from './compared.js';
import { ACCEPTED, CONNECTED, LISTENER } from './play.js';

/** A write whose segment nobody acknowledges: its RTO of 300 ms goes off 16 ms late, two more after it. */
const WRITTEN = `${ACCEPTED}+0 write(4, ..., 100) = 100
+0 > P. 1:101(100) ack 1
`;

const times: readonly Case[] = [
  ['in time', `${WRITTEN}+.3 > P. 1:101(100) ack 1\n`, 'passed'],
  ['an eighth late', `${WRITTEN}+.345 > P. 1:101(100) ack 1\n`, 'passed'],
  ['more than an eighth late', `${WRITTEN}+.37 > P. 1:101(100) ack 1\n`, /^11: time /],
  ['an eighth early', `${WRITTEN}+.285 > P. 1:101(100) ack 1\n`, 'passed'],
  ['more than an eighth early', `${WRITTEN}+.27 > P. 1:101(100) ack 1\n`, /^11: segment /],
  [
    'a part that the script says',
    `--tolerance_percent=50\n${WRITTEN}+.5 > P. 1:101(100) ack 1\n`,
    'passed',
  ],
  [
    'no part, and the script’s tolerance',
    `--tolerance_percent=0\n--tolerance_usecs=4000\n${WRITTEN}+.325 > P. 1:101(100) ack 1\n`,
    /^13: time /,
  ],
  [
    'FreeBSD is a twentieth off at most',
    `--tolerance_usecs=1000\n${LISTENER}+0 < S 0:0(0) win 32792 <mss 1000>
+0 > S. 0:0(0) ack 1 <mss 1460>
+1.07 > S. 0:0(0) ack 1 <mss 1460>
`,
    /^8: time /,
    'freebsd',
  ],
  [
    'a line by a millisecond comes later than that: what left before it has not left just now, and what waits does not go on waiting',
    `${LISTENER}+0 < S 0:0(0) win 32792 <mss 1000>
+0 > S. 0:0(0) ack 1 <mss 1460>
+.001 < . 1:1(0) ack 1 win 32792
+0 accept(3, ..., ...) = 4
+.01 write(4, ..., 20000) = 20000
+0 > P. 1:10001(10000) ack 1
+.001 < . 1:1(0) ack 1001 win 32792
+0 > P. 10001:12001(2000) ack 1
`,
    'passed',
  ],
  [
    'what comes next is counted from when the one before really came',
    `${WRITTEN}+.335 > P. 1:101(100) ack 1\n+.6 > P. 1:101(100) ack 1\n+.1 write(4, ..., 1) = 1\n+1.1 > P. 1:101(100) ack 1\n`,
    'passed',
  ],
  [
    'a range has its tolerance on both sides',
    `${WRITTEN}+.33~+.34 > P. 1:101(100) ack 1\n`,
    'passed',
  ],
  ['a range that is missed', `${WRITTEN}+.4~+.5 > P. 1:101(100) ack 1\n`, /^11: time /],
  ['whenever it comes', `${WRITTEN}* > P. 1:101(100) ack 1\n`, 'passed'],
  [
    'a line that comes too late, for it waited for one before',
    `${WRITTEN}* > P. 1:101(100) ack 1\n0.2 write(4, ..., 1) = 1\n`,
    /^12: time 0\.2\d* \/ 0\.4/,
  ],
  [
    'a call that waits for one that blocks is too late',
    `${ACCEPTED}+0...0.2 read(4, ..., 10) = 10\n+.2 < P. 1:11(10) ack 1 win 9\n+0 > . 1:1(0) ack 11\n`,
    'passed',
  ],
];

const SYN_ACK = '+0 > S. 0:0(0) ack 1 <mss 1460,nop,nop,sackOK,nop,wscale 10>';

const answered = (answer: string) =>
  `${LISTENER}+0 < S 0:0(0) win 32792 <mss 1000,sackOK,nop,wscale 7,nop,nop>\n${answer}\n`;

const stamped = (answer: string) =>
  `${LISTENER}+0 < S 0:0(0) win 9000 <mss 1000,sackOK,TS val 700 ecr 0>\n${answer}\n`;

const fields: readonly Case[] = [
  ['as it is', answered(SYN_ACK), 'passed'],
  [
    'another order',
    answered('+0 > S. 0:0(0) ack 1 <mss 1460,nop,wscale 10,nop,nop,sackOK>'),
    /^6: options /,
  ],
  [
    'no padding',
    answered('+0 > S. 0:0(0) ack 1 <mss 1460,sackOK,nop,wscale 10,nop,nop>'),
    /^6: options /,
  ],
  [
    'an option twice',
    answered('+0 > S. 0:0(0) ack 1 <mss 1460,mss 1460,nop,nop,sackOK,nop,wscale 10>'),
    /^6: options /,
  ],
  ['an option less', answered('+0 > S. 0:0(0) ack 1 <mss 1460,nop,nop,sackOK>'), /^6: wscale none/],
  ['another value', answered(SYN_ACK.replace('1460', '1440')), /^6: mss 1440 \/ 1460/],
  ['any options', answered('+0 > S. 0:0(0) ack 1 <...>'), 'passed'],
  [
    'a number acknowledged that is not written is 0',
    answered(SYN_ACK.replace(' ack 1', '')),
    /^6: ack 0 \/ 1/,
  ],
  ['the time to live', answered(SYN_ACK.replace('> ', '> [ttl 64] ')), 'passed'],
  ['another time to live', answered(SYN_ACK.replace('> ', '> (ttl 63) ')), /^6: ttl 63 \/ 64/],
  [
    'the type of service has the ECN field',
    answered(SYN_ACK.replace('> ', '> [tos 0x02] ')),
    /^6: ecn ect0 \/ noecn/,
  ],
  [
    'and the six bits above it',
    answered(SYN_ACK.replace('> ', '> [tos 0x28] ')),
    /^6: tos 0x28 \/ 0x00/,
  ],
  [
    'which a listener hands on to its children',
    answered(SYN_ACK.replace('> ', '> [tos 0x28] ')).replace(
      '+0 listen',
      '+0 setsockopt(3, IPPROTO_IP, IP_TOS, [41], 4) = 0\n+0 getsockopt(3, SOL_IP, IP_TOS, [40], [4]) = 0\n+0 listen',
    ),
    'passed',
  ],
  ['a class of service', answered(SYN_ACK.replace('> ', '> [dscp cs0, noecn] ')), 'passed'],
  [
    'another class of service',
    answered(SYN_ACK.replace('> ', '> [dscp=af11] ')),
    /^6: dscp 10 \/ 0/,
  ],
  [
    'the time to live that a program asks for',
    `${ACCEPTED}+0 setsockopt(4, SOL_IP, IP_TTL, [9], 4) = 0\n+0 write(4, ..., 9) = 9\n+0 > [ttl 9] P. 1:10(9) ack 1\n`,
    'passed',
  ],
  [
    'which has bounds',
    `${ACCEPTED}+0 setsockopt(4, SOL_IP, IP_TTL, [256], 4) = -1 EINVAL (x)\n+0 getsockopt(4, SOL_IP, IP_TTL, [64], [4]) = 0\n`,
    'passed',
  ],
  ['an urgent pointer', answered(SYN_ACK.replace('ack 1', 'ack 1 urg 3')), /^6: urg 3 \/ 0/],
  [
    'a number acknowledged without ACK',
    CONNECTED.replace('+0 > S 0:0(0) <...>', '+0 > S 0:0(0) ack 1 <...>'),
    /^4: ack 1 \/ 0/,
  ],
  [
    'what Linux echoes is not compared',
    stamped('+0 > S. 0:0(0) ack 1 <mss 1460,sackOK,TS val 5 ecr 1>'),
    'passed',
  ],
  [
    'that it echoes is',
    stamped('+0 > S. 0:0(0) ack 1 <mss 1460,nop,nop,sackOK>'),
    /^6: TS ecr none/,
  ],
  [
    'what FreeBSD echoes is compared',
    stamped('+0 > S. 0:0(0) ack 1 <mss 1460,sackOK,TS val 5 ecr 1>'),
    /^6: TS ecr 1 \/ 700/,
    'freebsd',
  ],
  [
    'FreeBSD’s order and padding',
    answered('+0 > S. 0:0(0) ack 1 <mss 1460,nop,wscale 6,sackOK,eol,eol>'),
    'passed',
    'freebsd',
  ],
  [
    'FreeBSD does not pad as Linux does',
    answered(SYN_ACK.replace('10', '6')),
    /^6: options /,
    'freebsd',
  ],
];

/** Against FreeBSD: a connection without scaling, and one with. */
const offering = (
  options: string,
  window: number,
) => `${LISTENER}+0 < S 0:0(0) win 32792 <${options}>
+0 > S. 0:0(0) ack 1 win 65535 <...>
+.1 < . 1:1(0) ack 1 win 32792
+0 accept(3, ..., ...) = 4
+0 < P. 1:1001(1000) ack 1 win 32792
+.04 > . 1:1(0) ack 1001 win ${window}
`;

const windows: readonly Case[] = [
  ['as far as the field says it', offering('mss 1460', 64_700), 'passed', 'freebsd'],
  ['another', offering('mss 1460', 64_699), /^10: win 64699 \/ 64700/, 'freebsd'],
  [
    'in whole segments of the peer’s, scaled',
    offering('mss 1000,nop,wscale 7', 65_000 >> 6),
    'passed',
    'freebsd',
  ],
  [
    'a FIN takes nothing of it',
    `${offering('mss 1460', 64_700)}+0 read(4, ..., 1000) = 1000\n+.1 < F. 1001:1001(0) ack 1 win 9\n+0 > . 1:1(0) ack 1002 win 65535\n`,
    'passed',
    'freebsd',
  ],
  ['is the RFC’s user’s own', offering('mss 1460', 1).replace('.04', '0'), 'passed', 'rfc9293'],
];

/** A connection with timestamps: the host's first is the script's 100. */
const CLOCKED = `${LISTENER}+0 < S 0:0(0) win 9000 <mss 1000,sackOK,TS val 700 ecr 0>
+0 > S. 0:0(0) ack 1 <mss 1460,sackOK,TS val 100 ecr 700>
`;

const echoes: readonly Case[] = [
  [
    'of what was expected',
    `${CLOCKED}+.1 < . 1:1(0) ack 1 win 9 <nop,nop,TS val 701 ecr 100>\n`,
    'passed',
  ],
  [
    'of what was not',
    `${CLOCKED}+.1 < . 1:1(0) ack 1 win 9 <nop,nop,TS val 701 ecr 99>\n`,
    /^7: TS ecr a TS val of the host \/ 99/,
  ],
  [
    'counted on',
    `--tcp_ts_ecr_scaled\n${CLOCKED}+.1 < . 1:1(0) ack 1 win 9 <nop,nop,TS val 701 ecr 99>\n`,
    'passed',
  ],
  ['without ACK', `${CLOCKED}+.1 < R 1:1(0) win 9 <nop,nop,TS val 701 ecr 99>\n`, 'passed'],
];

describe('what packetdrill compares', () => {
  for (const [of, cases] of Object.entries({ times, fields, windows, echoes })) compared(of, cases);
});
