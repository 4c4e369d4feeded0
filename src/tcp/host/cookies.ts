/** RFC 4987 §3.6 SYN Cookies at a listener: SYNs are answered and forgotten, and their ACKs make connections. */

import { assert } from '../../base/assert.js';
import { inPieces, listOf } from '../../base/pieces.js';
import { aceOf, asksAccurate, CLASSIC_BITS, ECN_BITS } from '../ecn/feedback.js';
import { NOT_ECT } from '../ecn/ip.js';
import type { Datagram, Handling } from '../handling.js';
import type { Options } from '../options.js';
import { copyTcb } from '../own.js';
import { countsMemory } from '../receiving/memory.js';
import type { Effect, Instant, Microstep, RuleInfo } from '../rule.js';
import { NO_EFFECTS } from '../rule.js';
import type { Segment } from '../segment.js';
import { ACK, NO_DATA, RST, SYN } from '../segment.js';
import { runArrival } from '../segment-arrives.js';
import { NOTHING_QUEUED } from '../sending/queued.js';
import { add, num } from '../seq.js';
import type { Settings } from '../settings.js';
import type { Socket, Tcb } from '../tcb.js';
import { editRcv, editTcb } from '../tcb.js';
import { settingsOfChild } from '../udp-encapsulation.js';
import { initialWindow } from '../window.js';
import type { Connection, Host } from './connection-table.js';
import { addConnection } from './connection-table.js';
import { offerIsn } from './isn.js';
import type { ListenQueues } from './listen-queues.js';
import { acceptOverflow, addHalfOpen, halfOpenOverflow, overflowStep } from './listener.js';
import { settle } from './settle.js';
import {
  COOKIE_LIFE,
  checkCookie,
  makeCookie,
  readEcnStamp,
  readStamp,
  stampOptions,
} from './syn-cookie.js';

const ANSWER: RuleInfo = {
  id: 'listener/cookie',
  rfc: 'RFC 4987 §3.6',
  title: 'SYN Cookies: answer and forget',
  moves: [],
};
const CHECK: RuleInfo = {
  id: 'listener/cookie-check',
  rfc: 'RFC 4987 §3.6',
  title: 'SYN Cookies: is the number acknowledged one of ours?',
  moves: ['LISTEN -> SYN_RCVD'],
};

/** For the catalogue. */
export const cookieRules: readonly RuleInfo[] = [ANSWER, CHECK];

/** What a segment at a listener is when cookies are in use; undefined when they have nothing to do with it. */
export function arriveByCookie(
  host: Host,
  listener: Connection,
  datagram: Datagram,
  now: Instant,
): Handling | undefined {
  const { synCookies } = host.settings;
  const queues = host.queues.get(listener.ref.id);
  if (synCookies === 'off' || queues === undefined) return undefined;
  const ctl = datagram.segment.ctl & (SYN | ACK | RST);
  if (ctl === SYN) {
    const full = halfOpenOverflow(listener, queues);
    const wanted = synCookies === 'always' || full !== undefined;
    if (!wanted || acceptOverflow(queues) !== undefined) return undefined;
    queues.cookieAt = now;
    const why = full ?? (() => 'syncookies always');
    return { connection: listener.ref, microsteps: [answer(host, listener, datagram, now, why)] };
  }
  const expected = queues.cookieAt !== undefined && now - queues.cookieAt <= COOKIE_LIFE;
  // Nobody looks at ACKs for longer than a cookie can be good (QUE-13).
  return ctl === ACK && expected ? check(host, listener, queues, datagram, now) : undefined;
}

/** The SYN,ACK that LISTEN would send, with the cookie as its ISN; the TCB is not kept, so nothing sends it again. */
function answer(
  host: Host,
  listener: Connection,
  { source, destination, segment: seg }: Datagram,
  now: Instant,
  reason: () => string,
): Microstep {
  const { tcb } = listener;
  const local = { address: destination, port: tcb.local.port };
  const remote = { address: source, port: seg.sourcePort };
  const settings = settingsOfChild(listener.tcb, seg);
  const stamped = keepsInStamp(settings) && seg.options.timestamps !== undefined;
  // What the user asks for bounds it; what our own path takes does not.
  const most = settings.mss < host.settings.mss ? settings.mss : Number.POSITIVE_INFINITY;
  const { mss = 0 } = seg.options;
  const offered = mss <= most ? seg.options : { ...seg.options, mss: most };
  const cookie = makeCookie(host.settings, local, remote, seg.seq, offered, now);
  const empty = seg.data.length === 0 ? seg : { ...seg, data: NO_DATA };
  const arrival = { seg: empty, source, isn: () => cookie };
  const forgotten = forgetful(tcb, settings, local, stamped);
  const asked = agrees(settings, seg) ? accepting(forgotten) : forgotten;
  const steps = runArrival(undefined, asked, arrival, now);
  const last = steps[steps.length - 1];
  const answers = last?.effects ?? NO_EFFECTS;
  const ecn = last?.after?.options.ecn !== undefined;
  const effects = stamped
    ? answers.map((effect) => (effect.kind === 'send' ? withStamp(effect, seg, ecn, now) : effect))
    : answers;
  const lost = () => whatIsLost(settings, stamped);
  const why = () =>
    `${reason()}: SYN,ACK with the cookie ${num(cookie.value)} as ISN (MSS ${cookie.mss}); ${lost()}; nothing is kept`;
  return { rule: ANSWER, why, connection: listener.ref, before: tcb, after: tcb, effects };
}

/** Whether TSval says what else the SYN offered; not with the deviation cookie-options. */
function keepsInStamp({ timestamps, cookieOptions }: Settings): boolean {
  return timestamps && cookieOptions === 'timestamp';
}

function whatIsLost({ cookieOptions }: Settings, stamped: boolean): string {
  if (cookieOptions === 'number') return 'window scale and SACK are in it, too (cookie-options)';
  return stamped ? 'window scale, SACK and ECN go into TSval' : 'its options but MSS go';
}

/** A listener that answers without memory: what cannot be remembered is not offered (QUE-11). */
function forgetful(tcb: Tcb, settings: Settings, local: Socket, stamped: boolean): Tcb {
  const copy = copyTcb(tcb);
  copy.local = local;
  copy.settings = stamped ? settings : unremembered(settings);
  copy.queued = NOTHING_QUEUED;
  return copy;
}

/** Deviation ecn-answer: AccECN is agreed to although the cookie forgets it. */
function agrees({ ecnAnswer, accurateEcn }: Settings, { ctl }: Segment): boolean {
  return ecnAnswer === 'latest' && accurateEcn !== 'off' && asksAccurate(ctl);
}

/** A listener that takes AccECN. */
function accepting(listener: Tcb): Tcb {
  const { settings } = listener;
  if (settings.accurateEcn !== 'off') return listener;
  return editTcb(listener, { settings: { ...settings, accurateEcn: 'accept' } });
}

/** The settings without what a cookie does not remember; made once for each listener that is flooded. */
function unremembered(settings: Settings): Settings {
  const known = forgetting.get(settings);
  if (known !== undefined) return known;
  const less =
    settings.cookieOptions === 'number'
      ? ({ ...settings, ...WITHOUT_ECN } as const)
      : ({ ...settings, windowScale: undefined, sack: false, ...WITHOUT_ECN } as const);
  forgetting.set(settings, less);
  return less;
}

const WITHOUT_ECN = { ecn: 'off', accurateEcn: 'off' } as const;

const forgetting = new WeakMap<Settings, Settings>();

type Send = Extract<Effect, { readonly kind: 'send' }>;

function withStamp(effect: Send, { options }: Segment, ecn: boolean, now: Instant): Send {
  const { segment } = effect;
  const ecr = options.timestamps?.val ?? 0;
  const timestamps = { val: stampOptions(options, ecn, now), ecr };
  return { ...effect, segment: { ...segment, options: { ...segment.options, timestamps } } };
}

/** An ACK that no connection wants: of a cookie, or a stray one that LISTEN resets. */
function check(
  host: Host,
  listener: Connection,
  queues: ListenQueues,
  datagram: Datagram,
  now: Instant,
): Handling {
  const { tcb, ref } = listener;
  const { source, destination, segment: seg } = datagram;
  const local = { address: destination, port: tcb.local.port };
  const remote = { address: source, port: seg.sourcePort };
  const [irs, iss] = [add(seg.seq, -1), add(seg.ack, -1)];
  const found = checkCookie(host.settings, local, remote, irs, iss, now);
  if (found.kind !== 'valid') {
    const text = found.kind === 'old' ? 'a cookie that is too old' : 'no cookie of ours';
    const arrival = { seg, source, isn: offerIsn(host, local, remote, now) };
    const steps = runArrival(ref, tcb, arrival, now);
    return {
      connection: ref,
      microsteps: [noCookie(listener, `${num(iss)} is ${text}`), ...steps],
    };
  }
  const full = acceptOverflow(queues);
  if (full !== undefined) {
    return { connection: ref, microsteps: [overflowStep(host, listener, seg, source, full)] };
  }
  const remembered = { mss: found.mss, options: found.options, irs, iss, local };
  return rebuild(host, listener, datagram, remembered, now);
}

function noCookie({ ref, tcb }: Connection, text: string): Microstep {
  const why = () => `SEG.ACK-1=${text}`;
  return { rule: CHECK, why, connection: ref, before: tcb, after: tcb, effects: NO_EFFECTS };
}

interface Remembered {
  readonly mss: number;
  /** What the cookie has of the other options. */
  readonly options: Options;
  readonly irs: Segment['seq'];
  readonly iss: Segment['seq'];
  readonly local: Socket;
}

/** The half-open connection that was never kept, as its SYN would have made it; the ACK then meets its rules. */
function rebuild(
  host: Host,
  listener: Connection,
  { source, segment: seg }: Datagram,
  { mss, options, irs, iss, local }: Remembered,
  now: Instant,
): Handling {
  const { timestamps } = seg.options;
  const settings = settingsOfChild(listener.tcb, seg);
  const stamped = timestamps !== undefined && keepsInStamp(settings);
  const stamp = {
    ...(timestamps === undefined ? {} : { timestamps }),
    ...(stamped ? readStamp(timestamps.ecr) : options),
  };
  const ecn = stamped && readEcnStamp(timestamps.ecr) ? askedBy(seg, settings) : 0;
  const syn: Segment = {
    ...seg,
    ...{ seq: irs, ctl: SYN | ecn, ecn: NOT_ECT, data: NO_DATA, options: { mss, ...stamp } },
  };
  const isn = { kind: 'cookie', value: iss, mss } as const;
  const forgotten = forgetful(listener.tcb, settings, local, stamped);
  const before = ecn === ECN_BITS ? accepting(forgotten) : forgotten;
  const id = host.nextId;
  const ref = { host: host.name, id };
  const made = runArrival(ref, before, { seg: syn, source, isn: () => isn }, now).at(-1)?.after;
  assert(made?.state === 'SYN_RCVD', () => `a cookie left the child in ${made?.state}`);
  // When the SYN,ACK left is not known: no round-trip time is measured (Karn's algorithm).
  const sent = listOf(made.retransmissions).map((one) => ({ ...one, retransmissions: 1 }));
  // Deviation `receive-space`: the window is made anew, in segments of the MSS that the cookie has.
  const wnd = initialWindow({ ...settings, mss }, made.rcv.shift);
  const rcv = countsMemory(settings) ? editRcv(made.rcv, { wnd }) : made.rcv;
  const tcb = editTcb(made, { retransmissions: inPieces(sent), settings, rcv });
  const entry = { id, name: undefined, parent: listener.ref.id, createdAt: now };
  const child = addConnection(host, tcb, entry);
  addHalfOpen(host, child);
  const why = () =>
    `SEG.ACK-1=${num(iss)} is a cookie of ours: IRS=${num(irs)}, ISS=${num(iss)}, MSS ${mss}`;
  const rebuilt = { rule: CHECK, why, connection: ref, before, after: tcb, effects: NO_EFFECTS };
  const steps = runArrival(ref, tcb, { seg, source, isn: () => isn }, now);
  return { connection: ref, microsteps: settle(host, child, [rebuilt, ...steps], now) };
}

/**
 * RFC 9768 §5.1: a peer in AccECN mode has an ACE field of 2 at least in the ACK of the SYN,ACK; else it was classic ECN. With the
 * deviation ecn-answer that is believed of any peer.
 */
function askedBy({ ctl }: Segment, { accurateEcn, ecnAnswer }: Settings): number {
  const knows = accurateEcn !== 'off' || ecnAnswer !== 'asked';
  return knows && aceOf(ctl) > 1 ? ECN_BITS : CLASSIC_BITS;
}
