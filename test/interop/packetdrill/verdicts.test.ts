/** Scripts that expect what is not so, and what packetdrill says of them: each differs in one thing from one that passes. */

import assert from 'node:assert/strict';
import { compilePackets } from '../../../src/interop/packetdrill/translate.js';
import { ACCEPTED, CONNECTED, LISTENER, play } from './play.js';

/** A write whose segment nobody acknowledges: its RTO of 300 ms goes off, two more after it. */
const WRITTEN = `${ACCEPTED}+0 write(4, ..., 100) = 100
+0 > P. 1:101(100) ack 1
`;

type Case = readonly [name: string, script: string, verdict: RegExp | 'passed', profile?: string];

const times: readonly Case[] = [
  ['in time', `${WRITTEN}+.3 > P. 1:101(100) ack 1\n`, 'passed'],
  ['an eighth late', `${WRITTEN}+.335 > P. 1:101(100) ack 1\n`, 'passed'],
  ['more than an eighth late', `${WRITTEN}+.35 > P. 1:101(100) ack 1\n`, /^11: time /],
  ['an eighth early', `${WRITTEN}+.27 > P. 1:101(100) ack 1\n`, 'passed'],
  ['more than an eighth early', `${WRITTEN}+.26 > P. 1:101(100) ack 1\n`, /^11: segment /],
  [
    'a part that the script says',
    `--tolerance_percent=50\n${WRITTEN}+.5 > P. 1:101(100) ack 1\n`,
    'passed',
  ],
  [
    'no part, and the script’s tolerance',
    `--tolerance_percent=0\n--tolerance_usecs=4000\n${WRITTEN}+.31 > P. 1:101(100) ack 1\n`,
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

const refused: readonly (readonly [line: string, message: RegExp])[] = [
  ['+0 < . 1:1(0) ack 1', /needs its window/],
  ['+0 < S 0:0(0) win 9 <...>', /`<\.\.\.>` is for what the host sends/],
  ['+0 < [ect01] . 1:1(0) ack 1 win 9', /`\[ect01\]` is for what the host sends/],
  ['+0 > E2. 1:1(0) ack 1', /`E2\.` tells ECE, CWR or AE twice/],
  ['+0 > .P 1:1(0) ack 1', /Expected the flags of a packet/],
  ['+0 > C. 1:1(0) ack 1', /Expected the flags of a packet/],
  ['+0 > P. 1:65537(65536) ack 1', /must be in 0 to 65535 octets/],
  ['+0 < . 1:1(0) ack 1 win 9 <sack 1:2 3:4 5:6 7:8 9:10>', /must be in 0 to 40 octets/],
  ['* close(3) = 0', /A time `\*` is for what the host sends/],
  ['+0~+1 < . 1:1(0) ack 1 win 9', /A range of times is for what the host sends/],
];

describe('what packetdrill compares', () => {
  for (const [of, cases] of Object.entries({ times, fields })) {
    for (const [name, script, verdict, profile = 'linux'] of cases) {
      it(`${of}: ${name}`, () => {
        const { verdict: actual } = play(script, profile);
        if (verdict === 'passed') assert.equal(actual, verdict);
        else assert.match(actual, verdict);
      });
    }
  }
});

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
});
