/** Control bits and options as packetdrill writes them. */

import { type AccEcnOption, FIELD_ORDERS } from '../tcp/ecn/option.js';
import type { FastOpenOption } from '../tcp/fast-open.js';
import type { Options } from '../tcp/options.js';
import { ACK, AE, CWR, ECE, FIN, PSH, RST, SYN, URG } from '../tcp/segment.js';
import { num } from '../tcp/seq.js';
import { type LaidKind, layOut } from './packet-layout.js';

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

/** Options in packetdrill’s notation, in the order of the header and with its padding: `mss 1460,nop,wscale 7`. */
export function printOptions(options: Options, system: 'linux' | 'freebsd' = 'linux'): string {
  return layOut(options, system)
    .map((kind) => printOption(kind, options))
    .join(',');
}

function printOption(kind: LaidKind, options: Options): string {
  const { mss, windowScale, timestamps, sack, fastOpen, accurateEcn } = options;
  switch (kind) {
    case 'mss':
      return `mss ${mss}`;
    case 'wscale':
      return `wscale ${windowScale}`;
    case 'TS':
      return `TS val ${timestamps?.val} ecr ${timestamps?.ecr}`;
    case 'sack':
      return `sack ${sack?.map(({ left, right }) => `${num(left)}:${num(right)}`).join(' ')}`;
    case 'ECN':
      return accurateEcn ? printEcnOption(accurateEcn) : '';
    case 'FO':
      return fastOpen ? printFastOpen(fastOpen) : '';
    case 'md5':
      return `md5 ${'0'.repeat(32)}`;
    default:
      return kind;
  }
}
