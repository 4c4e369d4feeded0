/** RFC 791 §3.1, RFC 8200 §3: datagrams of either family, in Ethernet frames. */

import { addressOctets } from '../lang/addresses.js';
import { type Codepoint, NOT_ECT } from '../tcp/ecn/ip.js';
import { be16, be32, internetChecksum } from './checksum.js';

/** Numbers of what a datagram carries. */
export const PROTOCOL = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 } as const;

/** The most octets that follow an IPv4 header of 20: Total Length has 16 bits. IPv6 has room for 20 more. */
const LARGEST = 65_515;

/** Who is who on the link: the last octets of made-up MAC addresses, and the number of an IPv4 datagram. */
export interface Ends {
  readonly from: number;
  readonly to: number;
  readonly identification: number;
}

/** What the IP header has of the datagram itself. */
interface Addresses {
  readonly source: string;
  readonly destination: string;
  readonly ecn?: Codepoint;
}

/** Whether one datagram can carry so many octets. */
export function fitsDatagram(octets: number): boolean {
  return octets <= LARGEST;
}

/** The octets of an address that the checker has accepted; what slips through is our defect. */
export function octetsOf(address: string): readonly number[] {
  const octets = addressOctets(address);
  if (octets === undefined) throw new Error(`"${address}" is no IP address`);
  return octets;
}

/** A whole Ethernet frame around what an IP datagram carries: `payload` must fit one (`fitsDatagram`). */
export function encodeDatagram(
  { source, destination, ecn = NOT_ECT }: Addresses,
  protocol: number,
  payload: Uint8Array,
  ends: Ends,
): Uint8Array {
  const [from, to] = [octetsOf(source), octetsOf(destination)];
  const isFour = from.length === 4;
  const ip = isFour
    ? ipv4Header(payload.length, protocol, ends.identification, [...from, ...to], ecn)
    : [0x60, ecn << 4, 0, 0, ...be16(payload.length), protocol, 64, ...from, ...to];
  const type = isFour ? 0x0800 : 0x86dd;
  const head = [...mac(ends.to), ...mac(ends.from), ...be16(type), ...ip];
  const frame = new Uint8Array(head.length + payload.length);
  frame.set(head);
  frame.set(payload, head.length);
  return frame;
}

/** An IPv4 header without options, with Don't Fragment: for so many octets after it. */
export function ipv4Header(
  length: number,
  protocol: number,
  identification: number,
  addresses: readonly number[],
  ecn: Codepoint = NOT_ECT,
): readonly number[] {
  const head = [0x45, ecn, ...be16(20 + length), ...be16(identification), 0x40, 0, 64, protocol];
  return [...head, ...be16(internetChecksum(head, addresses)), ...addresses];
}

/** The pseudo-header that checksums of TCP and of ICMPv6 begin with (RFC 9293 §3.1, RFC 8200 §8.1). */
export function pseudoHeader(
  source: string,
  destination: string,
  protocol: number,
  length: number,
): readonly number[] {
  const addresses = [...octetsOf(source), ...octetsOf(destination)];
  return addresses.length === 8
    ? [...addresses, 0, protocol, ...be16(length)]
    : [...addresses, ...be32(length), 0, 0, 0, protocol];
}

/** A locally administered address: 02:00:00:00:xx:xx. */
function mac(host: number): readonly number[] {
  return [0x02, 0, 0, 0, ...be16(host)];
}
