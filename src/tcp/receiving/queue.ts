/** RFC 9293 §3.10.3 RECEIVE Call: octets that wait for the user, and RECEIVEs that wait for octets. */

import { joinOctets, withoutOctets } from '../../base/octets.js';
import type { Effect, Outcome } from '../rule.js';
import type { PendingReceive } from '../sending/queued.js';
import type { Output } from '../sending/transmit.js';
import { add, before } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { editQueued, editRcv, editTcb } from '../tcb.js';
import { consumedTo, heldForUser } from '../window.js';

/** Takes responsibility for text at RCV.NXT: RCV.NXT goes over it, the right edge of the window stays. */
export function acceptText(tcb: Tcb, data: Uint8Array, push: boolean): Tcb {
  const { nxt, wnd } = tcb.rcv;
  const rcv = editRcv(tcb.rcv, { nxt: add(nxt, data.length), wnd: Math.max(0, wnd - data.length) });
  const { received } = tcb.queued;
  const moved = editTcb(tcb, { rcv });
  const accepted =
    data.length === 0 ? moved : editQueued(moved, { received: joined(received, data) });
  return push ? editQueued(accepted, { pushed: heldForUser(accepted) }) : accepted;
}

/** Parts up to this size are joined, so that they stay few however small the segments are. */
const SMALL = 2_048;

function joined(parts: readonly Uint8Array[], data: Uint8Array): readonly Uint8Array[] {
  const last = parts[parts.length - 1];
  if (last === undefined || last.length + data.length > SMALL) return [...parts, data];
  return [...parts.slice(0, -1), joinOctets([last, data])];
}

/** Satisfies RECEIVEs in their order, as far as the octets on hand do. */
export function deliver(tcb: Tcb): Output {
  let given = tcb;
  const effects: Effect[] = [];
  for (
    let first = given.queued.receives[0];
    first !== undefined;
    first = given.queued.receives[0]
  ) {
    const taken = takeFor(given, first);
    if (taken === undefined) break;
    given = editQueued(taken.tcb, { receives: given.queued.receives.slice(1) });
    effects.push({ kind: 'complete', call: first.call, outcome: taken.outcome });
  }
  return { tcb: given, effects };
}

/**
 * What a RECEIVE gets now: as many octets as it asked for, fewer when a PUSH was seen (§3.9.1.3), or all there are when
 * it named no number. Undefined: not enough.
 */
function takeFor(
  tcb: Tcb,
  { count, across }: PendingReceive,
): { readonly tcb: Tcb; readonly outcome: Outcome } | undefined {
  const held = heldForUser(tcb);
  const { received, pushed, urgent } = tcb.queued;
  if (held === 0 && count !== 0) return undefined;
  if (count !== undefined && held < count && pushed === 0) return undefined;
  const limit = count !== undefined && pushed > 0 && !across ? pushed : held;
  const length = Math.min(count ?? held, limit);
  const push = pushed > 0 && length >= pushed;
  const data = joinOctets(received, length);
  const consumed = add(consumedTo(tcb), length);
  return {
    tcb: editQueued(tcb, {
      received: withoutOctets(received, length),
      pushed: Math.max(0, pushed - length),
      // §3.8.5: back to normal mode once the urgent text is consumed.
      urgent: urgent && before(consumed, tcb.rcv.up),
    }),
    outcome: push ? { kind: 'ok', data, push } : { kind: 'ok', data },
  };
}
