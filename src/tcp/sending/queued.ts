/** RFC 9293 §3.8 Data Communication: octets and calls that wait at a connection. */

import type { Pieces } from '../../base/pieces.js';
import { sumOver } from '../../base/pieces.js';
import type { Segment } from '../segment.js';
import type { Seq } from '../seq.js';

/** A segment ahead of RCV.NXT. The octets of memory are 0 unless the window is a share of it (deviation receive-space). */
export interface HeldSegment extends Segment {
  /** What it takes. */
  readonly memory: number;
  /** What its block has left for text that follows. */
  readonly room: number;
}

/** Segments ahead of RCV.NXT, in sequence order. */
export type HeldText = Pieces<HeldSegment>;

/** SENDs that are not segmentized yet, in their order. */
export type WaitingSends = Pieces<PendingSend>;

/** Octets and calls that wait. Of a connection at rest nothing does: all such connections share `NOTHING_QUEUED`. */
export interface Queued {
  /** SENDs not yet segmentized. */
  readonly sends: WaitingSends;
  /** A user waits for the connection to open, and will SEND then: what is acknowledged meanwhile may travel with that. */
  readonly announced: boolean;
  /** SENDs wholly segmentized, waiting for the acknowledgment of their last octet. */
  readonly unacknowledged: Pieces<SentCall>;
  /** CLOSE was called: a FIN follows the last octet of `sends`. */
  readonly closing: boolean;
  /** Only the sending direction was given up: the user still receives. */
  readonly halfClosed: boolean;
  /** The OPEN that has not completed yet. */
  readonly openCall: number | undefined;
  /** The CLOSE that has not completed yet. `closing` tells whether it was begun or is queued for ESTABLISHED. */
  readonly closeCall: number | undefined;
  /** Octets received in order and not yet given to the user. */
  readonly received: readonly Uint8Array[];
  /** How many octets of `received`, from the first, a PUSH covers. */
  readonly pushed: number;
  /** The user was told of urgent data and has not consumed it all (§3.8.5). */
  readonly urgent: boolean;
  /** Acceptable segments ahead of RCV.NXT, in sequence order. */
  readonly outOfOrder: HeldText;
  /** RECEIVEs that wait for octets. */
  readonly receives: readonly PendingReceive[];
}

export interface PendingSend {
  /** NO_CALL: text of an OPEN, whose acknowledgment nobody waits for. */
  readonly call: number;
  readonly data: Uint8Array;
  /** It was sent without PUSH. */
  readonly more?: true;
}

/** The number of a call that no user made: its completion is of no interest to anybody. */
export const NO_CALL = -1;

/** A SEND whose octets end before `end`. */
export interface SentCall {
  readonly call: number;
  readonly end: Seq;
}

export interface PendingReceive {
  readonly call: number;
  /** Octets wanted at most; undefined: whatever there is. */
  readonly count: number | undefined;
  /** A PUSH does not end it. */
  readonly across?: true | undefined;
}

/** Every list that is empty. */
export const NONE: readonly never[] = [];

export const NOTHING_QUEUED: Queued = {
  sends: NONE,
  unacknowledged: NONE,
  closing: false,
  announced: false,
  halfClosed: false,
  openCall: undefined,
  closeCall: undefined,
  received: NONE,
  pushed: 0,
  urgent: false,
  outOfOrder: NONE,
  receives: NONE,
};

/** Octets of SENDs that are not segmentized yet. */
export function unsentOctets({ sends }: Pick<Queued, 'sends'>): number {
  return octetsOfSends(sends);
}

const octetsOfSends = sumOver<PendingSend>(({ data }) => data.length);

/** The same, or the value that all share of which nothing waits. */
export function atRest(queued: Queued): Queued {
  const { sends, unacknowledged, received, outOfOrder, receives } = queued;
  const { announced, closing, halfClosed, openCall, closeCall, pushed, urgent } = queued;
  const octets = sends.length + unacknowledged.length + received.length + outOfOrder.length;
  const said = announced || closing || halfClosed || pushed > 0 || urgent;
  if (octets > 0 || receives.length > 0 || said) return queued;
  return openCall === undefined && closeCall === undefined ? NOTHING_QUEUED : queued;
}
