/** RFC 9293 §3.10.2 SEND Call: text is taken from the SENDs that wait, for a segment. */

import { elementsFrom, withAfter, withFront, withoutFirst } from '../../base/pieces.js';
import type { Seq } from '../seq.js';
import { add } from '../seq.js';
import type { Tcb } from '../tcb.js';
import type { Queued, SentCall, WaitingSends } from './queued.js';
import { NO_CALL } from './queued.js';

/** The next octets of the SENDs, cut off. */
export interface TakenText {
  readonly data: Uint8Array;
  readonly rest: WaitingSends;
  /** The SENDs that end with or before these octets. */
  readonly done: readonly SentCall[];
  /** They end with the end of a SEND that has PUSH. */
  readonly pushed: boolean;
}

/** Cuts off the next `length` octets of the SENDs, of which the first has the number `at`. */
export function takeText(tcb: Tcb, length: number, at: Seq): TakenText {
  const data = new Uint8Array(length);
  const done: SentCall[] = [];
  const { sends } = tcb.queued;
  let filled = 0;
  if (length === 0) return { data, rest: sends, done, pushed: false };
  for (const send of elementsFrom(sends, 0)) {
    const taken = send.data.subarray(0, length - filled);
    data.set(taken, filled);
    filled += taken.length;
    if (taken.length < send.data.length) {
      const cut = { ...send, data: send.data.subarray(taken.length) };
      return { data, rest: withFront(withoutFirst(sends, done.length), cut), done, pushed: false };
    }
    done.push({ call: send.call, end: add(at, filled) });
    if (filled === length) {
      return { data, rest: withoutFirst(sends, done.length), done, pushed: !send.more };
    }
  }
  return { data, rest: [], done, pushed: false };
}

/** The SENDs that wait for an acknowledgment of what was sent. */
export function awaiting(tcb: Tcb, done: readonly SentCall[]): Queued['unacknowledged'] {
  let calls = tcb.queued.unacknowledged;
  for (const one of done) if (one.call !== NO_CALL) calls = withAfter(calls, one);
  return calls;
}
