/** The syntax tree of a segment: as it is expected, injected, or met by a fault. */

import { FLAGS, type Flag } from '../tcp/segment.js';
import type { Expression } from './expression-tree.js';
import type { Name, Range } from './range.js';

/** Whether a word is a control bit, in either case. */
export function isFlag(word: string): boolean {
  return FLAGS.some((flag) => flag === word.toUpperCase());
}

/** `A -> B SYN,ACK seq=300 ack=101`, or `A -> B <SEQ=300><ACK=101><CTL=SYN,ACK>`. */
export interface SegmentPattern {
  readonly from: Name;
  readonly to: Name;
  /** The control bits in the order written; empty for `none`; undefined when any will do. */
  readonly flags: readonly Flag[] | 'blank' | undefined;
  readonly fields: readonly Field[];
  readonly notation: 'fields' | 'rfc';
  /** How many fields stand before CTL in the RFC's notation: `<SEQ=1><CTL=ACK><DATA>`. */
  readonly flagsAt: number;
  readonly range: Range;
}

/** `seq=100`; `ts=VAL:ECR` has an `echo`; `sackok` and the RFC's `<DATA>` have no value, `fo` and `accecn1` need not have one. */
export interface Field {
  readonly name: FieldName;
  readonly value: Expression | undefined;
  readonly echo: Expression | undefined;
  readonly range: Range;
}

export type FieldName =
  | 'from'
  | 'to'
  | 'seq'
  | 'ack'
  | 'win'
  | 'len'
  | 'data'
  | 'mss'
  | 'wscale'
  | 'sackok'
  | 'ts'
  | 'uto'
  | 'up'
  | 'ecn'
  | 'fo'
  | 'foexp'
  | 'accecn0'
  | 'accecn1';

/** The Fast Open Option in its two kinds: its cookie is a text. */
export function isCookie(name: FieldName): name is 'fo' | 'foexp' {
  return name === 'fo' || name === 'foexp';
}

/** The AccECN Option in its two orders: counters as they are written, `1:0:1`, the last ones may be missing. */
export function isCounters(name: FieldName): name is 'accecn0' | 'accecn1' {
  return name === 'accecn0' || name === 'accecn1';
}
