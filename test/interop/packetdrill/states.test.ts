/** Each state meets each segment: SEG.SEQ and SEG.ACK at every edge, with and without text, against RFC 9293 §3.10.7.4 written down once more, and against FreeBSD. */

import assert from 'node:assert/strict';
import { type Arriving, freebsdOutcome, type Outcome } from './freebsd-model.js';
import { play } from './play.js';

const LISTENER = `0 \`sysctl -w net.inet.tcp.ecn.enable=2\`
+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 32767 <mss 1460>
+0 > S. 0:0(0) ack 1 <...>
`;
const OPENS = `0 \`sysctl -w net.inet.tcp.ecn.enable=2\`
+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 fcntl(3, F_SETFL, O_RDWR | O_NONBLOCK) = 0
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
+0 > S 0:0(0) <...>
`;
const OPEN = `${OPENS}+.1 < S. 0:0(0) ack 1 win 32767 <mss 1460>
+0 > . 1:1(0) ack 1
`;
const SHUT = '+0 shutdown(3, SHUT_WR) = 0\n';
const FIN = '+.1 < F. 1:1(0) ack 1 win 32767\n';
const LEFT = `${OPEN}${SHUT}+0 > F. 1:1(0) ack 1\n`;
const LEAVES = `${OPEN}${FIN}+0 > . 1:1(0) ack 2\n`;

type Profile = 'rfc9293' | 'freebsd';

/** A connection as far as a segment can tell: how it comes about, and SND.UNA, SND.NXT, RCV.NXT as the script counts. */
interface Case {
  readonly state: string;
  readonly begin: (profile: Profile) => string;
  readonly una: number;
  readonly nxt: number;
  readonly rcv: number;
}

const CASES: readonly Case[] = [
  { state: 'SYN_RCVD', begin: () => LISTENER, una: 0, nxt: 1, rcv: 1 },
  {
    state: 'SYN_RCVD',
    begin: () => `${OPENS}+.1 < S 0:0(0) win 32767 <mss 1460>\n+0 > S. 0:0(0) ack 1 <...>\n`,
    una: 0,
    nxt: 1,
    rcv: 1,
  },
  { state: 'ESTABLISHED', begin: () => OPEN, una: 1, nxt: 1, rcv: 1 },
  { state: 'CLOSE_WAIT', begin: () => LEAVES, una: 1, nxt: 1, rcv: 2 },
  { state: 'FIN_WAIT_1', begin: () => LEFT, una: 1, nxt: 2, rcv: 1 },
  {
    state: 'FIN_WAIT_2',
    begin: () => `${LEFT}+.1 < . 1:1(0) ack 2 win 32767\n`,
    una: 2,
    nxt: 2,
    rcv: 1,
  },
  {
    state: 'CLOSING',
    begin: (profile) =>
      `${LEFT}${FIN}+0 > ${profile === 'freebsd' ? 'F. 1:1' : '. 2:2'}(0) ack 2\n`,
    una: 1,
    nxt: 2,
    rcv: 2,
  },
  {
    state: 'LAST_ACK',
    begin: () => `${LEAVES}${SHUT}+0 > F. 1:1(0) ack 2\n`,
    una: 1,
    nxt: 2,
    rcv: 2,
  },
];

/** RCV.NXT+RCV.WND: no window scale has been agreed, and a FIN takes its number from the window. */
const EDGE = 1 + 65_535;

/** Of FreeBSD's buffer, 45 whole segments, a FIN takes nothing, and each segment tells all that is free. */
const edgeOf = (profile: Profile, { rcv }: Case) => (profile === 'freebsd' ? rcv + 65_700 : EDGE);

/** §3.10.7.4 with RFC 5961 in force, or, `blunt`, with the text of RFC 793. */
function outcome(at: Case, seg: Arriving, blunt: boolean): Outcome {
  const { state, una, nxt, rcv } = at;
  const has = (flag: string) => seg.flags.includes(flag);
  const length = seg.text + (has('S') ? 1 : 0) + (has('F') ? 1 : 0);
  const inside = (number: number) => number >= rcv && number < EDGE;
  const ack = `> . ${nxt}:${nxt}(0) ack ${rcv}`;
  const stays = (answer: string): Outcome => ({ answer, state });
  const acceptable = inside(seg.seq) || (length > 0 && inside(seg.seq + length - 1));
  if (!acceptable) return stays(has('R') ? '' : ack);
  if (has('R')) return seg.seq === rcv || blunt ? { answer: '', state: 'CLOSED' } : stays(ack);
  if (has('S')) {
    return blunt ? { answer: `> R. ${nxt}:${nxt}(0) ack ${rcv}`, state: 'CLOSED' } : stays(ack);
  }
  if (!has('.')) return stays('');
  if (state === 'SYN_RCVD' && (seg.ack <= una || seg.ack > nxt)) {
    return stays(`> R ${seg.ack >>> 0}:${seg.ack >>> 0}(0)`);
  }
  if (seg.ack > nxt) return stays(ack);
  const acknowledged = seg.ack === nxt;
  const next = acknowledged ? (AFTER_ACK[state] ?? state) : state;
  if (!RECEIVES.has(next)) return { answer: '', state: next };
  return received({ ...at, state: next }, seg);
}

const AFTER_ACK: Readonly<Record<string, string>> = {
  SYN_RCVD: 'ESTABLISHED',
  FIN_WAIT_1: 'FIN_WAIT_2',
  CLOSING: 'TIME_WAIT',
  LAST_ACK: 'CLOSED',
};
const RECEIVES = new Set(['ESTABLISHED', 'FIN_WAIT_1', 'FIN_WAIT_2']);
const AFTER_FIN: Readonly<Record<string, string>> = {
  ESTABLISHED: 'CLOSE_WAIT',
  FIN_WAIT_1: 'CLOSING',
  FIN_WAIT_2: 'TIME_WAIT',
};

/** The seventh and the eighth check: the text that fits into the window, and the FIN unless text was cut off before it. */
function received({ state, nxt, rcv }: Case, seg: Arriving): Outcome {
  const end = Math.min(seg.seq + seg.text, EDGE);
  const fin = seg.flags.includes('F') && seg.seq + seg.text < EDGE;
  const text = end - Math.max(seg.seq, rcv);
  if (text <= 0 && !fin) return { answer: '', state };
  if (seg.seq > rcv) return { answer: `> . ${nxt}:${nxt}(0) ack ${rcv}`, state };
  const acked = rcv + text + (fin ? 1 : 0);
  const next = fin ? (AFTER_FIN[state] ?? state) : state;
  return { answer: `> . ${nxt}:${nxt}(0) ack ${acked}`, state: next };
}

/** The segments of one kind: SEG.SEQ and SEG.ACK at and beside each edge. */
function arrivals(flags: string, { una, nxt, rcv }: Case, edge: number): readonly Arriving[] {
  const found: Arriving[] = [];
  const sequences = [rcv - 1, rcv, rcv + 1, edge - 1, edge];
  // The ACK field of a RST or a SYN is not looked at.
  const edges = /[RS]/.test(flags) ? [una - 1, nxt + 1] : [una - 1, una, nxt, nxt + 1];
  const acks = flags.includes('.') ? [...new Set(edges)] : [0];
  // What begins before the window is trimmed to it (RFC 9293); whether its RST or SYN is in it is told in two ways.
  const lengths = /[RS]/.test(flags) ? [0] : [0, 3];
  for (const seq of sequences)
    for (const ack of acks) for (const text of lengths) found.push({ flags, seq, text, ack });
  return found;
}

function script(at: Case, seg: Arriving, profile: Profile, blunt: boolean): string {
  const { answer, state } =
    profile === 'freebsd'
      ? freebsdOutcome({ ...at, edge: edgeOf(profile, at) }, seg, blunt)
      : outcome(at, seg, blunt);
  const ack = seg.flags.includes('.') ? ` ack ${seg.ack >>> 0}` : '';
  const numbers = `${seg.seq}:${seg.seq + seg.text}(${seg.text})${ack}`;
  const set = (what: string) => `+0 \`sysctl -w net.inet.tcp.insecure_${what}=${blunt ? 1 : 0}\`\n`;
  const mode = set('rst') + set('syn');
  const count = (of: string, times: number) =>
    `+.1 \`sockstat -4 -P tcp -s | grep -c ${of} | grep ${times}\`\n`;
  return `--tolerance_usecs=75000
${at.begin(profile)}${mode}+.1 < ${seg.flags} ${numbers} win 32767
${answer === '' ? '' : `+0 ${answer} <...>\n`}${
  state === 'CLOSED' ? count(at.state, 0) : count(state, 1)
}`;
}

describe('a packetdrill script brings each state', () => {
  const kinds: readonly (readonly [flags: string, blunt: boolean])[] = [
    ['.', false],
    ['F', false],
    ['F.', false],
    ['R', false],
    ['R.', false],
    ['R', true],
    ['R.', true],
    ['S', false],
    ['S.', false],
    ['S', true],
    ['S.', true],
  ];
  for (const profile of ['rfc9293', 'freebsd'] as const) {
    for (const at of CASES) {
      if (profile === 'freebsd' && at.state === 'SYN_RCVD') continue;
      for (const [flags, blunt] of kinds) {
        // A half-open connection has rules of its own for a SYN.
        if (at.state === 'SYN_RCVD' && flags.includes('S')) continue;
        const how = at.begin(profile).includes('listen') ? ' of a listener' : '';
        const mode = blunt ? ' by RFC 793' : '';
        it(`${profile}: ${at.state}${how} meets ${flags} in and beside the windows${mode}`, () => {
          for (const seg of arrivals(flags, at, edgeOf(profile, at))) {
            const text = script(at, seg, profile, blunt);
            assert.equal(play(text, profile).verdict, 'passed', text);
          }
        });
      }
    }
  }
});
