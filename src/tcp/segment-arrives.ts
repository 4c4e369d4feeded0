/** RFC 9293 §3.10.7 SEGMENT ARRIVES: chooses by state; nothing else. */

import type { ConnectionRef, Instant, Microstep } from './rule.js';
import { runRules } from './rule.js';
import type { Segment } from './segment.js';
import { has, SYN, URG } from './segment.js';
import type { Arrival } from './segment-arrives/arrival.js';
import { closedRules } from './segment-arrives/closed.js';
import { listenRulesFor, synSentRulesFor } from './segment-arrives/ecn.js';
import { fromSixth, otherStatesFor } from './segment-arrives/other-states.js';
import { bringsMore } from './segment-arrives/syn-sent.js';
import { add } from './seq.js';
import type { Tcb } from './tcb.js';

/** Runs the rules of the connection's state on a segment. */
export function runArrival(
  connection: ConnectionRef | undefined,
  tcb: Tcb,
  arrival: Arrival,
  now: Instant,
): readonly Microstep[] {
  switch (tcb.state) {
    case 'CLOSED':
      return runRules(closedRules, connection, tcb, arrival, now);
    case 'LISTEN':
      return runRules(listenRulesFor(tcb, arrival.seg), connection, tcb, arrival, now);
    case 'SYN_SENT':
      return synSent(connection, tcb, arrival, now);
    default:
      return runRules(otherStatesFor(tcb, arrival.seg), connection, tcb, arrival, now);
  }
}

/** "If there are other controls or text in the segment, then continue processing at the sixth step." */
function synSent(
  connection: ConnectionRef | undefined,
  tcb: Tcb,
  arrival: Arrival,
  now: Instant,
): readonly Microstep[] {
  const { seg } = arrival;
  const steps = runRules(synSentRulesFor(tcb, seg), connection, tcb, arrival, now);
  const after = steps.at(-1)?.after;
  if (after?.state !== 'ESTABLISHED') return steps;
  if (!bringsMore(after, seg) && !hasUrgentText(seg)) return steps;
  const rest: Arrival = { ...arrival, seg: withoutSyn(seg), withSyn: true };
  return [...steps, ...runRules(fromSixth, connection, after, rest, now)];
}

/** The segment without the SYN that was processed: "processing of SYN and ACK should not be repeated". The urgent pointer counts from the SYN. */
function withoutSyn(seg: Segment): Segment {
  const ctl = seg.ctl & ~(hasUrgentText(seg) ? SYN : SYN | URG);
  return { ...seg, seq: add(seg.seq, 1), up: Math.max(0, seg.up - 1), ctl };
}

/** Up to the SYN there is no text. */
function hasUrgentText(seg: Segment): boolean {
  return has(seg, URG) && seg.up > 1;
}
