/** SEGMENT ARRIVES (RFC 9293 §3.10.7) cut into cells: state, control bits, places of SEQ and ACK, text, and window. */

import { ACK, has, printCtl, RST, type Segment, SYN, segLen } from '../../src/tcp/segment.js';
import type { Seq } from '../../src/tcp/seq.js';
import { add, distance, num, seq } from '../../src/tcp/seq.js';
import { STATES } from '../../src/tcp/states.js';
import type { Tcb } from '../../src/tcp/tcb.js';
import { decider } from '../tcp/deciders.js';
import type { Changes, Seen } from '../tcp/fixtures.js';
import { arrive, call, inState, seg } from '../tcp/fixtures.js';
import type { Cell, Dimension } from './decision-table.js';

/** Connections to which every kind of segment is sent: one for each value of RCV.WND. */
export interface Situation {
  readonly name: string;
  readonly dimensions: readonly Dimension[];
  readonly tcbs: readonly Tcb[];
}

/** Octets of RCV.WND: none, fewer than a segment's text, and plenty. */
const WINDOWS = [0, 3, 1000] as const;
/** Octets of text. */
const TEXTS = [0, 5] as const;
/** When the segment arrives: after the connection came to be, so that a timer that starts anew is seen. */
const LATER = 1_000;

const ofRcvNxt: readonly (readonly [name: string, place: (tcb: Tcb) => Seq])[] = [
  ['old', ({ rcv }) => add(rcv.nxt, -20)],
  ['NXT-1', ({ rcv }) => add(rcv.nxt, -1)],
  ['NXT', ({ rcv }) => rcv.nxt],
  ['NXT+1', ({ rcv }) => add(rcv.nxt, 1)],
  ['last', ({ rcv }) => add(rcv.nxt, Math.max(rcv.wnd, 3) - 1)],
  ['edge', ({ rcv }) => add(rcv.nxt, Math.max(rcv.wnd, 3))],
  ['far', ({ rcv }) => add(rcv.nxt, 5000)],
];

const ofSnd: readonly (readonly [name: string, place: (tcb: Tcb) => Seq])[] = [
  ['ancient', ({ snd }) => add(snd.una, -snd.max - 1)],
  ['UNA-MAX', ({ snd }) => add(snd.una, -snd.max)],
  ['UNA-1', ({ snd }) => add(snd.una, -1)],
  ['UNA', ({ snd }) => snd.una],
  ['UNA+4', ({ snd }) => add(snd.una, 4)],
  ['NXT', ({ snd }) => snd.nxt],
  ['NXT+1', ({ snd }) => add(snd.nxt, 1)],
];

const nowhere = ['any', (): Seq => seq(7000)] as const;
const anywhere = [nowhere];

const BITS = ['RST', 'SYN', 'ACK', 'FIN'] as const;
const bits: readonly Dimension[] = BITS.map((name) => ({ name, values: ['0', '1'] }));

/** The places of SEG.SEQ and SEG.ACK that differ from each other in a state. */
function placesOf(tcb: Tcb) {
  if (tcb.state === 'CLOSED' || tcb.state === 'LISTEN') return { seqs: anywhere, acks: anywhere };
  const length = distance(tcb.snd.una, tcb.snd.nxt);
  const acks = ofSnd.filter(
    ([name]) => !(name === 'UNA+4' && length < 5) && !(name === 'NXT' && length === 0),
  );
  return { seqs: tcb.state === 'SYN_SENT' ? anywhere : ofRcvNxt, acks };
}

function situation(name: string, make: (changes: Changes) => Tcb): Situation {
  const tcbs = WINDOWS.map((window) => make({ settings: { window } }));
  const [first] = tcbs;
  if (first === undefined) throw new Error('no window');
  const { seqs, acks } = placesOf(first);
  // Before a SYN has come RCV.WND is of no account.
  const windowed = seqs === ofRcvNxt ? WINDOWS : [WINDOWS[2]];
  const dimensions = [
    ...bits,
    { name: 'SEQ', values: seqs.map(([place]) => place) },
    { name: 'ACKed', values: acks.map(([place]) => place) },
    { name: 'text', values: TEXTS.map(String) },
    { name: 'WND', values: windowed.map(String) },
  ];
  return { name, dimensions, tcbs: windowed === WINDOWS ? tcbs : tcbs.slice(2) };
}

/** Ten octets of ours are under way, and our FIN where the state has sent one. */
const underWay = (tcb: Tcb): Tcb => call.send(tcb, 10).tcb;
const closed = (tcb: Tcb): Tcb => call.close(tcb).tcb;

function madeIn(state: Tcb['state']): readonly Situation[] {
  switch (state) {
    case 'SYN_RCVD':
      return [
        situation('SYN_RCVD after a passive OPEN', (changes) => inState(state, changes)),
        situation('SYN_RCVD after an active OPEN', (changes) =>
          inState(state, { ...changes, open: 'active' }),
        ),
      ];
    case 'ESTABLISHED':
    case 'CLOSE_WAIT':
      return [
        situation(`${state}, 10 octets under way`, (changes) => underWay(inState(state, changes))),
      ];
    case 'FIN_WAIT_1':
      return [
        situation('FIN_WAIT_1, 10 octets and FIN under way', (changes) =>
          closed(underWay(inState('ESTABLISHED', changes))),
        ),
      ];
    case 'LAST_ACK':
    case 'CLOSING':
      return [
        situation(`${state}, 10 octets and FIN under way`, (changes) => ({
          ...closed(underWay(inState('CLOSE_WAIT', changes))),
          state,
        })),
      ];
    default:
      return [situation(state, (changes) => inState(state, changes))];
  }
}

export const situations: readonly Situation[] = STATES.flatMap(madeIn);

/** The segment of a cell, with the connection that it reaches. */
export function segmentOf(
  { tcbs }: Situation,
  cell: Cell,
): { readonly tcb: Tcb; readonly segment: Segment } {
  const [rst, syn, ack, fin, seqPlace = 0, ackPlace = 0, text = 0, window = 0] = cell;
  const tcb = tcbs[window];
  if (tcb === undefined) throw new Error('no such window');
  const { seqs, acks } = placesOf(tcb);
  const flags = BITS.filter((_, i) => [rst, syn, ack, fin][i] === 1).join(',');
  const at = (seqs[seqPlace] ?? nowhere)[1](tcb);
  // Without the ACK bit the field is there all the same, and must mean nothing.
  const acknowledged = (acks[ackPlace] ?? nowhere)[1](tcb);
  return {
    tcb,
    segment: seg(flags, { seq: num(at), ack: num(acknowledged), data: TEXTS[text] ?? 0 }),
  };
}

/** What comes of a segment, with its numbers as names: the rule that decided, the state, what changed, and the reply. */
export function outcomeOf(tcb: Tcb, segment: Segment): string {
  const seen = arrive(tcb, segment, LATER);
  const state = seen.state === tcb.state ? '=' : seen.state;
  const told = seen.signals.map((text) => `"${text}"`);
  const replies = seen.segments.map((reply) => printReply(reply, segment, tcb, seen));
  const what = [...changesOf(tcb, segment, seen), ...replies, ...told];
  return `${decider(seen.steps)} ${state} ${what.join(' ')}`.trim();
}

function changesOf(before: Tcb, segment: Segment, { tcb: after, state }: Seen): readonly string[] {
  if (state === 'CLOSED' || state === 'LISTEN') return [];
  const changes: string[] = [];
  const opens = before.state === 'LISTEN';
  if (after.snd.una !== before.snd.una) changes.push(`SND.UNA<-${opens ? 'ISS' : 'SEG.ACK'}`);
  if (after.rcv.nxt !== before.rcv.nxt)
    changes.push(`RCV.NXT<-${nameOfNext(before, segment, after)}`);
  if (after.queued.outOfOrder.length > before.queued.outOfOrder.length) changes.push('held');
  const anew = after.timers.timeWait !== before.timers.timeWait && before.state === 'TIME_WAIT';
  if (anew) changes.push('2MSL-anew');
  return changes;
}

function nameOfNext(before: Tcb, segment: Segment, { rcv }: Tcb): string {
  if (has(segment, SYN) && rcv.nxt === add(segment.seq, 1)) return 'SEG.SEQ+1';
  if (rcv.nxt === add(segment.seq, segLen(segment))) return 'SEG.SEQ+SEG.LEN';
  return rcv.nxt === add(before.rcv.nxt, before.rcv.wnd) ? 'RCV.NXT+RCV.WND' : String(num(rcv.nxt));
}

/** `<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>`. */
function printReply(reply: Segment, to: Segment, before: Tcb, { tcb: after }: Seen): string {
  const reset = has(reply, RST);
  const names: readonly (readonly [string, Seq])[] = [
    ...(reset ? ([['SEG.ACK', to.ack]] as const) : []),
    ...(before.state === 'CLOSED' ? [] : ([['SND.NXT', before.snd.nxt]] as const)),
    ['ISS', after.iss],
    ['0', seq(0)],
  ];
  const ackNames: readonly (readonly [string, Seq])[] = [
    ['RCV.NXT', after.rcv.nxt],
    ['SEG.SEQ+SEG.LEN', add(to.seq, segLen(to))],
  ];
  const named = (all: typeof names, value: Seq) =>
    all.find(([, number]) => number === value)?.[0] ?? String(num(value));
  const ack = has(reply, ACK) ? `<ACK=${named(ackNames, reply.ack)}>` : '';
  const data = reply.data.length > 0 ? `<DATA=${reply.data.length}>` : '';
  return `<SEQ=${named(names, reply.seq)}>${ack}${data}<CTL=${printCtl(reply.ctl)}>`;
}
