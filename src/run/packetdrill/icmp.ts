/** ICMP messages of a packetdrill script: which error they are, and which of the host's segments they quote. */

import { KERNEL, type PacketIcmp, PEER } from '../../lang/packet-operations.js';
import { addressOf } from '../../sim/world.js';
import type { IcmpMessage } from '../../tcp/host.js';
import { add, type Seq, seq } from '../../tcp/seq.js';
import type { RunState } from '../state.js';
import { currentFlow, type Flow, type PacketState } from './state.js';

type IcmpError = IcmpMessage['error'];

/** Codes of Destination Unreachable, of ICMP and of ICMPv6, as packetdrill names them. */
const UNREACHABLE: Readonly<Record<string, IcmpError>> = {
  net_unreachable: 'net-unreachable',
  host_unreachable: 'host-unreachable',
  protocol_unreachable: 'protocol-unreachable',
  port_unreachable: 'port-unreachable',
  frag_needed: 'too-big',
  source_route_failed: 'source-route-failed',
  net_unknown: 'net-unknown',
  host_unknown: 'host-unknown',
  source_host_isolated: 'host-isolated',
  net_prohibited: 'net-prohibited',
  host_prohibited: 'prohibited',
  packet_filtered: 'prohibited',
  admin_prohibited: 'prohibited',
  net_unreachable_for_tos: 'net-unreachable',
  host_unreachable_for_tos: 'host-unreachable',
  precedence_violation: 'precedence',
  precedence_cutoff: 'precedence',
  no_route: 'net-unreachable',
  not_neighbour: 'beyond-scope',
  address_unreachable: 'host-unreachable',
  addr_unreachable: 'host-unreachable',
};

/** Of other types: whatever the code, but for those below. */
const OTHERS: Readonly<Record<string, IcmpError>> = {
  packet_too_big: 'too-big',
  time_exceeded: 'time-exceeded',
  parameter_problem: 'parameter-problem',
  source_quench: 'source-quench',
  redirect: 'redirect',
};

const CODES: Readonly<Record<string, IcmpError>> = {
  frag_reass_exceeded: 'reassembly-time-exceeded',
  exceeded_frag_time: 'reassembly-time-exceeded',
  frag_time_exceeded: 'reassembly-time-exceeded',
  unknown_next_header: 'unknown-next-header',
  code_2: 'bad-length',
};

/** The error of a message; undefined when its type or code is unknown here. */
function errorOf({ type, code }: PacketIcmp): IcmpError | undefined {
  if (type === 'unreachable') return UNREACHABLE[code ?? 'net_unreachable'];
  return CODES[code ?? ''] ?? OTHERS[type];
}

/** A number of the host's that a message quotes: of its SYN when the script says just that, else counted from its ISN. */
function wireIss({ iss, scriptIss }: Flow, quoted: number): Seq {
  return quoted === scriptIss ? seq(iss) : add(seq(iss), quoted);
}

/** The message as it reaches the host; a text when it cannot be meant here. */
export function icmpMessage(state: RunState, icmp: PacketIcmp): IcmpMessage | string {
  const error = errorOf(icmp);
  if (!error) return `the ICMP message \`${icmp.type} ${icmp.code ?? ''}\``;
  const flow = currentFlow(state.packets as PacketState);
  const { localPort = 0, remotePort = 0 } = flow ?? {};
  return {
    error,
    mtu: icmp.mtu,
    source: { address: addressOf(state.world, KERNEL), port: localPort },
    destination: { address: addressOf(state.world, PEER), port: remotePort },
    seq: flow ? wireIss(flow, icmp.seq ?? 0) : seq(0),
  };
}
