/** RFC 9293 §3.8.6 Managing the Window: what we advertise, what we may send. */

import { octetCount } from '../base/octets.js';
import { isOpenEarly } from './fast-open.js';
import { isRequest } from './host/requests.js';
import { feedbackLength } from './loss-recovery/sack.js';
import { hasAny } from './loss-recovery/tally.js';
import { DEFAULT_MSS, TIMESTAMPS_LENGTH } from './options.js';
import { own, ownSnd } from './own.js';
import { countsMemory, textOfBuffer } from './receiving/memory.js';
import { spaceToOffer, withoutRead } from './receiving/space.js';
import type { Segment } from './segment.js';
import { FIELD_MAX, has, SYN, segEnd } from './segment.js';
import { unsentOctets } from './sending/queued.js';
import type { Why } from './sending/send-queued.js';
import { hasUrgentText } from './sending/urgent.js';
import type { Seq } from './seq.js';
import { add, before, distance } from './seq.js';
import type { Settings } from './settings.js';
import { hasPeersFin, isSynchronized } from './states.js';
import type { ReceiveVariables, SendVariables, Tcb } from './tcb.js';
import { editRcv, editSpace, editTcb } from './tcb.js';

/**
 * The receive window of a new connection, octets: the buffer, as far as the shift count lets us say it. With the deviation
 * first-window in whole segments, which are shorter with timestamps.
 */
export function initialWindow(
  settings: Settings,
  shift: number,
  timestamps = false,
  segment = settings.mss,
): number {
  // Deviation `receive-space`: all that is taken is told as far as the field can say it.
  if (settings.receiveSpace === 'segments') return roundedUp(settings.window, segment);
  const whole = wholeSegments(settings, timestamps);
  // Deviation `receive-space`: more may be taken than the field can say.
  return countsMemory(settings) ? whole : Math.min(whole, FIELD_MAX * 2 ** shift);
}

function roundedUp(buffer: number, segment: number): number {
  return buffer <= segment ? buffer : Math.ceil(buffer / segment) * segment;
}

/** What a segment of the peer's has room for, with the octets that timestamps take of it. */
function peersSegment({ snd, options }: Pick<Tcb, 'snd' | 'options'>): number {
  return Math.max(1, snd.mss + (options.timestamps ? TIMESTAMPS_LENGTH : 0));
}

function wholeSegments(settings: Settings, timestamps: boolean): number {
  const { firstWindow, mss } = settings;
  const buffer = textOfBuffer(settings);
  const window = Math.min(buffer, settings.windowClamp ?? buffer);
  const segment = Math.max(1, mss - (timestamps ? TIMESTAMPS_LENGTH : 0));
  if (firstWindow === 'buffer' || window <= segment) return window;
  return window - (window % segment);
}

/** The receive variables once the peer's SYN was counted, and what it offers is known: RCV.NXT is `nxt`. */
export function firstWindow(
  tcb: Pick<Tcb, 'settings' | 'snd' | 'options'>,
  nxt: Seq,
  shift: number,
  timestamps = false,
): ReceiveVariables {
  const wnd = initialWindow(tcb.settings, shift, timestamps, peersSegment(tcb));
  return { nxt, wnd, up: nxt, shift };
}

/** Deviation `half-open request` or `cache`: no more may arrive than the SYN,ACK says. */
export function withinField(settings: Settings, rcv: ReceiveVariables): ReceiveVariables {
  if (settings.halfOpen === 'tcb' || rcv.wnd <= FIELD_MAX) return rcv;
  return editRcv(rcv, { wnd: FIELD_MAX });
}

/** The receive variables of a request that becomes a connection: it may be told more than the SYN,ACK could. */
export function withWholeWindow(tcb: Tcb): Tcb {
  if (tcb.rcv.wnd !== FIELD_MAX) return tcb;
  const wnd = Math.max(wholeWindow(tcb), FIELD_MAX);
  return editTcb(tcb, { rcv: editRcv(tcb.rcv, { wnd }) });
}

/** The receive window when nothing is held. */
function wholeWindow(tcb: Tcb): number {
  const { settings, rcv, options } = tcb;
  return initialWindow(settings, rcv.shift, options.timestamps, peersSegment(tcb));
}

/** SEG.WND of an outgoing segment. The field of a SYN is never scaled (RFC 7323 §2.2). */
export function windowField(tcb: Tcb, syn: boolean): number {
  const field = syn ? tcb.rcv.wnd : Math.floor(advertised(tcb) / 2 ** tcb.rcv.shift);
  // What is only a record says the last 16 bits of what it has.
  return isRecord(tcb) ? field & FIELD_MAX : Math.min(field, FIELD_MAX);
}

/** A connection that is a few numbers: its window stays. */
function isRecord({ space }: Tcb): boolean {
  return space?.mode === 'record';
}

/** RCV.WND once a segment has said it: with the deviations window-rounding and receive-space it may be larger than it was, and binds us. */
export function advertised(tcb: Tcb): number {
  const { rcv, settings, space } = tcb;
  // A request does not round (deviation half-open).
  if (isRequest(tcb) && !isOpenEarly(tcb)) return Math.min(rcv.wnd, FIELD_MAX);
  if (isRecord(tcb)) return rcv.wnd;
  if (space !== undefined) return spaceToOffer(tcb, space);
  if (settings.receiveSpace === 'segments') return Math.max(rcv.wnd, freeBuffer(tcb));
  if (settings.windowRounding === 'down' || rcv.shift === 0) return rcv.wnd;
  const unit = 2 ** rcv.shift;
  return Math.min(Math.ceil(rcv.wnd / unit), FIELD_MAX) * unit;
}

/** Deviation `receive-space segments`: what of the buffer is free; nothing when that is less than a segment and a quarter of it. */
function freeBuffer(tcb: Tcb): number {
  const buffer = wholeWindow(tcb);
  const free = buffer - heldForUser(tcb);
  return free < peersSegment(tcb) && free < buffer / 4 ? 0 : free;
}

/** The window that an incoming segment offers, octets (RFC 7323 §2.3). */
function offeredWindow(tcb: Tcb, seg: Segment): number {
  return has(seg, SYN) ? seg.wnd : seg.wnd * 2 ** tcb.snd.shift;
}

/** Whether `at` lies in the receive window: RCV.NXT =< at < RCV.NXT+RCV.WND. */
export function inWindow(tcb: Tcb, at: Seq): boolean {
  return distance(tcb.rcv.nxt, at) < tcb.rcv.wnd;
}

/** What a TCB of a few numbers takes: like the first check with `window-edges inclusive`, but what ends at RCV.NXT is outside. */
export function isTakenUpTo(edge: Seq, { rcv }: Tcb, seg: Segment): boolean {
  const end = segEnd(seg);
  if (seg.seq === rcv.nxt || (seg.seq === edge && end === edge)) return true;
  return before(rcv.nxt, end) && before(seg.seq, edge);
}

/** RCV.NXT+RCV.WND, the first sequence number past the window. */
export function rightEdge(tcb: Tcb): Seq {
  return add(tcb.rcv.nxt, tcb.rcv.wnd);
}

/** RCV.NXT as the last acknowledgment has told it: what was received since waits for one. */
export function toldEdge({ rcv, dialogue }: Tcb): Seq {
  return dialogue === undefined ? rcv.nxt : add(rcv.nxt, -dialogue.untold);
}

/**
 * U = SND.UNA + SND.WND - SND.NXT: how much may be sent; not below zero when the peer shrank its window. A SYN of ours that is
 * not acknowledged yet (RFC 7413) takes no room of the window, which the peer offers for text.
 */
export function usableWindow({ snd, iss }: Tcb): number {
  const from = snd.una === iss && snd.nxt !== iss ? add(iss, 1) : snd.una;
  return Math.max(0, snd.wnd - distance(from, snd.nxt));
}

/**
 * The SEQ of a segment without text: SND.NXT; with the deviation ack-number no further than the peer's window goes, or a unit
 * of our window's scale beyond it, which its rounding may hide.
 */
export function acceptableSeq(tcb: Tcb): Seq {
  const { snd, rcv, options, settings } = tcb;
  // Of a passive open’s peer the window is not known yet.
  const unknown = !isSynchronized(tcb.state) && tcb.open === 'passive';
  if (settings.ackNumber === 'next' || unknown) return snd.nxt;
  const edge = add(snd.una, snd.wnd);
  const beyond = before(edge, snd.nxt) ? distance(edge, snd.nxt) : 0;
  const unit = options.windowScale ? 2 ** rcv.shift : 0;
  return beyond === 0 || beyond < unit ? snd.nxt : edge;
}

/** Takes SND.WND, SND.WL1 and SND.WL2 from a segment. */
export function updateSendWindow(tcb: Tcb, seg: Segment): Tcb {
  const wnd = offeredWindow(tcb, seg);
  const after = own(tcb);
  const snd = ownSnd(after);
  if (wnd !== snd.wnd) snd.max = Math.max(snd.max, wnd);
  snd.wnd = wnd;
  snd.wl1 = seg.seq;
  snd.wl2 = seg.ack;
  return after;
}

/** RCV.USER: octets received and not yet given to the user. */
export function heldForUser(tcb: Tcb): number {
  return octetCount(tcb.queued.received);
}

/** The number behind what the user has consumed; the peer's FIN is none of it. */
export function consumedTo(tcb: Tcb): Seq {
  return add(tcb.rcv.nxt, -heldForUser(tcb) - (hasPeersFin(tcb.state) ? 1 : 0));
}

/**
 * The receiver's silly window avoidance (§3.8.6.2.2): the right edge stays until it can move by a full segment or half
 * the buffer. Never moves it to the left.
 */
export function openReceiveWindow(tcb: Tcb): Tcb {
  // Deviation `receive-space`: the next segment chooses the window.
  if (tcb.space !== undefined) return editSpace(tcb, withoutRead(tcb.space, heldForUser(tcb)));
  const buffer = wholeWindow(tcb);
  const reduction = buffer - heldForUser(tcb) - tcb.rcv.wnd;
  if (reduction <= 0 || reduction < Math.min(Math.floor(buffer / 2), tcb.snd.mss)) return tcb;
  return editTcb(tcb, { rcv: editRcv(tcb.rcv, { wnd: tcb.rcv.wnd + reduction }) });
}

/** The room that 68 octets of a datagram leave for text (deviation mss-bound). */
const LEAST_SEGMENT = 48;

/** As much of the peer's largest window as goes at once, octets: half of it, where it is worth dividing (deviation mss-bound). */
export function dividedWindow(max: number): number {
  return max > DEFAULT_MSS ? Math.floor(max / 2) : max;
}

/** A window that is larger than the last, or closed, at the same number. */
export function changesWindow({ wl1, wnd, shift }: SendVariables, seg: Segment): boolean {
  return seg.seq === wl1 && (seg.wnd === 0 || seg.wnd * 2 ** shift > wnd);
}

/** The size of a full segment, octets of text: Eff.snd.MSS, and with the deviation mss-bound not more than half of what the peer can take. */
export function fullSegment(tcb: Tcb): number {
  const { snd, settings, options } = tcb;
  if (settings.mssBound === 'peer' || snd.max === 0) return snd.mss;
  // The window of a fast open's SYN counts here as if it was scaled.
  const bound = dividedWindow(isOpenEarly(tcb) ? snd.max * 2 ** snd.shift : snd.max);
  const least = LEAST_SEGMENT - (options.timestamps ? TIMESTAMPS_LENGTH : 0);
  return Math.min(snd.mss, Math.max(bound, least));
}

/** Octets of text in a full segment of now: less when blocks of RFC 2018 go with it. */
export function textOfFull(tcb: Tcb): number {
  return Math.max(1, fullSegment(tcb) - feedbackLength(tcb));
}

/**
 * How many octets of text the next segment may carry (§3.8.6.2.1): a full segment, or all there is, or half of the
 * largest window ever offered; 0 otherwise. `override` is the override time-out: whatever fits; `probe` a loss probe, which
 * does not wait for others (deviation nagle); `full`: nothing else, as more text follows.
 */
export function sendableOctets(tcb: Tcb, why: Why): number {
  const queued = unsentOctets(tcb.queued);
  const full = textOfFull(tcb);
  const fits = Math.min(queued, usableWindow(tcb), full);
  if (why === 'override') return fits;
  if (why === 'full' && fits < full && !tcb.queued.closing) return 0;
  if (why === 'turn' && isHeldBack(tcb, fits, full)) return 0;
  const half = tcb.settings.mssBound === 'peer' && fits >= tcb.snd.max / 2;
  return fits === full || fits === queued || half ? fits : 0;
}

/** `cork`, and the deviation `nagle`: a segment that is not full waits, or while another such one is unacknowledged; the last one before a FIN does not, nor what is urgent. */
function isHeldBack(tcb: Tcb, length: number, full: number): boolean {
  const { settings } = tcb;
  const { closing } = tcb.queued;
  if (length >= full || closing || hasUrgentText(tcb)) return false;
  if (settings.cork) return true;
  return isNagled(tcb) && (settings.nagleHolds === 'small' || length < tcb.snd.max / 2);
}

/** The deviations `nagle` and `nagle-holds`: something is unacknowledged that what is small waits for (§3.7.4). */
export function isNagled({ settings, retransmissions }: Tcb): boolean {
  if (!settings.nagle) return false;
  return settings.nagleHolds === 'all'
    ? retransmissions.length > 0
    : hasAny(retransmissions, 'small');
}
