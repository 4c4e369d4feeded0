/** RFC 9293 §3.10.7 SEGMENT ARRIVES: a host that drops segments with SYN and FIN (deviation syn-fin). */

import type { Microstep, RuleInfo } from '../rule.js';
import type { Segment } from '../segment.js';
import { FIN, SYN } from '../segment.js';
import type { Settings } from '../settings.js';
import { isSynchronized, type State } from '../states.js';

export const SYN_FIN: RuleInfo = {
  id: 'arrival/syn-fin',
  rfc: 'RFC 9293 §3.10.7',
  title: 'A segment with SYN and FIN',
  moves: [],
};

/** Whether the segment is dropped before any rule of a state; without a connection there is none. */
export function isDroppedSynFin(
  { synFin }: Settings,
  seg: Segment,
  state: State | undefined,
): boolean {
  if ((seg.ctl & (SYN | FIN)) !== (SYN | FIN)) return false;
  if (synFin !== 'unsynchronized') return synFin === 'drop';
  return state === undefined || !isSynchronized(state);
}

/** The record of it. */
export function synFinStep({ synFin }: Settings): Microstep {
  const where = synFin === 'drop' ? 'in every state' : 'where nothing is synchronized';
  return {
    rule: SYN_FIN,
    why: () => `SYN and FIN bits on: dropped ${where} (deviation syn-fin)`,
    connection: undefined,
    before: undefined,
    after: undefined,
    effects: [{ kind: 'discard', reason: 'SYN,FIN' }],
  };
}
