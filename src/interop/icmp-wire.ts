/** RFC 792, RFC 4443: an ICMP error message as octets, with the start of the datagram that it is about. */

import { icmpNumbersOf } from '../lang/packet-icmp.js';
import type { IcmpMessage } from '../tcp/icmp/messages.js';
import { num } from '../tcp/seq.js';
import { be16, be32, internetChecksum } from './checksum.js';
import {
  type Ends,
  encodeDatagram,
  ipv4Header,
  octetsOf,
  PROTOCOL,
  pseudoHeader,
} from './frame.js';

/**
 * The Ethernet frame of a message that comes from the remote side of the connection it is about; undefined when this
 * family has no such message.
 */
export function encodeIcmp(message: IcmpMessage, ends: Ends): Uint8Array | undefined {
  const quotedFrom = octetsOf(message.source.address);
  const isFour = quotedFrom.length === 4;
  const kind = icmpNumbersOf(message.error, isFour ? 4 : 6);
  if (kind === undefined) return undefined;
  const addresses = [...quotedFrom, ...octetsOf(message.destination.address)];
  // The IP header and the first 64 bits after it: the ports and the sequence number.
  const quoted = [
    ...(isFour ? ipv4Header(20, PROTOCOL.tcp, 0, addresses) : ipv6Quoted(addresses)),
    ...be16(message.source.port),
    ...be16(message.destination.port),
    ...be32(num(message.seq)),
  ];
  const octets = Uint8Array.from([...kind, 0, 0, ...rest(message, isFour), ...quoted]);
  const [source, destination] = [message.destination.address, message.source.address];
  const pseudo = isFour ? [] : pseudoHeader(source, destination, PROTOCOL.icmpv6, octets.length);
  octets.set(be16(internetChecksum(pseudo, octets)), 2);
  const protocol = isFour ? PROTOCOL.icmp : PROTOCOL.icmpv6;
  return encodeDatagram({ source, destination }, protocol, octets, ends);
}

/** The second word: the MTU of the next hop, which ICMP keeps in its lower half; the gateway of a redirect. */
function rest({ error, mtu = 0, destination }: IcmpMessage, isFour: boolean): readonly number[] {
  if (error === 'redirect') return octetsOf(destination.address);
  if (error !== 'too-big') return [0, 0, 0, 0];
  return isFour ? [0, 0, ...be16(Math.min(mtu, 0xffff))] : be32(mtu);
}

/** A TCP header of 20 octets was behind it. */
function ipv6Quoted(addresses: readonly number[]): readonly number[] {
  return [0x60, 0, 0, 0, ...be16(20), PROTOCOL.tcp, 64, ...addresses];
}
