import assert from 'node:assert/strict';
import type { Segment } from '../../src/tcp/segment.js';
import { ACK, has, RST, SYN } from '../../src/tcp/segment.js';
import type { Seq } from '../../src/tcp/seq.js';
import { add, seq } from '../../src/tcp/seq.js';
import { isSynchronized, STATES } from '../../src/tcp/states.js';
import type { Tcb } from '../../src/tcp/tcb.js';
import { golden } from '../golden.js';
import { decider } from '../tcp/deciders.js';
import type { Seen } from '../tcp/fixtures.js';
import { arrive, call, established, inState, seg } from '../tcp/fixtures.js';

/** A connection to which every kind of segment is sent, at every place. */
interface Row {
  readonly name: string;
  readonly tcb: Tcb;
}

const rows: readonly Row[] = STATES.flatMap((state): readonly Row[] => {
  if (state === 'ESTABLISHED') {
    return [{ name: 'ESTABLISHED, 10 octets under way', tcb: call.send(established(), 10).tcb }];
  }
  if (state !== 'SYN_RCVD') return [{ name: state, tcb: inState(state) }];
  return [
    { name: 'SYN_RCVD after a passive OPEN', tcb: inState(state) },
    { name: 'SYN_RCVD after an active OPEN', tcb: inState(state, { open: 'active' }) },
  ];
});

const classes: readonly (readonly [name: string, flags: string, text: number])[] = [
  ['RST', 'RST', 0],
  ['RST,ACK', 'RST,ACK', 0],
  ['SYN', 'SYN', 0],
  ['SYN+text', 'SYN', 5],
  ['SYN,FIN', 'SYN,FIN', 0],
  ['SYN,ACK', 'SYN,ACK', 0],
  ['none', '', 0],
  ['text', '', 5],
  ['FIN', 'FIN', 0],
  ['ACK', 'ACK', 0],
  ['ACK+text', 'ACK', 5],
  ['FIN,ACK', 'FIN,ACK', 0],
  ['FIN,ACK+text', 'FIN,ACK', 5],
];

type Position = readonly [name: string, value: Seq];

function positions({ state, rcv, snd }: Tcb): {
  readonly seqs: readonly Position[];
  readonly acks: readonly Position[];
} {
  const nothing: readonly Position[] = [['100', seq(100)]];
  if (state === 'CLOSED' || state === 'LISTEN') return { seqs: nothing, acks: [['301', seq(301)]] };
  const edge = add(rcv.nxt, rcv.wnd);
  const seqs: readonly Position[] = [
    ['RCV.NXT-20', add(rcv.nxt, -20)],
    ['RCV.NXT-1', add(rcv.nxt, -1)],
    ['RCV.NXT', rcv.nxt],
    ['RCV.NXT+10', add(rcv.nxt, 10)],
    ['last', add(edge, -1)],
    ['edge', edge],
  ];
  const acks: readonly Position[] = [
    ['UNA-70000', add(snd.una, -70_000)],
    ['UNA-1', add(snd.una, -1)],
    ['UNA', snd.una],
    ['NXT', snd.nxt],
    ['NXT+1', add(snd.nxt, 1)],
  ];
  const distinct = acks.filter(
    ([, value], i) => acks.findIndex(([, other]) => other === value) === i,
  );
  return { seqs: state === 'SYN_SENT' ? nothing : seqs, acks: distinct };
}

interface Case {
  readonly row: Row;
  readonly label: string;
  readonly segment: Segment;
  readonly seen: Seen;
}

function casesOf(row: Row): readonly Case[] {
  const { seqs, acks } = positions(row.tcb);
  return classes.flatMap(([name, flags, text]) =>
    seqs.flatMap(([seqName, at]) => {
      const withAck = flags.includes('ACK');
      const choices: readonly Position[] = withAck ? acks : [['-', seq(0)]];
      return choices.map(([ackName, ack]) => {
        const segment = seg(flags, { seq: at, ack, data: text });
        const label = [name.padEnd(13), seqName.padEnd(11), ackName.padEnd(10)].join(' ');
        return { row, label, segment, seen: arrive(row.tcb, segment) };
      });
    }),
  );
}

const cases = rows.flatMap(casesOf);

function print({ row, label, seen }: Case): string {
  const state = seen.state === row.tcb.state ? '=' : seen.state;
  const told = seen.signals.map((text) => ` "${text}"`).join('');
  const reply = `${seen.sent.join(' ')}${told}`.trim();
  return `${label} ${decider(seen.steps).padEnd(25)} ${state.padEnd(12)} ${reply}`.trimEnd();
}

function matrix(): string {
  const head = [
    'segment'.padEnd(13),
    'SEQ'.padEnd(11),
    'ACK'.padEnd(10),
    'decided by'.padEnd(25),
    'state'.padEnd(12),
    'reply',
  ].join(' ');
  const blocks = rows.map((row) => {
    const { snd, rcv, state } = row.tcb;
    const numbers = `SND.UNA=${snd.una} SND.NXT=${snd.nxt} RCV.NXT=${rcv.nxt} RCV.WND=${rcv.wnd}`;
    const title = state === 'CLOSED' || state === 'LISTEN' ? row.name : `${row.name}: ${numbers}`;
    const lines = cases.filter((one) => one.row === row).map(print);
    return [`# ${title}`, head, ...lines, ''].join('\n');
  });
  const about = [
    'SEGMENT ARRIVES (RFC 9293 §3.10.7) by state, kind of segment, and place of SEQ and ACK.',
    'SEQ `last` is the last octet of the window, `edge` the first past it. ACK is relative to SND.UNA and SND.NXT.',
    'The rule is the last that changed or sent something. `=`: the state stays.',
    '',
  ];
  return [...about.map((line) => `# ${line}`.trimEnd()), '', ...blocks].join('\n');
}

describe('SEGMENT ARRIVES, every kind of segment in every state', () => {
  it('is as the matrix says', () => {
    golden('rfc9293/segment-arrives.matrix', matrix());
  });

  it('RSG-05 no RST is ever answered with a RST', () => {
    for (const { segment, seen, label } of cases) {
      if (!has(segment, RST)) continue;
      assert.ok(!seen.segments.some((sent) => has(sent, RST)), label);
    }
  });

  it('RSG-04 in synchronized states nothing is answered with a RST', () => {
    for (const { row, seen, label } of cases) {
      if (!isSynchronized(row.tcb.state)) continue;
      assert.ok(!seen.segments.some((sent) => has(sent, RST)), `${row.name} ${label}`);
    }
  });

  it('a SYN in a synchronized state changes nothing but the count of challenges', () => {
    for (const { row, segment, seen, label } of cases) {
      if (!isSynchronized(row.tcb.state) || !has(segment, SYN)) continue;
      assert.equal(seen.state, row.tcb.state, label);
      assert.deepEqual([seen.tcb.snd, seen.tcb.rcv], [row.tcb.snd, row.tcb.rcv], label);
    }
  });

  it('without ACK bit nothing but a RST or SYN changes the state', () => {
    for (const { row, segment, seen, label } of cases) {
      if (has(segment, ACK) || has(segment, RST) || has(segment, SYN)) continue;
      assert.equal(seen.state, row.tcb.state, `${row.name} ${label}`);
    }
  });
});
