/** RFC 7413 §4.2.2 TCP Fast Open: the SYN that carries text, and what becomes of the text on both sides. */

import { frontOf, inPieces, listOf, withBefore, withFront } from '../../base/pieces.js';
import { congestionWindow } from '../congestion/flight.js';
import { synBits } from '../ecn.js';
import type { FastOpenOption } from '../fast-open.js';
import { marked } from '../loss-recovery/scoreboard.js';
import { defaultMss, NO_OPTIONS, OPTION_SPACE, offeredOptions, optionsLength } from '../options.js';
import { own, ownQueued, ownSent, ownSnd } from '../own.js';
import { blockOf, withPiece } from '../receiving/memory.js';
import { acceptText } from '../receiving/queue.js';
import { firstSpace } from '../receiving/space.js';
import { editRto } from '../retransmission/variables.js';
import { armTimers } from '../retransmission.js';
import type { Instant } from '../rule.js';
import type { Segment } from '../segment.js';
import { ACK, NO_DATA, PSH } from '../segment.js';
import type { WaitingSends } from '../sending/queued.js';
import { NO_CALL, NONE, unsentOctets } from '../sending/queued.js';
import { sendSyn } from '../sending/send-syn.js';
import { takeText } from '../sending/taken-text.js';
import type { Output } from '../sending/transmit.js';
import { departure, formSegment } from '../sending/transmit.js';
import { goesInUnits } from '../sending/units.js';
import { add, distance } from '../seq.js';
import type { Settings } from '../settings.js';
import type { Tcb } from '../tcb.js';
import { editOptions, editQueued, editRcv, editSnd, editTcb } from '../tcb.js';
import { updateSendWindow } from '../window.js';

/** What an active OPEN may do besides sending a plain SYN. */
export interface FastOpenOffer {
  /** The cookie of the server, or the request for one; undefined when neither is wanted (§7.3). */
  readonly option: FastOpenOption | undefined;
  /** Octets of text that the SYN may carry; 0 while there is no cookie. */
  readonly room: number;
}

/**
 * How much text a SYN may carry to a server with this MSS; undefined: not known (§4.1.3). There is room for options of every
 * kind, so that no middlebox makes the SYN longer than the path takes.
 */
export function synTextRoom(settings: Settings, mss: number | undefined, address: string): number {
  const theirs = mss ?? (settings.fastOpenMss === 'own' ? settings.mss : defaultMss(address));
  return Math.max(0, Math.min(theirs, settings.mss) - OPTION_SPACE);
}

/**
 * Sends `<SEQ=ISS><DATA=n><CTL=SYN>` with the option. SYN and text are kept apart, and the SYN without the option: what is
 * sent again when the SYN timer fires is a plain SYN.
 */
export function sendFastSyn(tcb: Tcb, { option, room }: FastOpenOffer, now: Instant): Output {
  const plain = offeredOptions(tcb.settings, now);
  const options = option === undefined ? plain : { ...plain, fastOpen: option };
  // "If the SYN packet does not have enough option space, abort TFO and fall back to the regular 3WHS."
  if (optionsLength(options) > OPTION_SPACE) return sendSyn(tcb, now);
  const ctl = synBits(tcb.settings);
  const first = add(tcb.iss, 1);
  const { data, rest } = takeText(tcb, Math.min(room, unsentOctets(tcb.queued)), first);
  const opened = own(tcb);
  ownQueued(opened).sends = rest;
  opened.fastOpen = { role: 'client', option, text: data.length, opened: false };
  const whole = formSegment(opened, tcb.iss, ctl, data, options);
  const plainSyn = formSegment(opened, tcb.iss, ctl, NO_DATA, plain);
  ownSent(opened, { segment: plainSyn, sentAt: now, retransmissions: 0 });
  if (data.length > 0) {
    const text = formSegment(opened, first, rest.length > 0 ? ACK : ACK | PSH, data, NO_OPTIONS);
    ownSent(opened, { segment: text, sentAt: now, retransmissions: 0 });
  }
  const nxt = add(first, data.length);
  ownSnd(opened).nxt = nxt;
  if (goesInUnits(tcb)) opened.units = { waiting: NONE, pushed: nxt, goesOn: false };
  return { tcb: armTimers(opened, now), effects: [departure(opened, whole, false)] };
}

/**
 * The SYN is acknowledged: so is its text, or what is left of it is to be sent anew with the first ACK. For a connection that
 * was not opened fast nothing changes.
 */
export function settleSynText(tcb: Tcb): Tcb {
  const { fastOpen, retransmissions } = tcb;
  if (fastOpen?.role !== 'client' || fastOpen.text === 0) return tcb;
  const front = frontOf(retransmissions)?.segment;
  if (front === undefined) return editTcb(tcb, { fastOpen: { ...fastOpen, opened: true } });
  if (tcb.settings.initialWindow !== undefined) return withTextLost(tcb);
  const data = front.data.subarray(distance(front.seq, tcb.snd.una));
  const sends = withText(tcb.queued.sends, data);
  return editTcb(editQueued(tcb, { sends }), {
    retransmissions: NONE,
    snd: editSnd(tcb.snd, { nxt: tcb.snd.una }),
  });
}

/** Deviation `initial-window`: the text is outstanding, and lost; it goes again as the congestion window allows. */
function withTextLost(tcb: Tcb): Tcb {
  const loss = { until: tcb.snd.nxt };
  const threshold = tcb.rto.congestion?.threshold ?? Number.POSITIVE_INFINITY;
  const congestion = { window: congestionWindow(tcb), threshold, loss };
  const sent = listOf(tcb.retransmissions).map((one) => marked(one, 'lost'));
  return editTcb(tcb, { retransmissions: inPieces(sent), rto: editRto(tcb.rto, { congestion }) });
}

/** The text in front of what waits; both are of one OPEN when it did not fit the SYN. */
function withText(sends: WaitingSends, data: Uint8Array): WaitingSends {
  const first = frontOf(sends);
  if (first?.call !== NO_CALL) return withBefore([{ call: NO_CALL, data }], sends);
  const joined = new Uint8Array(data.length + first.data.length);
  joined.set(data);
  joined.set(first.data, data.length);
  return withFront(sends, { call: NO_CALL, data: joined });
}

/** "Buffer the data and notify the application": of a child that is in SYN_RCVD from now on; its window counts at once. */
export function acceptSynText(tcb: Tcb, seg: Segment, now: Instant): Tcb {
  const { wnd } = tcb.rcv;
  const taken = acceptText(updateSendWindow(tcb, seg), seg.data, seg.data.length > 0);
  const text = seg.data.length;
  // No window had been offered for this text: the first one begins after it.
  const accepted = editTcb(taken, { rcv: editRcv(taken.rcv, { wnd }) });
  return editTcb(accepted, {
    fastOpen: { role: 'server', option: undefined, text, opened: true },
    space: spaceOfChild(accepted, seg, now),
  });
}

/** Deviation `receive-space`: what is believed of a child’s memory, with the text of its SYN; what timestamps take is not counted yet. */
function spaceOfChild(tcb: Tcb, seg: Segment, now: Instant): Tcb['space'] {
  const options = editOptions(tcb.options, { timestamps: false });
  const space = firstSpace({ ...tcb, options }, tcb.snd.mss, now);
  const { length } = seg.data;
  if (space === undefined || length === 0) return space;
  return {
    ...space,
    held: withPiece(space.held, { octets: length, ...blockOf(tcb, seg) }, 0, false),
  };
}

/** What the SYN of an active OPEN has besides, for the reason of a rule. */
export function fastOpenWhy({ fastOpen, remote }: Tcb): string {
  if (fastOpen?.role !== 'client' || remote === undefined) return '';
  const { option, text } = fastOpen;
  if (option?.cookie === '') return '; asks for a Fast Open cookie';
  const cookie = option === undefined ? 'no cookie' : `the cookie of ${remote.address}`;
  return `; Fast Open with ${cookie} and ${text} octets of text`;
}
