/** RFC 9293 §3.10 Event Processing, "delete the TCB, enter the CLOSED state": how a connection ends. */

import { elementsFrom } from '../base/pieces.js';
import { own } from './own.js';
import type { Effect, Outcome } from './rule.js';
import { NO_CALL, NONE, NOTHING_QUEUED } from './sending/queued.js';
import type { Output } from './sending/transmit.js';
import type { State } from './states.js';
import type { Tcb } from './tcb.js';
import { NO_TIMERS } from './timers.js';
import { TEXT } from './user-texts.js';

/**
 * Flushes all queues, stops all timers and enters CLOSED. Every call still pending is answered with the error `text`;
 * with `signal` the user is told unasked, too.
 */
export function deleteTcb(tcb: Tcb, text: string, signal?: string): Output {
  const effects = answerPending(tcb, { kind: 'error', text });
  if (signal !== undefined) effects.push({ kind: 'signal', text: signal });
  return { tcb: flushed(tcb, 'CLOSED'), effects };
}

/**
 * Back to LISTEN: the retransmission queue is flushed and the user is not told (§3.10.7.4, second check). Calls that
 * named the child end with it (deviation listen-fork).
 */
export function returnToListen(tcb: Tcb): Output {
  const effects = answerPending(tcb, { kind: 'error', text: TEXT.reset });
  return { tcb: flushed(tcb, 'LISTEN'), effects };
}

function flushed(tcb: Tcb, state: State): Tcb {
  const after = own(tcb);
  after.state = state;
  after.timers = NO_TIMERS;
  after.retransmissions = NONE;
  after.queued = NOTHING_QUEUED;
  return after;
}

function answerPending(tcb: Tcb, outcome: Outcome): Effect[] {
  const calls: number[] = [];
  if (tcb.queued.openCall !== undefined) calls.push(tcb.queued.openCall);
  for (const { call } of tcb.queued.receives) calls.push(call);
  for (const { call } of elementsFrom(tcb.queued.unacknowledged, 0)) calls.push(call);
  for (const { call } of elementsFrom(tcb.queued.sends, 0)) if (call !== NO_CALL) calls.push(call);
  if (tcb.queued.closeCall !== undefined) calls.push(tcb.queued.closeCall);
  return calls.map((call) => ({ kind: 'complete', call, outcome }));
}
