/** What holds of the connections of any world, beyond what sim/invariants checks of every step. */

import { frontOf } from '../../src/base/pieces.js';
import type { World } from '../../src/sim/world.js';
import type { Host } from '../../src/tcp/host.js';
import { nameOf } from '../../src/tcp/host.js';
import { atOrBefore, distance, num } from '../../src/tcp/seq.js';
import type { State } from '../../src/tcp/states.js';
import type { Tcb } from '../../src/tcp/tcb.js';
import { isMereRecord } from '../../src/tcp/timers/fin-wait-2.js';
import type { TimerName } from '../../src/tcp/timers.js';
import { TIMER_NAMES } from '../../src/tcp/timers.js';

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
    for (const connection of host.connections.values()) {
      const { tcb } = connection;
      for (const { title, broken } of CHECKS) {
        const what = broken(tcb);
        if (what !== undefined) wrong.push(`${title}: ${host.name}.${nameOf(connection)}: ${what}`);
      }
    }
    const queues = miscounted(host);
    if (queues !== undefined) wrong.push(`tables agree with each other: ${host.name}: ${queues}`);
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
  { title: 'timers are those of the state', broken: strangeTimer },
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
  const first = frontOf(retransmissions);
  if (first === undefined) {
    return snd.una === snd.nxt ? undefined : `${num(snd.una)} to ${num(snd.nxt)} is in no queue`;
  }
  return atOrBefore(first.segment.seq, snd.una)
    ? undefined
    : `SND.UNA=${num(snd.una)}, and the queue begins at ${num(first.segment.seq)}`;
}

function heldAstray({ queued: { outOfOrder }, rcv, state }: Tcb): string | undefined {
  if (state === 'LISTEN' || state === 'SYN_SENT') return undefined;
  const early = outOfOrder.flat().find(({ seq }) => !atOrBefore(rcv.nxt, seq));
  return early && `${num(early.seq)} is held, and RCV.NXT=${num(rcv.nxt)}`;
}

function negativeWindow({ rcv, snd }: Tcb): string | undefined {
  return rcv.wnd < 0 || snd.wnd < 0 ? `RCV.WND=${rcv.wnd}, SND.WND=${snd.wnd}` : undefined;
}

function finAstray({ fin, snd }: Tcb): string | undefined {
  if (fin === undefined || distance(fin, snd.nxt) === 1) return undefined;
  return `FIN at ${num(fin)}, SND.NXT=${num(snd.nxt)}`;
}

/** Which timers a state may have; those that are not named, all synchronized states. */
const TIMERS_OF: Readonly<Partial<Record<State, readonly TimerName[]>>> = {
  CLOSED: [],
  LISTEN: [],
  SYN_SENT: ['user', 'retransmission'],
  SYN_RCVD: ['user', 'retransmission'],
  ESTABLISHED: ['user', 'retransmission', 'persist', 'delayedAck', 'keepalive'],
  FIN_WAIT_1: ['user', 'retransmission', 'persist', 'delayedAck'],
  FIN_WAIT_2: ['delayedAck', 'keepalive', 'finWait2'],
  CLOSE_WAIT: ['user', 'retransmission', 'persist', 'delayedAck', 'keepalive'],
  CLOSING: ['user', 'retransmission', 'persist', 'delayedAck'],
  LAST_ACK: ['user', 'retransmission', 'persist', 'delayedAck'],
  TIME_WAIT: ['timeWait'],
};

function strangeTimer({ state, timers, settings }: Tcb): string | undefined {
  const strange = TIMER_NAMES.find(
    (name) => timers[name] !== undefined && !TIMERS_OF[state]?.includes(name),
  );
  // Deviation `keepalive-timer`: it runs on until the end.
  const runsOn = strange === 'keepalive' && settings.keepaliveTimer === 'running';
  if (runsOn && CLOSING.includes(state)) return undefined;
  return strange && `${state} has ${strange}`;
}

const CLOSING: readonly State[] = ['FIN_WAIT_1', 'CLOSING', 'LAST_ACK'];

/** Queues, indexes and counters say the same as the table. */
function miscounted(host: Host): string | undefined {
  const { connections, queues, tuples, timeWaits } = host;
  const all = [...connections.values()];
  const records = all.filter(({ tcb }) => isMereRecord(tcb)).length;
  if (records !== timeWaits) return `${records} mere records, ${timeWaits} counted`;
  const indexed = [...tuples.values()].reduce(
    (sum, found) => sum + (found instanceof Map ? found.size : 1),
    0,
  );
  const active = all.filter(({ tcb }) => tcb.state !== 'LISTEN').length;
  if (indexed !== active) return `${active} connections, ${indexed} in the index`;
  for (const [id, { halfOpen, complete }] of queues) {
    const listener = connections.get(id)?.tcb;
    if (listener?.state !== 'LISTEN') return `queues of ${id}, which is no listener`;
    for (const child of [...halfOpen, ...complete]) {
      const found = connections.get(child);
      // Deviation `ended-child`: it keeps its place.
      const stays = found === undefined && listener.settings.endedChild === 'stays';
      if (stays && complete.has(child)) continue;
      if (found?.parent !== id) return `${child} is in the queues of ${id}, and no child of it`;
      // A half-open child that a call has named is the user's, and half-open all the same.
      if (found.accepted && complete.has(child)) return `${child} was accepted, and is in a queue`;
      if ((found.tcb.state === 'SYN_RCVD') !== halfOpen.has(child)) {
        return `${child} is in ${found.tcb.state} and in the wrong queue`;
      }
    }
    const waiting = all.filter(({ parent, accepted }) => parent === id && !accepted);
    const lost = waiting.find(({ ref }) => !halfOpen.has(ref.id) && !complete.has(ref.id));
    if (lost !== undefined) return `${nameOf(lost)} in ${lost.tcb.state} is in no queue of ${id}`;
  }
  return undefined;
}

/** After days without anything: what ends by itself has ended. */
export function unfinished(world: World): string | undefined {
  for (const host of world.hosts.values()) {
    for (const connection of host.connections.values()) {
      const { state } = connection.tcb;
      if (PASSING.includes(state)) return `${host.name}.${nameOf(connection)} is still in ${state}`;
    }
  }
  return world.queue.length > 0 ? `${world.queue.length} segments are still under way` : undefined;
}
