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

/** Settings of a connection that is not in UDP, as those of one that is with this port of the peer's: less text fits a segment. 0: they stay. */
export function inUdp(settings: Settings, peer: number): Settings {
  if (peer === 0) return settings;
  const mss = Math.max(1, settings.mss - settings.udpOverhead);
  return { ...settings, udpPeer: peer, mss };
}

/** The settings of the connection that a segment at a listener begins: it answers as it is asked. */
export function settingsOfChild({ settings }: Tcb, seg: Segment): Settings {
  return inUdp(settings, peerOf(seg));
}

/** The UDP port that a segment came from; 0 when it did not come in UDP. */
function peerOf({ udp }: Segment): number {
  return udp?.source ?? 0;
}

/** A host takes TCP in UDP at one port; what comes to another is not for it. */
export function isForOthers({ udpPort }: Settings, { udp }: Segment): boolean {
  return udp !== undefined && udp.destination !== udpPort;
}

/** Whether a segment came behind the UDP header that its connection uses, or both have none. */
export function isOfTunnel({ settings }: Tcb, seg: Segment): boolean {
  return settings.udpPeer === peerOf(seg);
}

/** The segment is discarded, before any rule of a state. */
export function udpPortStep({ udpPort }: Settings, { udp }: Segment): Microstep {
  const taken = udpPort === 0 ? 'at none' : `at ${udpPort}`;
  const why = () => `in UDP to port ${udp?.destination}: the host takes TCP in UDP ${taken}`;
  const effects = [{ kind: 'discard', reason: 'TCP in UDP' }] as const;
  return { rule: UDP_PORT, why, ...NOBODY, effects };
}

/** The segment is not of this connection: it meets the rules of CLOSED. */
export function udpPeerStep({ settings }: Tcb, seg: Segment): Microstep {
  const print = (port: number) => (port === 0 ? 'not in UDP' : `in UDP, port ${port}`);
  const why = () =>
    `came ${print(peerOf(seg))}, the connection is ${print(settings.udpPeer)}: of no connection`;
  return { rule: UDP_PEER, why, ...NOBODY, effects: [] };
}

const NOBODY = { connection: undefined, before: undefined, after: undefined } as const;
