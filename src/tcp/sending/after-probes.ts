/** RFC 9293 §3.8.6.1 Zero-Window Probing, deviation persist-min: when a closed window opens, the octet that probed it goes once more, at the head of what waited. */

import { frontOf, withFront } from '../../base/pieces.js';
import { repacketized, retransmitFront } from '../retransmission/retransmit.js';
import type { Effect, Instant } from '../rule.js';
import type { Tcb } from '../tcb.js';
import { editTcb } from '../tcb.js';
import { textOfFull, usableWindow } from '../window.js';
import { unsentOctets } from './queued.js';
import { sendText } from './transmit.js';

/** Sends the octet that probed together with as much of the rest as one segment holds; what leaves joins `effects`. */
export function sendAfterProbes(tcb: Tcb, effects: Effect[], now: Instant): Tcb {
  const { settings, queued, retransmissions } = tcb;
  if (settings.persistMin === 0 || !settings.repacketize) return tcb;
  if (tcb.snd.wnd === 0 || !frontOf(retransmissions)?.probe) return tcb;
  const room = Math.min(unsentOctets(queued), usableWindow(tcb), textOfFull(tcb) - 1);
  const whole = room > 0 ? sendText(tcb, room, now).tcb : tcb;
  const out = retransmitFront(repacketized(whole), now);
  effects.push(...out.effects);
  const front = frontOf(out.tcb.retransmissions);
  if (front === undefined) return out.tcb;
  const plain = { ...front, probe: undefined };
  return editTcb(out.tcb, { retransmissions: withFront(out.tcb.retransmissions, plain) });
}
