/** RFC 9293 §3.9.2.2 ICMP Messages: what they say, and what they quote (RFC 792, RFC 4443). */

import type { Ports } from '../segment.js';
import type { Seq } from '../seq.js';
import type { Socket } from '../tcb.js';

/** What a message says, of ICMP or ICMPv6. The value is what the user is told. */
export const ICMP_TEXT = {
  'net-unreachable': 'network unreachable',
  'host-unreachable': 'host unreachable',
  'protocol-unreachable': 'protocol unreachable',
  'port-unreachable': 'port unreachable',
  'too-big': 'datagram too big for the path',
  'source-route-failed': 'source route failed',
  'net-unknown': 'network unknown',
  'host-unknown': 'host unknown',
  'host-isolated': 'source host isolated',
  'net-prohibited': 'communication with the network prohibited',
  'net-tos': 'network unreachable for this type of service',
  'host-tos': 'host unreachable for this type of service',
  prohibited: 'communication prohibited',
  precedence: 'precedence violation',
  'beyond-scope': 'beyond the scope of the source address',
  'time-exceeded': 'time to live exceeded in transit',
  'reassembly-time-exceeded': 'reassembly time exceeded',
  'parameter-problem': 'parameter problem',
  'bad-length': 'parameter problem: bad length',
  'unknown-next-header': 'unrecognized next header',
  'source-quench': 'source quench',
  redirect: 'redirect',
} as const;

export type IcmpError = keyof typeof ICMP_TEXT;

export function isIcmpError(word: string): word is IcmpError {
  return Object.hasOwn(ICMP_TEXT, word);
}

/** An error message, and what it quotes of the datagram that caused it. */
export interface IcmpMessage {
  readonly error: IcmpError;
  /** `too-big`: the next hop's MTU, octets; 0 or absent when it does not say. */
  readonly mtu?: number | undefined;
  /** The quoted datagram's source: our side. */
  readonly source: Socket;
  /** The quoted datagram's destination: the remote side. */
  readonly destination: Socket;
  /** The quoted segment's sequence number. */
  readonly seq: Seq;
  /** The UDP header that the quoted segment was behind, if it was in UDP. */
  readonly udp?: Ports | undefined;
}
