/** RFC 9293 §3.7.1 Maximum Segment Size Option: how long the IP datagram is that carries a segment. */

import { isIPv6 } from './ip-version.js';
import { optionsLength } from './options.js';
import type { Segment } from './segment.js';
import { UDP_HEADER } from './udp-encapsulation.js';

/** The headers of IP and TCP without options, octets: 40, and 60 to or from an IPv6 address. */
export function headerOctets(address: string): number {
  return isIPv6(address) ? 60 : 40;
}

/** The MSS that fills a datagram of 1500 octets, octets: 1460, and 1440 to or from an IPv6 address. */
export function usualMss(address: string): number {
  return ETHERNET - headerOctets(address);
}

const ETHERNET = 1_500;

/** No headers are longer: those of IPv6 and UDP, and a TCP header full of options. */
export const LONGEST_HEADERS = 40 + UDP_HEADER + 60;

/** The whole datagram: IP header, UDP header if there is one, TCP header with options, text. */
export function datagramOctets({ options, udp, data }: Segment, address: string): number {
  const between = udp === undefined ? 0 : UDP_HEADER;
  return headerOctets(address) + between + optionsLength(options) + data.length;
}
