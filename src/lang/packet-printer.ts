/** Segments in packetdrill's notation. */

import { NOT_ECT, printCodepoint } from '../tcp/ecn/ip.js';
import type { Segment } from '../tcp/segment.js';
import { printPorts } from '../tcp/segment.js';
import { printLetters, printOptions } from './packet-letters.js';

/** How a segment's numbers are written. What is undefined is left out; options are the segment's own then, as the system lays them out. */
export interface PacketNumbers {
  readonly seq: number;
  readonly ack: number | undefined;
  readonly window: number | undefined;
  readonly options?: string | undefined;
  readonly system?: 'linux' | 'freebsd' | undefined;
}

/** `S. 0:0(0) ack 1 win 65535 <mss 1460>`. */
export function printPacket(
  { ctl, up, data, options: own, ecn, udp }: Segment,
  { seq, ack, window, options, system }: PacketNumbers,
): string {
  const parts = [
    ecn === NOT_ECT ? '' : `[${printCodepoint(ecn).toLowerCase()}]`,
    `${printLetters(ctl)} ${seq}:${(seq + data.length) >>> 0}(${data.length})`,
    ack === undefined ? '' : `ack ${ack}`,
    window === undefined ? '' : `win ${window}`,
    up === 0 ? '' : `urg ${up}`,
    options ?? inBrackets(printOptions(own, system)),
  ];
  const behind = udp === undefined ? '' : `/udp(${printPorts(udp)})`;
  return `${parts.filter((part) => part !== '').join(' ')}${behind}`;
}

function inBrackets(options: string): string {
  return options === '' ? '' : `<${options}>`;
}
