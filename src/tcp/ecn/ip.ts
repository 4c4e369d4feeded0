/** RFC 3168 §5 Explicit Congestion Notification in IP: the codepoints of the ECN field. */

/** The two bits of the IP header. */
export type Codepoint = 0 | 1 | 2 | 3;

export const NOT_ECT: Codepoint = 0b00;
export const ECT1: Codepoint = 0b01;
export const ECT0: Codepoint = 0b10;
export const CE: Codepoint = 0b11;

/** Their names as scripts and traces write them, by value. */
export const CODEPOINTS = ['NOT_ECT', 'ECT1', 'ECT0', 'CE'] as const;

/** `ECT0`. */
export function printCodepoint(codepoint: Codepoint): (typeof CODEPOINTS)[Codepoint] {
  return CODEPOINTS[codepoint];
}

/** The codepoint of these two bits; what lies above them is ignored. */
export function codepointOf(bits: number): Codepoint {
  return (bits & 3) as Codepoint;
}

/** §18.1: whether a path that leaves the field alone, or marks what is ECN-capable, can have made one of the other. */
export function isValidTransition(sent: Codepoint, received: Codepoint): boolean {
  return sent === received || (sent !== NOT_ECT && sent !== CE && received !== NOT_ECT);
}
