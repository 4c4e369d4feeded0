/** RFC 9293 §3.9.2 TCP/Lower-Level Interface: TCP in UDP, which no RFC describes, as FreeBSD has it (`net.inet.tcp.udp_tunneling_port`). */

import type { Microstep, RuleInfo } from './rule.js';
import type { Ports, Segment } from './segment.js';
import type { Settings } from './settings.js';
import type { Tcb } from './tcb.js';

/** The UDP header, octets. */
export const UDP_HEADER = 8;

export const UDP_PORT: RuleInfo = {
  id: 'arrival/udp-port',
  rfc: 'RFC 9293 §3.9.2',
  title: 'TCP in UDP: is it taken at this port?',
  moves: [],
};

export const UDP_PEER: RuleInfo = {
  id: 'arrival/udp-peer',
  rfc: 'RFC 9293 §3.9.2',
  title: 'TCP in UDP: does the connection use it with this port?',
  moves: [],
};

/** The UDP header that this connection's segments go behind, if any. */
export function udpOf({ settings }: Tcb): Ports | undefined {
  const { udpPort, udpPeer } = settings;
  return udpPeer === 0 ? undefined : { source: udpPort, destination: udpPeer };
}

/** The UDP header of what answers a segment that came behind this one. */
export function answering(udp: Ports | undefined): Ports | undefined {
  return udp && { source: udp.destination, destination: udp.source };
}

/** The settings of a connection in UDP with this port of the peer's: less text fits a segment. 0: of one that is not. */
export function inUdp(settings: Settings, peer: number): Settings {
  if (settings.udpPeer === peer) return settings;
  const mss = Math.max(1, settings.mss - settings.udpOverhead);
  return peer === 0 ? { ...settings, udpPeer: 0 } : { ...settings, udpPeer: peer, mss };
}

/** A host takes TCP in UDP at one port; what comes to another is not for it. */
export function isForOthers({ udpPort }: Settings, { udp }: Segment): boolean {
  return udp !== undefined && udp.destination !== udpPort;
}

/** Whether a segment came behind the UDP header that its connection uses, or both have none. */
export function isOfTunnel({ settings }: Tcb, { udp }: Segment): boolean {
  return settings.udpPeer === (udp?.source ?? 0);
}

/** The segment is discarded, before any rule of a state. */
export function udpPortStep({ udpPort }: Settings, { udp }: Segment): Microstep {
  const taken = udpPort === 0 ? 'at none' : `at ${udpPort}`;
  const why = () => `in UDP to port ${udp?.destination}: the host takes TCP in UDP ${taken}`;
  const effects = [{ kind: 'discard', reason: 'TCP in UDP' }] as const;
  return { rule: UDP_PORT, why, ...NOBODY, effects };
}

/** The segment is not of this connection: it meets the rules of CLOSED. */
export function udpPeerStep({ settings }: Tcb, { udp }: Segment): Microstep {
  const print = (port: number) => (port === 0 ? 'not in UDP' : `in UDP, port ${port}`);
  const why = () =>
    `came ${print(udp?.source ?? 0)}, the connection is ${print(settings.udpPeer)}: of no connection`;
  return { rule: UDP_PEER, why, ...NOBODY, effects: [] };
}

const NOBODY = { connection: undefined, before: undefined, after: undefined } as const;
