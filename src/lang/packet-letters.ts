/** Control bits and options as packetdrill writes them. */

import { type AccEcnOption, FIELD_ORDERS } from '../tcp/ecn-option.js';
import type { FastOpenOption } from '../tcp/fast-open.js';
import type { Options } from '../tcp/options.js';
import { ACK, AE, CWR, ECE, FIN, PSH, RST, SYN, URG } from '../tcp/segment.js';
import { num } from '../tcp/seq.js';

const LETTERS: readonly (readonly [bit: number, letter: string])[] = [
  [FIN, 'F'],
  [SYN, 'S'],
  [RST, 'R'],
  [PSH, 'P'],
  [URG, 'U'],
  [ECE, 'E'],
  [CWR, 'W'],
  [AE, 'A'],
  [ACK, '.'],
];

/** `S.`, `FP.`; `-` when no bit is set. */
export function printLetters(ctl: number): string {
  return LETTERS.map(([bit, letter]) => ((ctl & bit) === 0 ? '' : letter)).join('') || '-';
}

/** `FO 0102030405060708`; `FO` asks for a cookie; `FOEXP` is the experimental kind. */
export function printFastOpen({ cookie, experimental }: FastOpenOption): string {
  return `${experimental ? 'FOEXP' : 'FO'} ${cookie}`.trimEnd();
}

/** `ECN e1b 1 ceb 0 e0b 1`; the names tell the order. */
export function printEcnOption({ order, fields }: AccEcnOption): string {
  return ['ECN', ...fields.map((value, i) => `${FIELD_ORDERS[order][i]} ${value}`)].join(' ');
}

/** Options in packetdrill’s notation, padded to whole words as most systems do it: `mss 1460,nop,wscale 7`. */
export function printOptions(options: Options): string {
  const { mss, windowScale, sackPermitted, timestamps, sack, fastOpen } = options;
  const words: string[] = [];
  if (mss !== undefined) words.push(`mss ${mss}`);
  if (sackPermitted) words.push(timestamps ? 'sackOK' : 'nop,nop,sackOK');
  if (timestamps) {
    const padding = sackPermitted ? '' : 'nop,nop,';
    words.push(`${padding}TS val ${timestamps.val} ecr ${timestamps.ecr}`);
  }
  if (sack)
    words.push(
      `nop,nop,sack ${sack.map(({ left, right }) => `${num(left)}:${num(right)}`).join(' ')}`,
    );
  if (windowScale !== undefined) words.push(`nop,wscale ${windowScale}`);
  if (options.accurateEcn) words.push(printEcnOption(options.accurateEcn));
  if (fastOpen) words.push(printFastOpen(fastOpen));
  return words.join(',');
}
