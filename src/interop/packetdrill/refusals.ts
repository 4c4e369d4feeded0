/** Socket calls of other protocols and of kernels alone: said to be not supported before anything runs. */

import { PACKET_CALLS } from '../../lang/packet-calls.js';
import { namesIn, type PacketValue } from '../../lang/packet-operations.js';

const REFUSED: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/^(SOCK_DGRAM|IPPROTO_UDP|IPPROTO_UDPLITE)$/, 'UDP'],
  [/^(IPPROTO_SCTP|SOL_SCTP|SOCK_SEQPACKET|SCTP_\w+)$/, 'SCTP'],
  [/^(IPPROTO_MPTCP|SOL_MPTCP)$/, 'Multipath TCP'],
  [/^(SOCK_RAW|AF_UNIX|AF_PACKET)$/, 'sockets other than of TCP'],
  [/^TCP_MD5SIG\w*$/, 'TCP MD5 signatures'],
  [/^TCP_ZEROCOPY_RECEIVE$/, 'receiving without a copy'],
];

/** Of a socket; 0 leaves the choice to the kernel. */
const IPPROTO_TCP = 6;

/** Calls of either packetdrill that are not of a TCP. */
const OTHERS = /^(?:cap_set|usleep|kqueue|kevent|psp_rx_assoc|psp_tx_assoc|sctp_\w+)$/;

/** Whether a packetdrill knows a call. */
export function isCall(call: string): boolean {
  return PACKET_CALLS.has(call) || OTHERS.test(call);
}

/** What about a call cannot be meant here; undefined when nothing. */
export function refusal(call: string, args: readonly PacketValue[]): string | undefined {
  if (!PACKET_CALLS.has(call)) return OTHERS.test(call) ? `the call \`${call}\`` : undefined;
  if (call === 'sendfile' && args.length === 7) return 'FreeBSD’s `sendfile`';
  const protocol = call === 'socket' && args[2]?.kind === 'number' ? args[2].value : IPPROTO_TCP;
  if (protocol !== 0 && protocol !== IPPROTO_TCP) return `sockets of protocol ${protocol}`;
  for (const word of args.flatMap(namesIn)) {
    const found = REFUSED.find(([pattern]) => pattern.test(word));
    if (found) return `${found[1]} (\`${word}\`)`;
  }
  return undefined;
}
