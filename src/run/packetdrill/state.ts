/** What a packetdrill script remembers between its lines: its clock, its sockets, its numbers. */

import type { Pieces } from '../../base/pieces.js';
import { atPlace, countOf, lastPlace, replaced, withAfter } from '../../base/pieces.js';
import { KERNEL, type PacketScript } from '../../lang/packet-operations.js';
import type { World } from '../../sim/world.js';
import type { Connection } from '../../tcp/host/connection-table.js';
import type { Instant } from '../../tcp/rule.js';
import type { Done, SocketCall } from '../sockets/socket-calls.js';
import { copySocketTable, createSocketTable, type SocketTable } from '../sockets/table.js';

/** What the IP header of the host's segments has that a program chooses: the type of service without its ECN field, the time to live. */
export interface IpChoice {
  readonly tos: number;
  readonly ttl: number;
}

/** Of both systems, while nobody has said otherwise. */
export const USUAL_IP: IpChoice = { tos: 0, ttl: 64 };

/** One connection of the script: which ports it has, and how the script's numbers become those on the wire. */
export interface Flow {
  /** The descriptor in the table of the socket that it belongs to; undefined for a child that was not accepted. */
  readonly fd: number | undefined;
  readonly role: 'fresh' | 'listening' | 'connecting' | 'connected' | 'dissolved';
  /** 0: not known yet. */
  readonly localPort: number;
  readonly remotePort: number;
  /** The host's ISN on the wire, which its numbers are counted from, and as the script has it, which those of SYNs are. */
  readonly iss: number;
  readonly scriptIss: number;
  /** The peer's ISN: of what comes after its first SYN numbers are counted from it. */
  readonly irs: number;
  readonly peerSeen: boolean;
  /** The first SYN of the host was seen: `iss` is known. */
  readonly anchored: boolean;
  readonly ip: IpChoice;
  /** Timestamps on the wire by those of the script. */
  readonly timestamps: ReadonlyMap<number, number>;
  /** The host's first timestamp, as the script has it and on the wire. */
  readonly firstTimestamp:
    | { readonly script: number; readonly live: number; readonly at: Instant }
    | undefined;
}

/** A call that blocks in the background while the script goes on. */
export interface Blocking {
  readonly statement: number;
  /** Its number in the table. */
  readonly id: number;
  readonly call: SocketCall;
  /** When it must return. */
  readonly returnsAt: Instant;
  /** How much that may be off. */
  readonly tolerance: number;
}

/** An immutable value but for its table and descriptors, which `copyPackets` copies. */
export interface PacketState {
  readonly script: PacketScript;
  readonly table: SocketTable;
  /** When the line before was over: what relative times are counted from. */
  readonly base: Instant;
  /** When the line before was due: the longer ago, the more a time may be off. Undefined before the first. */
  readonly dueBefore: Instant | undefined;
  /** Descriptors of the table by those of the script. */
  readonly descriptors: Map<number, number>;
  readonly flows: Pieces<Flow>;
  /** The socket under test: the flow that packets are of. */
  readonly current: number;
  readonly nextPort: number;
  readonly blocking: Blocking | undefined;
  /** The call that the script waits for; `id` -1 when it did not have to wait. */
  readonly foreground:
    | { readonly id: number; readonly call: SocketCall; readonly done: Done | undefined }
    | undefined;
  /** Values that its Python has kept, by their names. */
  readonly kept: ReadonlyMap<string, number>;
  /** How often each reason for a discard came up since `nstat` was last called. */
  readonly discards: ReadonlyMap<string, number>;
}

/** The first port of the dynamic range: what the peer connects from. */
const FIRST_PORT = 49_152;

export function createPackets(script: PacketScript): PacketState {
  return {
    script,
    table: createSocketTable(KERNEL, script.system),
    base: 0,
    dueBefore: undefined,
    descriptors: new Map(),
    flows: [],
    current: -1,
    nextPort: FIRST_PORT,
    blocking: undefined,
    foreground: undefined,
    kept: new Map(),
    discards: new Map(),
  };
}

/** A copy that shares nothing that changes. */
export function copyPackets(state: PacketState): PacketState {
  const { table, descriptors } = state;
  return { ...state, table: copySocketTable(table), descriptors: new Map(descriptors) };
}

/** A flow at its beginning. */
export function freshFlow(fields: Pick<Flow, 'role'> & Partial<Flow>): Flow {
  return {
    fd: undefined,
    localPort: 0,
    remotePort: 0,
    iss: 0,
    scriptIss: 0,
    irs: 0,
    peerSeen: false,
    anchored: false,
    ip: USUAL_IP,
    timestamps: new Map(),
    firstTimestamp: undefined,
    ...fields,
  };
}

/** The flow that packets are of; undefined before the first socket. */
export function currentFlow(state: PacketState): Flow | undefined {
  return atPlace(state.flows, state.current);
}

/** The latest flow with these ports; -1 when there is none. */
export function flowBetween(state: PacketState, localPort: number, remotePort: number): number {
  return lastPlace(
    state.flows,
    (flow) => flow.localPort === localPort && flow.remotePort === remotePort,
  );
}

/** The kernel's connections between a flow's ports, the oldest first. */
export function connectionsOf(
  { hosts }: World,
  { localPort, remotePort }: Flow,
): readonly Connection[] {
  const all = [...(hosts.get(KERNEL)?.connections.values() ?? [])];
  return all.filter(
    ({ tcb: { local, remote } }) => local.port === localPort && remote?.port === remotePort,
  );
}

/** The socket of the script that listens at this port. */
export function listensAt(state: PacketState, port: number): Flow | undefined {
  const isListener = ({ role, localPort }: Flow) => role === 'listening' && localPort === port;
  return atPlace(state.flows, lastPlace(state.flows, isListener));
}

/** The state with one of its flows changed. */
export function withFlow(state: PacketState, index: number, fields: Partial<Flow>): PacketState {
  const flow = atPlace(state.flows, index);
  if (flow === undefined) return state;
  return { ...state, flows: replaced(state.flows, index, 1, { ...flow, ...fields }) };
}

/** The state with one more flow, which packets are of from now on. */
export function addFlow(state: PacketState, flow: Flow): PacketState {
  return { ...state, flows: withAfter(state.flows, flow), current: countOf(state.flows) };
}

/** The latest flow of a descriptor of the table; -1 when it has none. */
export function flowOf(state: PacketState, fd: number): number {
  return lastPlace(state.flows, (flow) => flow.fd === fd);
}

/** The table's descriptor for the script's; the same number where the script has none. */
export function descriptorOf({ descriptors }: PacketState, written: number): number {
  return descriptors.get(written) ?? written;
}
