/** What holds of the connections of any world, beyond what sim/invariants checks of every step. */

import type { World } from '../../src/sim/world.js';
import { atOrBefore, distance } from '../../src/tcp/seq.js';
import type { State } from '../../src/tcp/states.js';
import type { Tcb } from '../../src/tcp/tcb.js';
import { TIMER_NAMES } from '../../src/tcp/tcb.js';

/** States that end by themselves, whatever user and peer do. */
const PASSING: readonly State[] = [
  'SYN_SENT',
  'SYN_RCVD',
  'FIN_WAIT_1',
  'CLOSING',
  'LAST_ACK',
  'TIME_WAIT',
];

/** Every check that fails, as `name: what is wrong`. */
export function lasting(world: World): readonly string[] {
  const wrong: string[] = [];
  for (const host of world.hosts.values()) {
    for (const { name, tcb } of host.connections.values()) {
      for (const { title, broken } of CHECKS) {
        const what = broken(tcb);
        if (what !== undefined) wrong.push(`${title}: ${host.name}.${name}: ${what}`);
      }
    }
  }
  return wrong;
}

const CHECKS: readonly {
  readonly title: string;
  readonly broken: (tcb: Tcb) => string | undefined;
}[] = [
  { title: 'a state that ends by itself has a timer', broken: stuck },
  { title: 'the queue begins at SND.UNA and ends at SND.NXT', broken: queueAstray },
  { title: 'what is held lies beyond RCV.NXT', broken: heldAstray },
  { title: 'windows are not negative', broken: negativeWindow },
  { title: 'a FIN that was sent is the last number before SND.NXT', broken: finAstray },
];

function stuck({ state, timers, settings }: Tcb): string | undefined {
  if (!PASSING.includes(state)) return undefined;
  // Four messages: once our SYN is acknowledged only the user timeout ends the wait, and it may be for ever.
  if (state === 'SYN_SENT' && !settings.combineSynAck && settings.userTimeout === 0)
    return undefined;
  return TIMER_NAMES.some((timer) => timers[timer] !== undefined) ? undefined : `${state} for ever`;
}

function queueAstray({ retransmissions, snd, state }: Tcb): string | undefined {
  if (state === 'LISTEN') return undefined;
  const [first] = retransmissions;
  if (first === undefined) {
    return snd.una === snd.nxt ? undefined : `${snd.una} to ${snd.nxt} is in no queue`;
  }
  return atOrBefore(first.segment.seq, snd.una)
    ? undefined
    : `SND.UNA=${snd.una}, and the queue begins at ${first.segment.seq}`;
}

function heldAstray({ outOfOrder, rcv, state }: Tcb): string | undefined {
  if (state === 'LISTEN' || state === 'SYN_SENT') return undefined;
  const early = outOfOrder.find(({ seq }) => !atOrBefore(rcv.nxt, seq));
  return early && `${early.seq} is held, and RCV.NXT=${rcv.nxt}`;
}

function negativeWindow({ rcv, snd }: Tcb): string | undefined {
  return rcv.wnd < 0 || snd.wnd < 0 ? `RCV.WND=${rcv.wnd}, SND.WND=${snd.wnd}` : undefined;
}

function finAstray({ fin, snd }: Tcb): string | undefined {
  if (fin === undefined || distance(fin, snd.nxt) === 1) return undefined;
  return `FIN at ${fin}, SND.NXT=${snd.nxt}`;
}
