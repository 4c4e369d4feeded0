/** Segments in packetdrill's notation. */

import { printFastOpen, printLetters } from '../../lang/packet-letters.js';
import type { Options } from '../../tcp/options.js';
import type { Segment } from '../../tcp/segment.js';

/** How a segment's numbers are written. What is undefined is left out; options are the segment's own then. */
export interface PacketNumbers {
  readonly seq: number;
  readonly ack: number | undefined;
  readonly window: number | undefined;
  readonly options: string | undefined;
}

/** `S. 0:0(0) ack 1 win 65535 <mss 1460>`. */
export function printPacket(
  { ctl, data, options: own }: Segment,
  { seq, ack, window, options }: PacketNumbers,
): string {
  const parts = [
    `${printLetters(ctl)} ${seq}:${(seq + data.length) >>> 0}(${data.length})`,
    ack === undefined ? '' : `ack ${ack}`,
    window === undefined ? '' : `win ${window}`,
    options ?? printOptions(own),
  ];
  return parts.filter((part) => part !== '').join(' ');
}

/** Padded to whole words as most systems do it. */
function printOptions(options: Options): string {
  const { mss, windowScale, sackPermitted, timestamps, fastOpen } = options;
  const words: string[] = [];
  if (mss !== undefined) words.push(`mss ${mss}`);
  if (sackPermitted) words.push(timestamps ? 'sackOK' : 'nop,nop,sackOK');
  if (timestamps) {
    const padding = sackPermitted ? '' : 'nop,nop,';
    words.push(`${padding}TS val ${timestamps.val} ecr ${timestamps.ecr}`);
  }
  if (windowScale !== undefined) words.push(`nop,wscale ${windowScale}`);
  if (fastOpen) words.push(printFastOpen(fastOpen));
  return words.length === 0 ? '' : `<${words.join(',')}>`;
}
