/** ICMP messages of a packetdrill script: which error they are, and which of the host's segments they quote. */

import { icmpErrorOf } from '../../lang/packet-icmp.js';
import { KERNEL, type PacketIcmp, PEER } from '../../lang/packet-operations.js';
import { addressOf } from '../../sim/world.js';
import type { IcmpMessage } from '../../tcp/host.js';
import { ipVersion } from '../../tcp/ip-version.js';
import { add, type Seq, seq } from '../../tcp/seq.js';
import type { RunState } from '../state.js';
import { currentFlow, type Flow, type PacketState } from './state.js';

/** A number of the host's that a message quotes: of its SYN when the script says just that, else counted from its ISN. */
function wireIss({ iss, scriptIss }: Flow, quoted: number): Seq {
  return quoted === scriptIss ? seq(iss) : add(seq(iss), quoted);
}

/** The message as it reaches the host; a text when it cannot be meant here. */
export function icmpMessage(state: RunState, icmp: PacketIcmp): IcmpMessage | string {
  const version = ipVersion(addressOf(state.world, KERNEL));
  const error = icmpErrorOf(icmp.type, icmp.code, version);
  if (!error) return `the ICMP message \`${icmp.type} ${icmp.code ?? ''}\``;
  const flow = currentFlow(state.packets as PacketState);
  const { localPort = 0, remotePort = 0 } = flow ?? {};
  return {
    error,
    mtu: icmp.mtu,
    udp: icmp.udp,
    source: { address: addressOf(state.world, KERNEL), port: localPort },
    destination: { address: addressOf(state.world, PEER), port: remotePort },
    seq: flow ? wireIss(flow, icmp.seq ?? 0) : seq(0),
  };
}
