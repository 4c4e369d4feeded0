/** ICMP error messages in packetdrill's notation. */

import type { IcmpError, IcmpMessage } from '../../tcp/icmp.js';

/** Type and code of each error, of ICMP and of ICMPv6. */
const WORDS: Readonly<Record<IcmpError, string | readonly [string, string]>> = {
  'net-unreachable': ['unreachable net_unreachable', 'unreachable no_route'],
  'host-unreachable': ['unreachable host_unreachable', 'unreachable address_unreachable'],
  'protocol-unreachable': [
    'unreachable protocol_unreachable',
    'parameter_problem unknown_next_header',
  ],
  'port-unreachable': 'unreachable port_unreachable',
  'too-big': ['unreachable frag_needed', 'packet_too_big'],
  'source-route-failed': 'unreachable source_route_failed',
  'net-unknown': 'unreachable net_unknown',
  'host-unknown': 'unreachable host_unknown',
  'host-isolated': 'unreachable source_host_isolated',
  'net-prohibited': 'unreachable net_prohibited',
  prohibited: ['unreachable packet_filtered', 'unreachable admin_prohibited'],
  precedence: 'unreachable precedence_violation',
  'beyond-scope': 'unreachable not_neighbour',
  'time-exceeded': 'time_exceeded',
  'reassembly-time-exceeded': [
    'time_exceeded frag_time_exceeded',
    'time_exceeded frag_reass_exceeded',
  ],
  'parameter-problem': 'parameter_problem',
  'bad-length': 'parameter_problem',
  'unknown-next-header': 'parameter_problem unknown_next_header',
  'source-quench': 'source_quench',
  redirect: 'redirect',
};

/** `icmp unreachable frag_needed mtu 1200 [1:1(0)]`. `quoted`: the number of the segment that it is about, counted from its ISS. */
export function printIcmp({ error, mtu }: IcmpMessage, quoted: number, version: 4 | 6): string {
  const words = WORDS[error];
  const type = typeof words === 'string' ? words : words[version === 4 ? 0 : 1];
  const size = error === 'too-big' && mtu !== undefined ? ` mtu ${mtu}` : '';
  return `icmp ${type}${size} [${quoted}:${quoted}(0)]`;
}
