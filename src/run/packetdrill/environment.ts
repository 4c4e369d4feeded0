/** Lines of a packetdrill script about the host itself: its settings, its table of connections. */

import { COUNTERS, KERNEL, type PacketOperationOf } from '../../lang/packet-operations.js';
import type { Instruction } from '../../lang/program.js';
import { giveSettings } from '../../sim/edits.js';
import { doCall } from '../../sim/sim.js';
import type { Part } from '../../sim/step.js';
import { EMPTY_CACHE } from '../../tcp/fast-open/cache.js';
import type { Connection } from '../../tcp/host/connection-table.js';
import type { SettingName, Settings } from '../../tcp/settings.js';
import type { State } from '../../tcp/states.js';
import type { Judgement } from '../judge.js';
import { SCRIPT, scripted } from '../script-rules.js';
import type { RunState } from '../state.js';
import type { PacketState } from './state.js';
import { failed, met } from './verdicts.js';

/** The host has these settings from here on, and what is there already those that a kernel reads when it needs them. */
export function setEnvironment(
  state: RunState,
  { index }: Instruction,
  operation: PacketOperationOf<'pkt-environment'>,
): Part {
  const { settings, notes, forgets, usual = {} } = operation;
  const { table } = state.packets as PacketState;
  for (const [option, value] of Object.entries(usual)) table.usual.set(option, value);
  if (Object.keys(settings).length > 0) giveSettings(state.world, KERNEL, settings);
  const known = state.world.hosts.get(KERNEL);
  if (known && forgets) state.world.hosts.set(KERNEL, { ...known, fastOpen: EMPTY_CACHE });
  const text = notes.length === 0 ? ['nothing to do'] : notes;
  const noted = text.map((note) => scripted(SCRIPT.environment, () => note));
  const parts = [...(known?.connections.values() ?? [])].flatMap((connection) => {
    const concerns = concerning(state.packets as PacketState, connection, settings);
    if (Object.keys(concerns).length === 0) return [];
    state.nextCall += 1;
    const call = { kind: 'SET', connection: connection.ref.id, settings: concerns } as const;
    return doCall(state.world, KERNEL, call, state.nextCall, index);
  });
  return {
    microsteps: [...noted, ...parts.flatMap(({ microsteps }) => microsteps)],
    departures: parts.flatMap(({ departures }) => departures),
    host: KERNEL,
  };
}

/** What of the settings a connection has not kept since it began, and its program has not chosen; all but buffers for a listener. */
function concerning(
  { table }: PacketState,
  { ref, tcb }: Connection,
  settings: Partial<Settings>,
): Partial<Settings> {
  const socket = [...table.sockets.values()].find(({ connection }) => connection === ref.id);
  const chosen: Partial<Settings> = socket?.settings ?? {};
  const concerns = (name: string) =>
    tcb.state === 'LISTEN' ? !BUFFERS.has(name) : READ_WHEN_NEEDED.has(name);
  return Object.fromEntries(
    Object.entries(settings).filter(([name]) => concerns(name) && !Object.hasOwn(chosen, name)),
  );
}

const BUFFERS: ReadonlySet<string> = new Set<SettingName>(['window', 'sendBuffer']);

const READ_WHEN_NEEDED: ReadonlySet<string> = new Set<SettingName>([
  'outlet',
  'challengeAck',
  'challengeAckLimit',
  'challengeAckInterval',
  'synFin',
  'icmpAbortOpen',
  'missingTimestamps',
  'rtoSlop',
  'persistMin',
  'persistMax',
  'retries',
  'synRetries',
  'synLinearTimeouts',
  'synAckRetries',
  'synPlainAfter',
  'orphanRetries',
  'orphanRetriesLate',
  'keepaliveInterval',
  'keepaliveProbes',
  'tailLossProbe',
  'idleWindow',
  'windowMemory',
  'receiveSpace',
  'windowRetract',
  'repacketize',
  'dsack',
  'ackDelay',
  'finWait2Timeout',
  'msl',
  'timeWaitResets',
]);

/** The entries in a state are deleted, as `tcpdrop` does it. */
export function dropConnections(
  state: RunState,
  { index }: Instruction,
  operation: PacketOperationOf<'pkt-drop'>,
): Part {
  const host = state.world.hosts.get(KERNEL);
  const ids = [...(host?.connections.values() ?? [])]
    .filter(({ tcb }) => tcb.state === operation.state)
    .map(({ ref }) => ref.id);
  const parts = ids.map((connection) => {
    state.nextCall += 1;
    return doCall(state.world, KERNEL, { kind: 'ABORT', connection }, state.nextCall, index);
  });
  const why = () => `drops ${ids.length} connections in ${operation.state}`;
  return {
    microsteps: [
      scripted(SCRIPT.environment, why),
      ...parts.flatMap(({ microsteps }) => microsteps),
    ],
    departures: parts.flatMap(({ departures }) => departures),
    host: KERNEL,
  };
}

/** As many connections must be in a state as the script says. */
export function judgeCount(
  state: RunState,
  instruction: Instruction,
  operation: PacketOperationOf<'pkt-count'>,
): Judgement {
  const { state: wanted, count } = operation;
  const actual = countIn(state, wanted);
  const text = `${actual} in ${wanted}`;
  if (count === undefined ? actual > 0 : actual === count) return met(() => text);
  const expected = count === undefined ? 'some' : String(count);
  const difference = { field: wanted, expected, actual: String(actual) };
  return failed(state, instruction, text, [difference]);
}

/** A counter must have moved as the script says; `nstat` counts from its last call on. */
export function judgeCounter(
  state: RunState,
  instruction: Instruction,
  { name, count }: PacketOperationOf<'pkt-counter'>,
): Judgement {
  const packets = state.packets as PacketState;
  const actual = packets.discards.get(COUNTERS[name] ?? '') ?? 0;
  state.packets = { ...packets, discards: new Map() };
  if (name === '' || (count === undefined ? actual > 0 : actual === count)) {
    return met(() => (name === '' ? 'counting begins anew' : `${name} is ${actual}`));
  }
  const expected = count === undefined ? 'more than 0' : String(count);
  return failed(state, instruction, `${name} is ${actual}`, [
    { field: name, expected, actual: String(actual) },
  ]);
}

/** A socket without an entry in the table of connections is CLOSED. */
function countIn({ world, packets }: RunState, wanted: State): number {
  const entries = [...(world.hosts.get(KERNEL)?.connections.values() ?? [])];
  if (wanted !== 'CLOSED') return entries.filter(({ tcb }) => tcb.state === wanted).length;
  const there = new Set(entries.map(({ ref }) => ref.id));
  const sockets = [...((packets as PacketState).table.sockets.values() ?? [])];
  return sockets.filter(({ connection }) => connection === undefined || !there.has(connection))
    .length;
}
