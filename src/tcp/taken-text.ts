/** RFC 9293 §3.10.2 SEND Call: text is taken from the SENDs that wait, for a segment. */

import type { PendingSend, Queued, SentCall } from './queued.js';
import { NO_CALL } from './queued.js';
import type { Seq } from './seq.js';
import { add } from './seq.js';
import type { Tcb } from './tcb.js';

/** The next octets of the SENDs, cut off. */
export interface TakenText {
  readonly data: Uint8Array;
  readonly rest: readonly PendingSend[];
  /** The SENDs that end with or before these octets. */
  readonly done: readonly SentCall[];
  /** They end with the end of a SEND that has PUSH. */
  readonly pushed: boolean;
}

/** Cuts off the next `length` octets of the SENDs, of which the first has the number `at`. */
export function takeText(tcb: Tcb, length: number, at: Seq): TakenText {
  const data = new Uint8Array(length);
  const done: SentCall[] = [];
  let rest: readonly PendingSend[] = tcb.queued.sends;
  let filled = 0;
  let pushed = false;
  while (filled < length) {
    const first = rest[0] as PendingSend;
    const taken = first.data.subarray(0, length - filled);
    data.set(taken, filled);
    filled += taken.length;
    pushed = taken.length === first.data.length && !first.more;
    if (taken.length === first.data.length) {
      done.push({ call: first.call, end: add(at, filled) });
      rest = rest.slice(1);
    } else {
      rest = [{ ...first, data: first.data.subarray(taken.length) }, ...rest.slice(1)];
    }
  }
  return { data, rest, done, pushed };
}

/** The SENDs that wait for an acknowledgment of what was sent. */
export function awaiting(tcb: Tcb, done: readonly SentCall[]): Queued['unacknowledged'] {
  const calls = done.filter(({ call }) => call !== NO_CALL);
  return calls.length === 0 ? tcb.queued.unacknowledged : [...tcb.queued.unacknowledged, ...calls];
}
