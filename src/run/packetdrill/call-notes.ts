/** What the connections of a packetdrill script learn from its calls: which socket packets are of, its ports, its IP header. */

import { atPlace, listOf } from '../../base/pieces.js';
import type { Socket } from '../../tcp/tcb.js';
import type { Done, SocketCall, SocketCallOf } from '../sockets/socket-calls.js';
import type { RunState } from '../state.js';
import { itemsOf } from './arguments.js';
import type { PacketCall } from './calls.js';
import {
  addFlow,
  flowOf,
  freshFlow,
  type IpChoice,
  type PacketState,
  USUAL_IP,
  withFlow,
} from './state.js';

/** What the script's connections learn when a call is made: connect and listen change what packets are of. */
export function noteCall(state: RunState, call: SocketCall): void {
  if (call.kind === 'connect' || call.kind === 'write')
    noteConnect(state, call.fd, connectsTo(call));
}

/** A socket that is connected anew, after its association was dissolved, is another connection of the script. */
function noteConnect(
  state: RunState,
  fd: number,
  remote: Socket | 'unspecified' | undefined,
): void {
  const packets = state.packets as PacketState;
  const index = flowOf(packets, fd);
  const { role } = atPlace(packets.flows, index) ?? {};
  if (remote === undefined) return;
  if (remote === 'unspecified') {
    if (role === 'connected' || role === 'connecting' || role === 'listening') {
      state.packets = withFlow(packets, index, { role: 'dissolved' });
    }
    return;
  }
  const connecting = { role: 'connecting', remotePort: remote.port } as const;
  if (role === 'fresh') state.packets = { ...withFlow(packets, index, connecting), current: index };
  if (role === 'dissolved') state.packets = addFlow(packets, freshFlow({ fd, ...connecting }));
}

/** The address of a `connect`, or of a `sendto` that connects. */
function connectsTo(call: SocketCall): Socket | 'unspecified' | undefined {
  if (call.kind === 'connect') return call.address ?? 'unspecified';
  return call.kind === 'write' && call.to !== 'unspecified' ? call.to : undefined;
}

/** What they learn when it is over. */
export function noteDone(
  state: RunState,
  operation: PacketCall,
  call: SocketCall,
  done: Done,
): void {
  const packets = state.packets as PacketState;
  if (done.errno !== undefined || done.result < 0) return;
  switch (call.kind) {
    case 'setsockopt':
      noteIp(state, call);
      return;
    case 'socket':
      name(packets, operation, done.result);
      state.packets = addFlow(packets, freshFlow({ role: 'fresh', fd: done.result }));
      return;
    case 'open':
    case 'epoll_create':
      name(packets, operation, done.result);
      return;
    case 'pipe':
      for (const [i, item] of itemsOf(operation.args[0]).entries()) {
        const fd = done.descriptors?.[i];
        if (item.kind === 'number' && fd !== undefined) packets.descriptors.set(item.value, fd);
      }
      return;
    case 'close':
      state.packets = withoutDescriptor(packets, operation);
      return;
    case 'bind': {
      const index = flowOf(packets, call.fd);
      const localPort = packets.table.sockets.get(call.fd)?.bound?.port ?? call.address.port;
      state.packets = withFlow(packets, index, { localPort });
      return;
    }
    case 'listen': {
      const index = flowOf(packets, call.fd);
      const localPort = packets.table.sockets.get(call.fd)?.bound?.port ?? 0;
      if (atPlace(packets.flows, index)?.role !== 'fresh') return;
      state.packets = withFlow(packets, index, { role: 'listening', localPort, remotePort: 0 });
      return;
    }
    case 'accept': {
      name(packets, operation, done.result);
      const port = done.peer?.port;
      const index = listOf(packets.flows).findIndex(
        (flow) => flow.fd === undefined && flow.remotePort === port,
      );
      state.packets = withFlow(packets, index, { fd: done.result });
      return;
    }
    default:
  }
}

/** The segments of the socket, and of what it will accept, have another type of service or time to live. */
function noteIp(state: RunState, { fd, name, value }: SocketCallOf<'setsockopt'>): void {
  const packets = state.packets as PacketState;
  const index = flowOf(packets, fd);
  const ip = atPlace(packets.flows, index)?.ip;
  if (ip === undefined || typeof value !== 'number') return;
  const chosen = chosenIp(name, value);
  if (chosen !== undefined) state.packets = withFlow(packets, index, { ip: { ...ip, ...chosen } });
}

function chosenIp(name: string, value: number): Partial<IpChoice> | undefined {
  switch (name) {
    case 'IP_TOS':
    case 'IPV6_TCLASS':
      return { tos: Math.max(0, value) & 0xfc };
    case 'IP_TTL':
    case 'IPV6_UNICAST_HOPS':
      return { ttl: value === -1 ? USUAL_IP.ttl : value };
    default:
      return undefined;
  }
}

/** The script's descriptor stands for the table's from now on. */
function name({ descriptors }: PacketState, { result }: PacketCall, fd: number): void {
  if (result.value !== undefined && result.value >= 0) descriptors.set(result.value, fd);
}

/** The state in which the script's descriptor stands for nothing any more. */
function withoutDescriptor(packets: PacketState, { args }: PacketCall): PacketState {
  const descriptors = new Map(packets.descriptors);
  if (args[0]?.kind === 'number') descriptors.delete(args[0].value);
  return { ...packets, descriptors };
}
