/** What a host can be told of TCP in UDP (RFC 9293 §3.9.2 leaves open what carries it): a part of the table of settings. */

import type { SettingInfo } from '../settings.js';

/** By default no segment is in UDP. */
export const NO_UDP: UdpSettings = { udpPort: 0, udpPeer: 0, udpOverhead: 8 };

export interface UdpSettings {
  readonly udpPort: number;
  readonly udpPeer: number;
  readonly udpOverhead: number;
}

export const UDP_SETTINGS: readonly SettingInfo[] = [
  {
    word: 'udp-port',
    name: 'udpPort',
    kind: 'count',
    range: [0, 65_535],
    doc: 'The UDP port at which segments in UDP datagrams are taken, and from which they are sent; 0: none is taken (FreeBSD, `net.inet.tcp.udp_tunneling_port`).',
  },
  {
    word: 'udp-peer',
    name: 'udpPeer',
    kind: 'count',
    range: [0, 65_535],
    doc: "The peer's UDP port of connections that this host opens actively; 0: they are not in UDP. Those that come in answer as they are asked.",
  },
  {
    word: 'udp-overhead',
    name: 'udpOverhead',
    kind: 'octets',
    range: [8, 1_024],
    doc: 'By how much the Maximum Segment Size of a connection in UDP is smaller, octets (FreeBSD, `net.inet.tcp.udp_tunneling_overhead`).',
  },
];
