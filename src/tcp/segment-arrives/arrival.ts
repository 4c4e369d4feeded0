/** RFC 9293 §3.10.7 SEGMENT ARRIVES: what the rules of an arriving segment are given. */

import type { FastOpenOption } from '../fast-open.js';
import type { Isn } from '../isn.js';
import type { Segment } from '../segment.js';
import { FIN, has, NO_DATA, SYN, segLen } from '../segment.js';
import type { Seq } from '../seq.js';
import { add, before, distance } from '../seq.js';
import { hasPeersFin } from '../states.js';
import type { Tcb } from '../tcb.js';
import { inWindow } from '../window.js';

/** A segment with the address it came from, and the ISN that is to be had should it open a connection. */
export interface Arrival {
  readonly seg: Segment;
  readonly source: string;
  readonly isn: () => Isn;
  /** What the listener makes of the SYN's Fast Open option, or of its text. */
  readonly fastOpen?: FastOpenAnswer | undefined;
  /** It is what a SYN,ACK has brought beside its SYN (§3.10.7.3, fourth check). */
  readonly withSyn?: true;
}

/** RFC 7413 §4.2.2 Server: Receiving SYN and responding with SYN-ACK. */
export interface FastOpenAnswer {
  /** The FastOpened flag: the text is taken before the handshake ends. */
  readonly accept: boolean;
  /** The cookie that the SYN,ACK brings. */
  readonly cookie: FastOpenOption | undefined;
}

/** What of a segment lies in the receive window: "only the new parts are processed" (§3.10.7.4, first check). */
export interface NewParts {
  /** The sequence number of the first octet of `data`; of the FIN, when there is no data. */
  readonly at: Seq;
  readonly data: Uint8Array;
  readonly fin: boolean;
}

/** Trims off what lies outside the window, "including SYN and FIN". */
export function newParts(tcb: Tcb, seg: Segment): NewParts {
  const { at, data, fin } = missingParts(tcb, seg);
  const room = Math.max(0, tcb.rcv.wnd - distance(tcb.rcv.nxt, at));
  if (data.length + (fin ? 1 : 0) > room && takesWhole(tcb, room)) return { at, data, fin };
  if (data.length > room) return { at, data: data.subarray(0, room), fin: false };
  const taken = fin && (inWindow(tcb, add(at, data.length)) || finIsOnTheEdge(tcb, at, data));
  return { at, data, fin: taken };
}

/** What of a segment was not received before, in the window or beyond it. */
export function missingParts({ rcv }: Tcb, seg: Segment): NewParts {
  const at = has(seg, SYN) ? add(seg.seq, 1) : seg.seq;
  const { data } = seg;
  const fin = has(seg, FIN);
  if (!before(at, rcv.nxt)) return { at, data, fin };
  const old = distance(at, rcv.nxt);
  if (old > data.length) return { at: rcv.nxt, data: NO_DATA, fin: false };
  return { at: rcv.nxt, data: data.subarray(old), fin };
}

/** Deviation `beyond-window`: a segment that begins in the window is taken whole when the user has read everything. */
function takesWhole(tcb: Tcb, room: number): boolean {
  return tcb.settings.beyondWindow === 'whole' && room > 0 && tcb.queued.received.length === 0;
}

/** Deviation `window-edges`: a FIN alone at RCV.NXT is taken even if RCV.WND=0; `beyond-window`: and one behind text that fills the window. */
function finIsOnTheEdge({ settings, rcv }: Tcb, at: Seq, data: Uint8Array): boolean {
  if (data.length > 0) return settings.beyondWindow === 'whole';
  return settings.windowEdges === 'inclusive' && at === rcv.nxt;
}

/** Whether a segment that comes after the peer's FIN has something that was taken before, and is answered for that. */
export function isTakenAgain({ settings, state, rcv }: Tcb, seg: Segment): boolean {
  if (settings.afterFin === 'answer' || !hasPeersFin(state) || state === 'TIME_WAIT') return false;
  return segLen(seg) > 0 && before(seg.seq, rcv.nxt);
}
