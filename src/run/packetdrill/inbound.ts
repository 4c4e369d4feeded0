/** A segment that the script sends as the peer: of which connection it is, and its numbers on the wire. */

import type { PacketSegment } from '../../lang/packet-operations.js';
import { type Segment, SYN } from '../../tcp/segment.js';
import type { RunState } from '../state.js';
import { wireSegment } from './segments.js';
import {
  addFlow,
  currentFlow,
  type Flow,
  flowBetween,
  freshFlow,
  listensAt,
  type PacketState,
  withFlow,
} from './state.js';

/** The segment as it goes on the wire. What comes to a listener comes from a new port, and is a connection of its own. */
export function inboundSegment(state: RunState, packet: PacketSegment): Segment {
  state.packets = withPorts(state.packets as PacketState, packet);
  const flow = noteIrs(state, packet) ?? freshFlow({ role: 'fresh' });
  return wireSegment(packet, flow);
}

/** The flow that a packet belongs to. */
export function flowOf(packets: PacketState, packet: PacketSegment): Flow | undefined {
  return currentFlow(withPorts(packets, packet));
}

/** The flow of the packet, which knows the peer's ISN from its first SYN on; one that nobody listens to or has asked for begins nothing. */
function noteIrs(state: RunState, { ctl, seq }: PacketSegment): Flow | undefined {
  const packets = state.packets as PacketState;
  const flow = currentFlow(packets);
  if (flow === undefined || flow.peerSeen || flow.role === 'fresh' || (ctl & SYN) === 0)
    return flow;
  state.packets = withFlow(packets, packets.current, { irs: seq ?? 0, peerSeen: true });
  return currentFlow(state.packets);
}

/** The state with a current flow that has both its ports: those that the packet says, or the next of their own. */
function withPorts(packets: PacketState, { ports }: PacketSegment): PacketState {
  const { current, nextPort, script } = packets;
  const flow = currentFlow(packets);
  if (ports !== undefined) return between(packets, ports.destination, ports.source);
  if (flow === undefined) {
    const ports = { localPort: script.bindPort, remotePort: nextPort };
    const made = addFlow(packets, freshFlow({ role: 'fresh', ...ports }));
    return { ...made, nextPort: nextPort + 1 };
  }
  if (flow.role === 'listening') {
    const ports = { localPort: script.bindPort, remotePort: nextPort };
    const made = addFlow(packets, freshFlow({ role: 'connected', ip: flow.ip, ...ports }));
    return { ...made, nextPort: nextPort + 1 };
  }
  if (flow.remotePort !== 0 && flow.localPort !== 0) return packets;
  const localPort = flow.localPort || script.bindPort;
  const remotePort = flow.remotePort || nextPort;
  return { ...withFlow(packets, current, { localPort, remotePort }), nextPort: nextPort + 1 };
}

/** The state with a current flow between these ports: one that is known, or a new one. */
function between(packets: PacketState, localPort: number, remotePort: number): PacketState {
  const known = flowBetween(packets, localPort, remotePort);
  if (known >= 0) return { ...packets, current: known };
  const listener = listensAt(packets, localPort);
  const ports = { localPort, remotePort };
  const flow = listener
    ? freshFlow({ role: 'connected', ip: listener.ip, ...ports })
    : freshFlow({ role: 'fresh', ...ports });
  return addFlow(packets, flow);
}
