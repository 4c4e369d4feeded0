/** RFC 9293 §3.2 Specific Option Definitions; RFC 7323 §2.2, §3.2; RFC 2018 §2: options as values. */

/** What the option field of a segment says. An absent member is an absent option. */
export interface Options {
  /** Maximum Segment Size, octets. Only on a SYN. */
  readonly mss?: number;
  /** Window scale shift count. Only on a SYN. */
  readonly windowScale?: number;
  /** SACK-permitted. Only on a SYN. */
  readonly sackPermitted?: true;
  readonly timestamps?: Timestamps;
}

/** RFC 7323 §3.2: both modulo 2^32, one tick a millisecond. */
export interface Timestamps {
  readonly val: number;
  readonly ecr: number;
}

export const NO_OPTIONS: Options = {};

/** `MSS=1460,WS=7,SACKOK,TS=1:0`, or an empty string. */
export function printOptions(options: Options): string {
  const parts: string[] = [];
  if (options.mss !== undefined) parts.push(`MSS=${options.mss}`);
  if (options.windowScale !== undefined) parts.push(`WS=${options.windowScale}`);
  if (options.sackPermitted) parts.push('SACKOK');
  if (options.timestamps) parts.push(`TS=${options.timestamps.val}:${options.timestamps.ecr}`);
  return parts.join(',');
}
