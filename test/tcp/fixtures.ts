/** Ideal connections by name, and one door for each kind of event: `arrive`, `call`, `expire`. */

import type { AbortCall } from '../../src/tcp/calls/abort.js';
import { abortRules } from '../../src/tcp/calls/abort.js';
import { runCall } from '../../src/tcp/calls/call-rule.js';
import { closeRules } from '../../src/tcp/calls/close.js';
import { openRules } from '../../src/tcp/calls/open.js';
import { receiveRules } from '../../src/tcp/calls/receive.js';
import { sendRules } from '../../src/tcp/calls/send.js';
import { statusRules } from '../../src/tcp/calls/status.js';
import type { Isn } from '../../src/tcp/isn.js';
import type { Effect, Microstep } from '../../src/tcp/rule.js';
import { runRules } from '../../src/tcp/rule.js';
import type { Flag, Segment } from '../../src/tcp/segment.js';
import { ACK, FIN, FLAGS, printSegment, SYN, segment } from '../../src/tcp/segment.js';
import { runArrival } from '../../src/tcp/segment-arrives.js';
import type { Seq } from '../../src/tcp/seq.js';
import { add, seq } from '../../src/tcp/seq.js';
import type { Settings } from '../../src/tcp/settings.js';
import { settings } from '../../src/tcp/settings.js';
import type { State } from '../../src/tcp/states.js';
import type { Socket, Tcb } from '../../src/tcp/tcb.js';
import { closedTcb } from '../../src/tcp/tcb.js';
import { timeoutRulesFor } from '../../src/tcp/timeouts.js';
import type { TimerName } from '../../src/tcp/timers.js';
import { NO_TIMERS } from '../../src/tcp/timers.js';
import { noteDecider } from './deciders.js';

/** The connection of all fixtures: ours is the server's side, ISS=300, IRS=100. */
export const LOCAL: Socket = { address: '10.0.0.2', port: 80 };
export const REMOTE: Socket = { address: '10.0.0.1', port: 1000 };
export const ISS = 300;
export const IRS = 100;

/** What a test may change of a fixture. */
export interface Changes
  extends Partial<Omit<Tcb, 'snd' | 'rcv' | 'options' | 'rto' | 'queued' | 'settings'>> {
  readonly snd?: Partial<Tcb['snd']>;
  readonly rcv?: Partial<Tcb['rcv']>;
  readonly options?: Partial<Tcb['options']>;
  readonly rto?: Partial<Tcb['rto']>;
  readonly queued?: Partial<Tcb['queued']>;
  readonly settings?: Partial<Settings>;
}

/** A connection in any state, as it is when everything before went well and nothing was sent but SYN and FIN. */
export function inState(state: State, changes: Changes = {}): Tcb {
  const { snd, rcv, options, rto, queued, settings: set, ...rest } = changes;
  const chosen = settings({ window: 1000, ...set });
  const base = closedTcb(LOCAL, REMOTE, chosen);
  if (state === 'CLOSED') return base;
  if (state === 'LISTEN') return { ...base, state, remote: undefined, ...rest };
  const shape = shapeOf(state);
  const nxt = seq(ISS + 1 + (shape.finSent ? 1 : 0));
  const tcb: Tcb = {
    ...base,
    state,
    open: state === 'SYN_SENT' ? 'active' : 'passive',
    iss: seq(ISS),
    irs: state === 'SYN_SENT' ? seq(0) : seq(IRS),
    isn: { kind: 'fixed', value: seq(ISS), index: 0 },
    snd: {
      una: shape.unacknowledged ? add(nxt, -1) : nxt,
      nxt,
      wnd: 65_535,
      up: seq(ISS),
      wl1: seq(IRS),
      wl2: seq(ISS),
      max: 65_535,
      mss: 1460,
      shift: 0,
      ...snd,
    },
    rcv: {
      nxt: state === 'SYN_SENT' ? seq(0) : seq(IRS + 1 + (shape.finReceived ? 1 : 0)),
      wnd: Math.min(chosen.window, 65_535),
      up: seq(IRS + 1),
      shift: 0,
      ...rcv,
    },
    options: { ...base.options, lastAckSent: seq(IRS + 1), ...options },
    rto: { ...base.rto, ...rto },
    queued: { ...base.queued, closing: shape.finSent, ...queued },
    fin: shape.finSent ? add(nxt, -1) : undefined,
  };
  return { ...tcb, ...waiting(tcb, shape), ...rest };
}

interface Shape {
  readonly finSent: boolean;
  readonly finReceived: boolean;
  readonly unacknowledged: boolean;
}

function shapeOf(state: State): Shape {
  const is = (...states: readonly State[]) => states.includes(state);
  return {
    finSent: is('FIN_WAIT_1', 'FIN_WAIT_2', 'CLOSING', 'LAST_ACK', 'TIME_WAIT'),
    finReceived: is('CLOSE_WAIT', 'CLOSING', 'LAST_ACK', 'TIME_WAIT'),
    unacknowledged: is('SYN_SENT', 'SYN_RCVD', 'FIN_WAIT_1', 'CLOSING', 'LAST_ACK'),
  };
}

function waiting(tcb: Tcb, { unacknowledged }: Shape): Pick<Tcb, 'retransmissions' | 'timers'> {
  const { state, snd, settings: set } = tcb;
  if (!unacknowledged) {
    const timeWait = state === 'TIME_WAIT' ? 2 * set.msl : undefined;
    return { retransmissions: [], timers: { ...NO_TIMERS, timeWait } };
  }
  const ctl = state === 'SYN_SENT' ? SYN : state === 'SYN_RCVD' ? SYN | ACK : FIN | ACK;
  const sent = segment({
    sourcePort: LOCAL.port,
    destinationPort: REMOTE.port,
    ctl,
    seq: add(snd.nxt, -1),
    ack: state === 'SYN_SENT' ? seq(0) : tcb.rcv.nxt,
  });
  return {
    retransmissions: [[{ segment: sent, sentAt: 0, retransmissions: 0 }]],
    timers: { ...NO_TIMERS, retransmission: set.rto, user: set.userTimeout },
  };
}

export const listen = (changes?: Changes) => inState('LISTEN', changes);
export const synSent = (changes?: Changes) => inState('SYN_SENT', changes);
export const synReceived = (changes?: Changes) => inState('SYN_RCVD', changes);
export const established = (changes?: Changes) => inState('ESTABLISHED', changes);
export const finWait1 = (changes?: Changes) => inState('FIN_WAIT_1', changes);
export const finWait2 = (changes?: Changes) => inState('FIN_WAIT_2', changes);
export const closeWait = (changes?: Changes) => inState('CLOSE_WAIT', changes);
export const closing = (changes?: Changes) => inState('CLOSING', changes);
export const lastAck = (changes?: Changes) => inState('LAST_ACK', changes);
export const timeWait = (changes?: Changes) => inState('TIME_WAIT', changes);

/** A segment from the peer: `seg('SYN,ACK', { seq: 100, ack: 301 })`, text by `data: 'hello'` or its length. */
export function seg(
  flags: string,
  fields: Partial<Omit<Segment, 'seq' | 'ack' | 'data'>> & {
    readonly seq?: number;
    readonly ack?: number;
    readonly data?: string | number;
  } = {},
): Segment {
  const names = flags === '' ? [] : (flags.split(',') as Flag[]);
  const ctl = names.reduce((bits, name) => bits | (1 << FLAGS.indexOf(name)), 0);
  const { data = 0, seq: at = IRS + 1, ack = 0, ...rest } = fields;
  return segment({
    sourcePort: REMOTE.port,
    destinationPort: LOCAL.port,
    wnd: 65_535,
    ...rest,
    ctl,
    seq: seq(at),
    ack: seq(ack),
    data: octets(data),
  });
}

/** A text's octets, or so many of them. */
export function octets(data: string | number): Uint8Array {
  if (typeof data === 'number') return new Uint8Array(data).fill(0x61);
  return new TextEncoder().encode(data);
}

/** What a test looks at. */
export interface Seen {
  readonly tcb: Tcb;
  readonly state: State;
  readonly steps: readonly Microstep[];
  /** The rule that decided: the last that ran. */
  readonly rule: string;
  readonly why: string;
  readonly sent: readonly string[];
  readonly segments: readonly Segment[];
  readonly signals: readonly string[];
  /** `1 ok`, `2 error connection reset`, in order. */
  readonly completed: readonly string[];
  /** Octets given to RECEIVEs, as text. */
  readonly given: string;
}

export function seenIn(tcb: Tcb, steps: readonly Microstep[]): Seen {
  const last = steps.at(-1);
  if (last === undefined) throw new Error('no rule ran');
  noteDecider(steps);
  const effects = steps.flatMap((step) => step.effects);
  const segments = effects.flatMap((one) => (one.kind === 'send' ? [one.segment] : []));
  const after = last.after ?? tcb;
  return {
    tcb: after,
    state: after.state,
    steps,
    rule: last.rule.id,
    why: last.why(),
    sent: segments.map(printSegment),
    segments,
    signals: effects.flatMap((one) => (one.kind === 'signal' ? [one.text] : [])),
    completed: effects.flatMap(printCompletion),
    given: effects.flatMap(givenText).join(''),
  };
}

function printCompletion(effect: Effect): string[] {
  if (effect.kind !== 'complete') return [];
  const { call, outcome } = effect;
  return [`${call} ${outcome.kind}${outcome.kind === 'error' ? ` ${outcome.text}` : ''}`];
}

function givenText(effect: Effect): string[] {
  if (effect.kind !== 'complete' || effect.outcome.kind !== 'ok') return [];
  return effect.outcome.data ? [new TextDecoder().decode(effect.outcome.data)] : [];
}

/** The ISN that a rule gets when it asks for one. */
export function isnOf(value: number): () => Isn {
  return () => ({ kind: 'fixed', value: seq(value), index: 0 });
}

/** A segment arrives. */
export function arrive(tcb: Tcb, segment: Segment, now = 0): Seen {
  const arrival = { seg: segment, source: REMOTE.address, isn: isnOf(ISS) };
  return seenIn(tcb, runArrival({ host: 'server', id: 1 }, tcb, arrival, now));
}

/** Segments arrive one after the other. */
export function arriveAll(tcb: Tcb, ...segments: readonly Segment[]): Seen {
  let seen: Seen | undefined;
  let at = tcb;
  const steps: Microstep[] = [];
  for (const one of segments) {
    seen = arrive(at, one);
    at = seen.tcb;
    steps.push(...seen.steps);
  }
  return seenIn(at, steps);
}

const REF = { host: 'server', id: 1 };

/** Calls by name. Every call has the number 1 unless it says otherwise. */
export const call = {
  openActive: (tcb: Tcb, remote: Socket | undefined = REMOTE): Seen =>
    seenIn(tcb, runCall(openRules, REF, tcb, openInput('active', remote), 0)),
  openPassive: (tcb: Tcb, remote?: Socket): Seen =>
    seenIn(tcb, runCall(openRules, REF, tcb, openInput('passive', remote), 0)),
  openActiveUnspecified: (tcb: Tcb): Seen =>
    seenIn(tcb, runCall(openRules, REF, tcb, openInput('active', undefined), 0)),
  send: (tcb: Tcb, data: string | number, number = 1, now = 0): Seen => {
    const input = { call: number, data: octets(data), isn: isnOf(ISS) };
    return seenIn(tcb, runCall(sendRules, REF, tcb, input, now));
  },
  receive: (tcb: Tcb, count?: number, number = 1): Seen =>
    seenIn(tcb, runCall(receiveRules, REF, tcb, { call: number, count }, 0)),
  close: (tcb: Tcb, number = 1): Seen =>
    seenIn(tcb, runCall(closeRules, REF, tcb, { call: number, half: false }, 0)),
  abort: (tcb: Tcb, number = 1): Seen => {
    const input: AbortCall = { call: number };
    return seenIn(tcb, runCall(abortRules, REF, tcb, input, 0));
  },
  status: (tcb: Tcb): Seen => seenIn(tcb, runCall(statusRules, REF, tcb, { call: 1 }, 0)),
};

function openInput(open: 'active' | 'passive', remote: Socket | undefined) {
  return { call: 1, open, remote, refusal: undefined, isn: isnOf(ISS) };
}

/** A timer goes off, at its instant or at `now`. */
export function expire(tcb: Tcb, timer: TimerName, now = tcb.timers[timer] ?? 0): Seen {
  return seenIn(tcb, runRules(timeoutRulesFor(tcb, timer), REF, tcb, now, now));
}

/** `{ seq: 101 }` of a TCB's numbers, for comparisons. */
export function numbers(tcb: Tcb): { una: Seq; nxt: Seq; rcvNxt: Seq; rcvWnd: number } {
  return { una: tcb.snd.una, nxt: tcb.snd.nxt, rcvNxt: tcb.rcv.nxt, rcvWnd: tcb.rcv.wnd };
}
