/** RFC 9768 §3.2: the counters that each Data Receiver has, and each Data Sender of its peer. */

import type { Codepoint } from './ip.js';

/** Packets with CE, and octets of text with each codepoint. */
export interface EcnCounters {
  readonly cep: number;
  readonly ceb: number;
  readonly e0b: number;
  readonly e1b: number;
}

/** §3.2.1 Initialization of Feedback Counters. */
export const FIRST_COUNTERS: EcnCounters = { cep: 5, ceb: 0, e0b: 1, e1b: 1 };

/** One that counts octets. */
export type OctetCounter = Exclude<keyof EcnCounters, 'cep'>;

const BY_CODEPOINT: readonly (OctetCounter | undefined)[] = [undefined, 'e1b', 'e0b', 'ceb'];

/** Which counts the octets that arrive with this codepoint; undefined for Not-ECT, whose octets nobody counts. */
export function octetCounter(codepoint: Codepoint): OctetCounter | undefined {
  return BY_CODEPOINT[codepoint];
}
