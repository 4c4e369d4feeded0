/** In which order a system writes the options of a segment, and how it pads them: as packetdrill's notation lists them. */

import { accEcnLength } from '../tcp/ecn/option.js';
import { fastOpenLength } from '../tcp/fast-open.js';
import type { Options } from '../tcp/options.js';

export type LaidKind =
  | 'nop'
  | 'eol'
  | 'mss'
  | 'wscale'
  | 'sackOK'
  | 'TS'
  | 'sack'
  | 'ECN'
  | 'FO'
  | 'md5';

/** Kinds in the order of the header. */
export function layOut(options: Options, system: 'linux' | 'freebsd'): readonly LaidKind[] {
  return system === 'linux' ? ofLinux(options) : ofFreebsd(options);
}

/** Linux writes whole words: what is shorter has NOPs before it, and what AccECN leaves of a word is filled by what follows. */
function ofLinux(options: Options): readonly LaidKind[] {
  const kinds: LaidKind[] = [];
  if (options.mss !== undefined) kinds.push('mss');
  if (options.timestamps) {
    if (options.sackPermitted) kinds.push('sackOK', 'TS');
    else kinds.push('nop', 'nop', 'TS');
  }
  const alone = options.sackPermitted === true && options.timestamps === undefined;
  kinds.push(...besideEcn(options, alone));
  if (options.fastOpen) {
    kinds.push('FO');
    if (fastOpenLength(options.fastOpen) % 4 === 2) kinds.push('nop', 'nop');
  }
  if (options.signature) kinds.push('nop', 'nop', 'md5');
  return kinds;
}

/** What fills the two octets before an option that has NOPs before it: AccECN's length leaves all, half or nothing of them. */
const FILLING = {
  nops: ['nop', 'nop'],
  half: ['nop'],
  ecn: ['ECN'],
} as const;

/** AccECN and what is written after it. */
function besideEcn(options: Options, sackPermitted: boolean): readonly LaidKind[] {
  const kinds: LaidKind[] = [];
  const length = options.accurateEcn ? accEcnLength(options.accurateEcn) : 0;
  if (length > 2) kinds.push('ECN');
  if (length % 4 === 3) kinds.push('nop');
  let filling: keyof typeof FILLING = length === 2 ? 'ecn' : length % 4 === 1 ? 'half' : 'nops';
  const put = (kind: LaidKind): void => {
    kinds.push(...FILLING[filling], kind);
    filling = 'nops';
  };
  if (sackPermitted) put('sackOK');
  if (options.windowScale !== undefined) {
    if (filling === 'half') filling = 'nops';
    else kinds.push('nop');
    kinds.push('wscale');
  }
  if (options.sack) put('sack');
  else if (filling !== 'nops') kinds.push(...FILLING[filling], 'nop', 'nop');
  return kinds;
}

/** FreeBSD aligns each option by NOPs, and ends the list by zeros. */
function ofFreebsd(options: Options): readonly LaidKind[] {
  const kinds: LaidKind[] = [];
  let length = 0;
  const put = (kind: LaidKind, octets: number, ahead: number, unit: number): void => {
    for (; (length + ahead) % unit !== 0; length++) kinds.push('nop');
    kinds.push(kind);
    length += octets;
  };
  if (options.mss !== undefined) put('mss', 4, 0, 4);
  if (options.windowScale !== undefined) put('wscale', 3, 1, 2);
  if (options.sackPermitted) put('sackOK', 2, 0, 2);
  if (options.timestamps) put('TS', 10, 2, 4);
  if (options.sack) put('sack', 2 + 8 * options.sack.length, 2, 4);
  if (options.fastOpen) put('FO', fastOpenLength(options.fastOpen), 0, 1);
  if (options.signature) put('md5', 18, 0, 1);
  for (; length % 4 !== 0; length++) kinds.push('eol');
  return kinds;
}
