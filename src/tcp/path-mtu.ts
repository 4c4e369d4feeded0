/** RFC 9293 §3.7.2 Path MTU Discovery: what a connection does about a datagram that was too big for the path. */

import { joinOctets } from '../base/octets.js';
import { headerOctets } from './datagram.js';
import { TIMESTAMPS_LENGTH } from './options.js';
import { NONE } from './queued.js';
import { retransmitAt, retransmitFront } from './retransmit.js';
import type { Effect, Instant, Verdict } from './rule.js';
import { finish } from './rule.js';
import type { Segment } from './segment.js';
import { FIN, has, PSH } from './segment.js';
import { frontOf, queueOf, segmentsOf, withFront } from './sent-queue.js';
import { add } from './seq.js';
import type { Settings } from './settings.js';
import type { SentSegment, Socket, Tcb } from './tcb.js';
import { editRto, editSnd, editTcb } from './tcb.js';
import { editTimers } from './timers.js';

/** What the message says. */
interface Quoted {
  /** The next hop's MTU, octets; 0 or absent when it does not say. */
  readonly mtu?: number | undefined;
  readonly destination: Socket;
}

/** The least MTU of a link (RFC 8200); IPv4's is a setting. */
const LEAST_IPV6 = 1280;
/** RFC 791: every link takes so many octets. */
const LEAST_IPV4 = 68;

/** The path MTU that a message asks for; undefined when it names none, or less than every link takes (RFC 8201 §4: it must be discarded). Deviation `path-mtu-min`: the least then. */
function askedMtu({ mtu = 0, destination }: Quoted, { pathMtuMin }: Settings): number | undefined {
  if (destination.address.includes(':')) return mtu >= LEAST_IPV6 ? mtu : undefined;
  return mtu > 0 || pathMtuMin > LEAST_IPV4 ? Math.max(mtu, pathMtuMin) : undefined;
}

/** RFC 1191, RFC 8201: segments are no longer than the path allows; what is lost goes when the timer does. */
export function followPath(tcb: Tcb, message: Quoted, now: Instant): Verdict {
  const { mtu = 0, destination } = message;
  const asked = askedMtu(message, tcb.settings);
  const stamps = tcb.options.timestamps ? TIMESTAMPS_LENGTH : 0;
  const fits = (asked ?? 0) - headerOctets(destination.address) - stamps;
  const told = asked !== undefined && fits < tcb.snd.mss;
  const why = () =>
    told
      ? `next hop takes ${mtu} octets: effective send MSS ${tcb.snd.mss} <- ${fits}`
      : `next hop takes ${mtu} octets: nothing to change`;
  if (!told) return finish(why);
  const smaller = editTcb(offering(tcb, fits, destination), {
    snd: editSnd(tcb.snd, { mss: fits }),
  });
  if (!carriedText(tcb)) return sendShorter(smaller, why, now);
  // The SYN with its text was what did not fit.
  const out = retransmitFront(smaller, now);
  return finish(() => `${why()}; the SYN goes again without its text`, out.tcb, out.effects);
}

/** Deviation `too-big-segments`: what does not fit any more goes again at once, in pieces that do. */
function sendShorter(tcb: Tcb, why: () => string, now: Instant): Verdict {
  const cut = tcb.settings.tooBigSegments === 'again' ? cutToFit(tcb) : NONE_CUT;
  if (cut.places.length === 0) return finish(why, tcb);
  let sent = editTcb(tcb, { retransmissions: cut.queue });
  const effects: Effect[] = [];
  for (const place of cut.places) {
    const out = retransmitAt(sent, place, now);
    sent = out.tcb;
    effects.push(...out.effects);
  }
  const timers = editTimers(sent.timers, {
    retransmission: now + tcb.rto.value + tcb.settings.timerDelay,
  });
  const rto = editRto(sent.rto, { tail: 'sent' });
  const told = () => `${why()}; ${cut.places.length} segments go again (too-big-segments)`;
  return finish(told, editTcb(sent, { timers, rto }), effects);
}

interface CutQueue {
  readonly queue: Tcb['retransmissions'];
  /** Where in the queue the pieces are. */
  readonly places: readonly number[];
}

const NONE_CUT: CutQueue = { queue: NONE, places: [] };

/** The retransmission queue with what is too long cut into pieces: what was handed to the interface as one unit anew. */
function cutToFit({ retransmissions, snd: { mss } }: Tcb): CutQueue {
  const all = segmentsOf(retransmissions);
  const queue: SentSegment[] = [];
  const places: number[] = [];
  for (let at = 0; at < all.length; ) {
    const unit = unitAt(all, at);
    at += unit.length;
    if (unit.every(({ segment }) => segment.data.length <= mss)) {
      queue.push(...unit);
      continue;
    }
    for (const piece of piecesOf(unit, mss)) {
      places.push(queue.length);
      queue.push(piece);
    }
  }
  return { queue: queueOf(queue), places };
}

/** Up to the next PSH, or to what was sent before or later. */
function unitAt(queue: readonly SentSegment[], at: number): readonly SentSegment[] {
  let end = at + 1;
  while (end < queue.length && queue[end]?.sentAt === queue[at]?.sentAt) {
    if (has((queue[end - 1] as SentSegment).segment, PSH)) break;
    end += 1;
  }
  return queue.slice(at, end);
}

/** The text of a unit in segments that fit; the last has the control bits of the last. */
function piecesOf(unit: readonly SentSegment[], mss: number): readonly SentSegment[] {
  const [first] = unit;
  const last = unit.at(-1);
  if (first === undefined || last === undefined) return [];
  const text = joinOctets(unit.map(({ segment }) => segment.data));
  const pieces: SentSegment[] = [];
  for (let from = 0; from < text.length; from += mss) {
    const { ctl } = last.segment;
    const segment: Segment = {
      ...first.segment,
      seq: add(first.segment.seq, from),
      ctl: from + mss >= text.length ? ctl : ctl & ~(FIN | PSH),
      data: text.subarray(from, from + mss),
    };
    pieces.push({ ...first, segment });
  }
  return pieces;
}

/** A fast open whose SYN was sent once. */
function carriedText({ state, fastOpen, retransmissions }: Tcb): boolean {
  const front = frontOf(retransmissions);
  return state === 'SYN_SENT' && Boolean(fastOpen?.text) && front?.retransmissions === 0;
}

/** Deviation `too-big-offer`: the SYNs that follow offer what the path takes. */
function offering(tcb: Tcb, fits: number, { address }: Socket): Tcb {
  const { tooBigOffer } = tcb.settings;
  const front = frontOf(tcb.retransmissions);
  if (tcb.state !== 'SYN_SENT' || tooBigOffer === 'same' || front === undefined) return tcb;
  if (tooBigOffer === 'lower-ipv6' && !address.includes(':')) return tcb;
  const { options } = front.segment;
  if (options.mss === undefined || options.mss <= fits) return tcb;
  const segment = { ...front.segment, options: { ...options, mss: fits } };
  return editTcb(tcb, { retransmissions: withFront(tcb.retransmissions, { ...front, segment }) });
}
