/** A step as lines of an exported script: what reached the host in a conversation, what its TCP was asked, what it sent. */

import type { Delivery } from '../../sim/delivery.js';
import type { Step } from '../../sim/step.js';
import { ACK, has, type Segment, SYN } from '../../tcp/segment.js';
import { distance, seq } from '../../tcp/seq.js';
import { addBound, addCall, completeReads } from './export-calls.js';
import { arrivalsOf, departuresOf, keyOf, tupleOf } from './export-conversations.js';
import { add, type Script } from './export-draft.js';
import { withKernelsCookie } from './export-fast-open.js';
import { printPacket } from './printer.js';

/** What a step did in the conversation. */
export function addStep(draft: Script, step: Step): void {
  const { host, tuple } = draft.conversation;
  const isOurs = (delivery: Delivery) => {
    const its = tupleOf(host, delivery);
    return its !== undefined && keyOf(its) === keyOf(tuple);
  };
  for (const delivery of arrivalsOf(step, host)) {
    if (!isOurs(delivery)) continue;
    const known = draft.listener !== undefined || draft.connection !== undefined || draft.gone;
    if (!known) addBound(draft, step.at);
    if (has(delivery.segment, SYN)) draft.irs ??= delivery.segment.seq;
    const segment = withKernelsCookie(step, delivery.segment, draft.version);
    add(draft, step.at, `< ${packet(draft, segment, 'in')}`);
  }
  const { call } = step;
  if (call && step.host === host.name) {
    const sent = departuresOf(step, host).find(isOurs);
    addCall(draft, step, call, tuple, sent?.segment);
  }
  for (const delivery of departuresOf(step, host)) {
    if (!isOurs(delivery)) continue;
    if (has(delivery.segment, SYN)) draft.iss ??= delivery.segment.seq;
    add(draft, step.at, `> ${packet(draft, delivery.segment, 'out')}`);
  }
  completeReads(draft, step, host);
}

/**
 * Of what the host sends, windows and the options of a SYN are the kernel's own affair; with timestamps they are written, as the
 * peer's echoes are counted from them.
 */
function packet({ iss, irs }: Script, segment: Segment, direction: 'in' | 'out'): string {
  const out = direction === 'out';
  const at = distance((out ? iss : irs) ?? seq(0), segment.seq);
  const ack = distance((out ? irs : iss) ?? seq(0), segment.ack);
  const open = out && has(segment, SYN) && segment.options.timestamps === undefined;
  return printPacket(segment, {
    seq: at,
    ack: has(segment, ACK) ? ack : undefined,
    window: out ? undefined : segment.wnd,
    options: open ? '<...>' : undefined,
  });
}
