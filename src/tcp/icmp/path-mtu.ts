/** RFC 9293 §3.7.2 Path MTU Discovery: what a connection does about a datagram that was too big for the path. */

import { countOf, frontOf, inPieces, listOf, withFront } from '../../base/pieces.js';
import { uncongested } from '../congestion/flight.js';
import { threeQuarters } from '../congestion/window-use.js';
import { datagramOctets, headerOctets } from '../datagram.js';
import { isIPv6 } from '../ip-version.js';
import { boundBy, textKnown } from '../loss-recovery/path-search.js';
import { afterRto } from '../loss-recovery/recovery.js';
import { feedbackLength } from '../loss-recovery/sack.js';
import { asLost, countMarked } from '../loss-recovery/scoreboard.js';
import { sendLost } from '../loss-recovery/send-lost.js';
import { TIMESTAMPS_LENGTH } from '../options.js';
import { repacketized, retransmitAt, retransmitFront } from '../retransmission/retransmit.js';
import type { SentSegment } from '../retransmission/sent-queue.js';
import { sentFrom } from '../retransmission/sent-queue.js';
import { piecesOf, unitAt } from '../retransmission/sent-units.js';
import { editRto } from '../retransmission/variables.js';
import type { Effect, Instant, Verdict } from '../rule.js';
import { finish } from '../rule.js';
import type { Socket, Tcb } from '../tcb.js';
import { editSnd, editTcb } from '../tcb.js';
import { editTimers, late } from '../timers.js';
import type { IcmpMessage } from './messages.js';

/** The least MTU of a link (RFC 8200); IPv4's is a setting. */
const LEAST_IPV6 = 1280;

/** RFC 1191 §7.1, Table 7-1: the MTUs that paths usually have. */
const PLATEAUS = [32_000, 17_914, 8_166, 4_352, 2_002, 1_492, 1_006, 508, 296, 68];

/** The path MTU that a message leads to; undefined when it names less than every link takes (RFC 8201 §4: it must be discarded), or nothing is left to try. */
export function askedMtu(tcb: Tcb, message: IcmpMessage): number | undefined {
  const { mtu = 0, destination } = message;
  const { pathMtuMin, pathMtuUnsaid } = tcb.settings;
  if (isIPv6(destination.address)) return mtu >= LEAST_IPV6 ? mtu : undefined;
  if (mtu > 0 || pathMtuUnsaid === 'least') return Math.max(mtu, pathMtuMin);
  const below = PLATEAUS.find((plateau) => plateau < tooBig(tcb, message));
  return below === undefined ? undefined : Math.max(below, pathMtuMin);
}

/** The length of the datagram that was too big, octets: 0 for one that is not outstanding. */
function tooBig({ retransmissions }: Tcb, { seq, destination }: IcmpMessage): number {
  const sent = sentFrom(retransmissions, seq);
  return sent === undefined ? 0 : datagramOctets(sent.segment, destination.address);
}

/** What a host knows beside the connection: what the path takes, and when something came last. */
interface Beside {
  readonly knownMtu: number | undefined;
  readonly heardAt: Instant;
}

/** RFC 1191, RFC 8201: segments are no longer than the path allows; what is lost goes when the timer does. */
export function followPath(
  tcb: Tcb,
  message: IcmpMessage,
  { knownMtu, heardAt }: Beside,
  now: Instant,
): Verdict {
  const { mtu = 0, destination } = message;
  const asked = askedMtu(tcb, message);
  const stamps = tcb.options.timestamps ? TIMESTAMPS_LENGTH : 0;
  const between = tcb.settings.udpPeer === 0 ? 0 : tcb.settings.udpOverhead;
  const taken = (asked ?? 0) - headerOctets(destination.address) - between - stamps;
  const before = knownMtu ?? tcb.settings.mss + headerOctets(tcb.local.address);
  const fits = asked !== undefined && asked < before ? Math.min(taken, textKnown(tcb)) : taken;
  const said =
    mtu > 0
      ? `next hop takes ${mtu} octets`
      : `next hop does not say what it takes, ${asked ?? 'nothing'} is tried`;
  const told = asked !== undefined && fits < tcb.snd.mss && !isUnanswered(tcb, destination);
  const why = () =>
    told ? `${said}: effective send MSS ${tcb.snd.mss} <- ${fits}` : `${said}: nothing to change`;
  if (!told)
    return isNews(tcb, asked, knownMtu) ? sendShorter(tcb, why, heardAt, now) : finish(why);
  const offered = boundBy(offering(tcb, fits, destination), asked);
  const smaller = editTcb(offered, { snd: editSnd(tcb.snd, { mss: fits }) });
  if (!carriedText(tcb)) return sendShorter(smaller, why, heardAt, now);
  // The SYN with its text was what did not fit.
  const out = retransmitFront(smaller, now);
  return finish(() => `${why()}; the SYN goes again without its text`, out.tcb, out.effects);
}

/** Deviation `too-big-segments`: the path takes less than was known, if not less than segments have: what is lost goes now. */
function isNews(
  { settings, remote }: Tcb,
  asked: number | undefined,
  known: number | undefined,
): boolean {
  const address = remote?.address ?? '';
  if (asked === undefined || settings.lossRecovery !== 'rack' || isIPv6(address)) return false;
  return asked < (known ?? Number.POSITIVE_INFINITY);
}

/** Deviation `too-big-segments`: what does not fit any more goes again at once, in pieces that do. */
function sendShorter(tcb: Tcb, why: () => string, heardAt: Instant, now: Instant): Verdict {
  if (tcb.settings.tooBigSegments !== 'again') return finish(why, tcb);
  const effects: Effect[] = [];
  const sent =
    tcb.settings.initialWindow === undefined
      ? sendPieces(tcb, cutToFit(tcb), effects, now)
      : sendTooBig(tcb, effects, lastStamp(tcb, heardAt));
  if (sent === tcb) return finish(why, tcb);
  const timers = editTimers(sent.timers, {
    retransmission: now + late(tcb.rto.value, tcb.settings),
  });
  const rto = editRto(sent.rto, { tail: 'sent' });
  const told = () => `${why()}; ${effects.length} segments go again (too-big-segments)`;
  return finish(told, editTcb(sent, { timers, rto }), effects);
}

/** When the connection last looked at the clock: an ICMP message makes nobody look. */
function lastStamp({ retransmissions }: Tcb, heardAt: Instant): Instant {
  return listOf(retransmissions).reduce((last, { sentAt }) => Math.max(last, sentAt), heardAt);
}

/** All of them, as far as the congestion window is no matter. */
function sendPieces(tcb: Tcb, { queue, places }: CutQueue, effects: Effect[], now: Instant): Tcb {
  if (places.length === 0) return tcb;
  let sent = editTcb(tcb, { retransmissions: queue });
  // Deviation `repacketize`: what follows a piece travels with it, as far as it fits; that many places are gone then.
  let gone = 0;
  let next = 0;
  for (const place of places) {
    if (place < next) continue;
    const packed = repacketized(sent, place - gone);
    const joined = countOf(sent.retransmissions) - countOf(packed.retransmissions);
    const out = retransmitAt(packed, place - gone, now);
    gone += joined;
    next = place + 1 + joined;
    sent = out.tcb;
    effects.push(...out.effects);
  }
  return sent;
}

/**
 * Deviation `initial-window`: what was too big is lost, though the window stays, until all that was outstanding is
 * acknowledged; and what was lost before is not lost to congestion any more. It is cut as it goes, with the time `now` of what was
 * sent or received last.
 */
function sendTooBig(tcb: Tcb, effects: Effect[], now: Instant): Tcb {
  const { rto, snd } = tcb;
  const marks = withoutTooBig(tcb);
  if (countMarked(marks, 'lost') === 0) return tcb;
  const known = rto.congestion ?? uncongested(tcb);
  const { window, loss = { until: snd.nxt } } = known;
  const threshold =
    known.loss === undefined ? Math.max(known.threshold, threeQuarters(window)) : known.threshold;
  const congestion = { ...known, threshold, loss };
  const lost = editTcb(tcb, {
    retransmissions: marks,
    rto: editRto(rto, { congestion, recovery: afterRto(tcb) }),
  });
  return inOrder(sendLost(lost, effects, now));
}

/** What was sent at the moment of which the pieces have the time lies where its numbers do among them. */
function inOrder(tcb: Tcb): Tcb {
  const queue = listOf(tcb.retransmissions).map(({ behind: _behind, ...sent }) => sent);
  return editTcb(tcb, { retransmissions: inPieces(queue) });
}

/** The queue with what does not fit any more, and all that went to the interface with it, taken to be lost. */
function withoutTooBig(tcb: Tcb): Tcb['retransmissions'] {
  const { retransmissions, snd } = tcb;
  // Blocks of RFC 2018 travel with what goes again.
  const most = snd.mss - feedbackLength(tcb);
  const queue: SentSegment[] = [];
  while (queue.length < countOf(retransmissions)) {
    const unit = unitAt(retransmissions, queue.length);
    const fits = unit.every(({ segment }) => segment.data.length <= most);
    queue.push(...(fits ? unit : unit.map((one) => (one.mark === 'sacked' ? one : asLost(one)))));
  }
  return inPieces(queue);
}

/** Deviation `too-big-offer lower`: before the peer has offered an MSS it is believed to be one that every path of IPv6 takes. */
function isUnanswered(tcb: Tcb, { address }: Socket): boolean {
  const believed = tcb.settings.tooBigOffer === 'lower' && isIPv6(address);
  return believed && tcb.state === 'SYN_SENT' && !carriedText(tcb);
}

interface CutQueue {
  readonly queue: Tcb['retransmissions'];
  /** Where in the queue the pieces are. */
  readonly places: readonly number[];
}

/** The retransmission queue with what is too long cut into pieces: what was handed to the interface as one unit anew. */
function cutToFit({ retransmissions, snd: { mss } }: Tcb): CutQueue {
  const queue: SentSegment[] = [];
  const places: number[] = [];
  for (let at = 0; at < countOf(retransmissions); ) {
    const unit = unitAt(retransmissions, at);
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
  return { queue: inPieces(queue), places };
}

/** A fast open whose SYN had text, whether it went again without or not. */
function carriedText({ state, fastOpen }: Tcb): boolean {
  return state === 'SYN_SENT' && Boolean(fastOpen?.text);
}

/** Deviation `too-big-offer`: the SYNs that follow offer what the path takes. */
function offering(tcb: Tcb, fits: number, { address }: Socket): Tcb {
  const { tooBigOffer } = tcb.settings;
  const front = frontOf(tcb.retransmissions);
  if (tcb.state !== 'SYN_SENT' || tooBigOffer === 'same' || front === undefined) return tcb;
  if (tooBigOffer === 'lower-ipv6' && !isIPv6(address)) return tcb;
  const { options } = front.segment;
  if (options.mss === undefined || options.mss <= fits) return tcb;
  const segment = { ...front.segment, options: { ...options, mss: fits } };
  return editTcb(tcb, { retransmissions: withFront(tcb.retransmissions, { ...front, segment }) });
}
