/** RFC 9293 §3.7.2 Path MTU Discovery: what a connection does about a datagram that was too big for the path. */

import { headerOctets } from './datagram.js';
import { TIMESTAMPS_LENGTH } from './options.js';
import { retransmitAt, retransmitFront } from './retransmit.js';
import type { Effect, Instant, Verdict } from './rule.js';
import { finish } from './rule.js';
import { FIN, PSH } from './segment.js';
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

/** The path MTU that a message asks for; undefined when it names none. Deviation `path-mtu-min`: the least then. */
function askedMtu({ mtu = 0, destination }: Quoted, { pathMtuMin }: Settings): number | undefined {
  if (destination.address.includes(':')) return mtu > 0 ? Math.max(mtu, LEAST_IPV6) : undefined;
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

const NONE_CUT: CutQueue = { queue: [], places: [] };

/** The retransmission queue with each segment that is too long cut into pieces. */
function cutToFit({ retransmissions, snd: { mss } }: Tcb): CutQueue {
  const queue: SentSegment[] = [];
  const places: number[] = [];
  for (const sent of retransmissions) {
    const { segment } = sent;
    const { data } = segment;
    if (data.length <= mss) {
      queue.push(sent);
      continue;
    }
    for (let from = 0; from < data.length; from += mss) {
      const last = from + mss >= data.length;
      const ctl = last ? segment.ctl : segment.ctl & ~(FIN | PSH);
      const piece = data.subarray(from, from + mss);
      places.push(queue.length);
      queue.push({
        ...sent,
        segment: { ...segment, ctl, seq: add(segment.seq, from), data: piece },
      });
    }
  }
  return { queue, places };
}

/** A fast open whose SYN was sent once. */
function carriedText({ state, fastOpen, retransmissions }: Tcb): boolean {
  const [front] = retransmissions;
  return state === 'SYN_SENT' && Boolean(fastOpen?.text) && front?.retransmissions === 0;
}

/** Deviation `too-big-offer`: the SYNs that follow offer what the path takes. */
function offering(tcb: Tcb, fits: number, { address }: Socket): Tcb {
  const { tooBigOffer } = tcb.settings;
  const [front, ...rest] = tcb.retransmissions;
  if (tcb.state !== 'SYN_SENT' || tooBigOffer === 'same' || front === undefined) return tcb;
  if (tooBigOffer === 'lower-ipv6' && !address.includes(':')) return tcb;
  const { options } = front.segment;
  if (options.mss === undefined || options.mss <= fits) return tcb;
  const segment = { ...front.segment, options: { ...options, mss: fits } };
  return editTcb(tcb, { retransmissions: [{ ...front, segment }, ...rest] });
}
