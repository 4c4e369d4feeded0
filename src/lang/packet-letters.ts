/** Control bits as packetdrill writes them, a letter each, and the Fast Open option. */

import type { FastOpenOption } from '../tcp/fast-open.js';
import { ACK, CWR, ECE, FIN, PSH, RST, SYN, URG } from '../tcp/segment.js';

const LETTERS: readonly (readonly [bit: number, letter: string])[] = [
  [FIN, 'F'],
  [SYN, 'S'],
  [RST, 'R'],
  [PSH, 'P'],
  [URG, 'U'],
  [ECE, 'E'],
  [CWR, 'W'],
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
