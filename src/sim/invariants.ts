/** What must hold after every step, whatever the script does: named checks, run in tests. */

import { printInstant } from '../base/time.js';
import type { Connection } from '../tcp/host.js';
import { nameOf, nextTimeout } from '../tcp/host.js';
import type { Microstep } from '../tcp/rule.js';
import { has, RST } from '../tcp/segment.js';
import { atOrBefore, num } from '../tcp/seq.js';
import { printSocket, type Socket, type Tcb } from '../tcp/tcb.js';
import { soonestInstant, TIMER_NAMES } from '../tcp/timers.js';
import type { Step } from './step.js';
import type { World } from './world.js';

export interface Invariant {
  /** A sentence: what holds. */
  readonly name: string;
  /** What is wrong, if something is; `world` is as it is after the step. */
  readonly broken: (world: World, step: Step) => string | undefined;
}

/** Every check that fails after this step, as `name: what is wrong`. */
export function violations(world: World, step: Step): readonly string[] {
  return INVARIANTS.flatMap(({ name, broken }) => {
    const what = broken(world, step);
    return what === undefined ? [] : [`${name}: ${what}`];
  });
}

export const INVARIANTS: readonly Invariant[] = [
  { name: 'a step has at least one microstep', broken: noMicrostep },
  { name: 'a microstep begins where the one before it ended', broken: brokenChain },
  { name: 'SND.UNA =< SND.NXT', broken: inEveryTable(unaBeyondNxt) },
  { name: 'nothing is acknowledged that was not sent', broken: inEveryMove(acknowledgedUnsent) },
  { name: 'SND.UNA and RCV.NXT never go back', broken: inEveryMove(wentBack) },
  { name: 'a timer runs while something is unacknowledged', broken: inEveryTable(timerMissing) },
  { name: 'a RST is not answered with a RST', broken: resetAnswered },
  { name: 'TIME_WAIT ends after 2 MSL', broken: inEveryTable(timeWaitTooLong) },
  { name: 'no entry of the table is CLOSED', broken: inEveryTable(closedEntry) },
  { name: 'a pair of sockets has one entry', broken: sharedSockets },
  { name: 'a host wakes up at its next timer', broken: wrongWakeUp },
  { name: 'no timer is overdue', broken: inEveryTable(overdueTimer) },
  { name: 'what was sent and will arrive is under way', broken: missingInQueue },
  { name: 'nothing under way should have arrived', broken: overdueArrival },
  { name: 'links count what they carry', broken: miscounted },
];

type TableCheck = (tcb: Tcb, world: World) => string | undefined;
type MoveCheck = (before: Tcb, after: Tcb) => string | undefined;

function inEveryTable(check: TableCheck): Invariant['broken'] {
  return (world) => {
    for (const host of world.hosts.values()) {
      for (const connection of host.connections.values()) {
        const what = check(connection.tcb, world);
        if (what !== undefined) return `${host.name}.${nameOf(connection)}: ${what}`;
      }
    }
    return undefined;
  };
}

/** Checks a connection's change; a TCB that was given or edited begins anew. */
function inEveryMove(check: MoveCheck): Invariant['broken'] {
  return (_world, step) => {
    for (const { rule, connection, before, after } of step.microsteps) {
      if (connection === undefined || before === undefined || after === undefined) continue;
      if (step.cause.kind === 'edit' || before.state === 'LISTEN') continue;
      const what = after.iss === before.iss ? check(before, after) : undefined;
      if (what !== undefined) return `${connection.host}: ${rule.id}: ${what}`;
    }
    return undefined;
  };
}

function noMicrostep(_world: World, step: Step): string | undefined {
  return step.microsteps.length === 0 ? `step ${step.index} has none` : undefined;
}

function brokenChain(_world: World, { microsteps }: Step): string | undefined {
  const last = new Map<string, Microstep>();
  for (const microstep of microsteps) {
    const { connection, before, rule } = microstep;
    if (connection === undefined) continue;
    const key = `${connection.host} ${connection.id}`;
    const previous = last.get(key);
    if (previous !== undefined && previous.after !== before) {
      return `${rule.id} did not go on from the result of ${previous.rule.id}`;
    }
    last.set(key, microstep);
  }
  return undefined;
}

function unaBeyondNxt({ state, snd }: Tcb): string | undefined {
  if (state === 'LISTEN' || atOrBefore(snd.una, snd.nxt)) return undefined;
  return `SND.UNA=${num(snd.una)} is past SND.NXT=${num(snd.nxt)}`;
}

function acknowledgedUnsent(before: Tcb, after: Tcb): string | undefined {
  if (atOrBefore(after.snd.una, before.snd.nxt)) return undefined;
  return `SND.UNA=${num(after.snd.una)}, and only what is before ${num(before.snd.nxt)} was sent`;
}

function wentBack(before: Tcb, after: Tcb): string | undefined {
  if (!atOrBefore(before.snd.una, after.snd.una)) {
    return `SND.UNA went from ${num(before.snd.una)} back to ${num(after.snd.una)}`;
  }
  if (before.state === 'SYN_SENT' || atOrBefore(before.rcv.nxt, after.rcv.nxt)) return undefined;
  return `RCV.NXT went from ${num(before.rcv.nxt)} back to ${num(after.rcv.nxt)}`;
}

function timerMissing({ timers, retransmissions, state }: Tcb): string | undefined {
  if (retransmissions.length === 0) return undefined;
  if (timers.retransmission !== undefined || timers.persist !== undefined) return undefined;
  return `${retransmissions.length} segments wait in ${state}, and no timer runs`;
}

function resetAnswered(_world: World, { cause, departures }: Step): string | undefined {
  if (cause.kind !== 'arrival' || !has(cause.delivery.segment, RST)) return undefined;
  const reply = departures.find(({ segment, kind }) => kind === 'first' && has(segment, RST));
  return reply && `segment ${cause.delivery.id} was answered with segment ${reply.id}`;
}

function timeWaitTooLong({ state, timers, settings }: Tcb, world: World): string | undefined {
  if (state !== 'TIME_WAIT') return undefined;
  const latest = world.now + 2 * settings.msl;
  if (timers.timeWait === undefined) return 'no timer will end it';
  if (timers.timeWait <= latest) return undefined;
  return `it would end at ${printInstant(timers.timeWait)}, after ${printInstant(latest)}`;
}

function closedEntry({ state }: Tcb): string | undefined {
  return state === 'CLOSED' ? 'it should have been deleted' : undefined;
}

function sharedSockets(world: World): string | undefined {
  for (const host of world.hosts.values()) {
    const seen = new Set<string>();
    for (const connection of host.connections.values()) {
      // A listener for one remote socket stays beside the child it made (deviation listen-fork).
      if (connection.tcb.state === 'LISTEN') continue;
      const key = pairOf(connection);
      if (seen.has(key)) return `${host.name} has two entries for ${key}`;
      seen.add(key);
    }
  }
  return undefined;
}

function pairOf({ tcb: { local, remote } }: Connection): string {
  const print = (socket: Socket | undefined) =>
    socket === undefined ? 'anybody' : printSocket(socket);
  return `${print(local)} and ${print(remote)}`;
}

function wrongWakeUp({ hosts }: World): string | undefined {
  for (const [name, host] of hosts) {
    const timers = [...host.connections.values()].map(({ tcb }) => soonestInstant(tcb.timers));
    const next = Math.min(...timers.map((at) => at ?? Number.POSITIVE_INFINITY));
    const wakeUp = nextTimeout(host) ?? Number.POSITIVE_INFINITY;
    if (wakeUp !== next) return `${name} is to wake up at ${wakeUp}, not at ${next}`;
  }
  return undefined;
}

function overdueTimer({ timers }: Tcb, { now }: World): string | undefined {
  const overdue = TIMER_NAMES.find((name) => (timers[name] ?? now) < now);
  return overdue && `${overdue} should have gone off before ${printInstant(now)}`;
}

function missingInQueue(world: World, { departures }: Step): string | undefined {
  const queued = new Set(world.queue.map(({ serial }) => serial));
  const missing = departures.find(({ fate, id }) => fate === 'deliver' && !queued.has(id));
  return missing && `segment ${missing.id} is not`;
}

function overdueArrival({ queue, now }: World): string | undefined {
  const overdue = queue.find(({ at }) => at < now);
  return overdue && `segment ${overdue.serial} is late since ${printInstant(overdue.at)}`;
}

function miscounted({ links, queue }: World): string | undefined {
  let counted = 0;
  for (const { forth, back } of links.values()) {
    counted += forth.underWay + (back === forth ? 0 : back.underWay);
  }
  return counted === queue.length ? undefined : `${counted} counted, ${queue.length} under way`;
}
