/** RFC 9293 §3.10.7 SEGMENT ARRIVES: a host that drops every segment with SYN and FIN (deviation syn-fin). */

import type { Microstep, RuleInfo } from '../rule.js';
import type { Segment } from '../segment.js';
import { FIN, SYN } from '../segment.js';
import type { Settings } from '../settings.js';

export const SYN_FIN: RuleInfo = {
  id: 'arrival/syn-fin',
  rfc: 'RFC 9293 §3.10.7',
  title: 'A segment with SYN and FIN',
  moves: [],
};

/** Whether the segment is dropped before any rule of a state. */
export function isDroppedSynFin({ synFin }: Settings, seg: Segment): boolean {
  return synFin === 'drop' && (seg.ctl & (SYN | FIN)) === (SYN | FIN);
}

/** The record of it. */
export function synFinStep(): Microstep {
  return {
    rule: SYN_FIN,
    why: () => 'SYN and FIN bits on: dropped in every state (deviation syn-fin)',
    connection: undefined,
    before: undefined,
    after: undefined,
    effects: [{ kind: 'discard', reason: 'SYN,FIN' }],
  };
}
