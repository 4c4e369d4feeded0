/** RFC 9293 §3.4 Sequence Numbers: arithmetic and comparisons modulo 2^32. */

declare const seqBrand: unique symbol;

/**
 * A sequence number: one of 2^32. Opaque, so that `+` and `<` cannot be used by mistake; `num` says which one it is. Two that are
 * equal are `===`. Kept as a signed integer of 32 bits, which takes no memory of its own.
 */
export interface Seq {
  readonly [seqBrand]: true;
}

/** Any integer, modulo 2^32. `seq(-1)` is 4294967295. */
export function seq(n: number): Seq {
  return (n | 0) as unknown as Seq;
}

/** The number that people write: an integer in [0, 2^32). */
export function num(s: Seq): number {
  return signed(s) >>> 0;
}

/** `s + n` modulo 2^32; `n` may be negative. */
export function add(s: Seq, n: number): Seq {
  return seq(signed(s) + n);
}

/** How many numbers lie from `from` up to `to`: an integer in [0, 2^32). `distance(ISS, SND.NXT)`. */
export function distance(from: Seq, to: Seq): number {
  return (signed(to) - signed(from)) >>> 0;
}

/** `a < b` in sequence space: b is ahead of a by less than 2^31. Exactly 2^31 apart, neither is before the other. */
export function before(a: Seq, b: Seq): boolean {
  return ((signed(b) - signed(a)) | 0) > 0;
}

/** `a =< b` in sequence space. */
export function atOrBefore(a: Seq, b: Seq): boolean {
  return a === b || before(a, b);
}

/** The later of two. */
export function latest(a: Seq, b: Seq): Seq {
  return before(a, b) ? b : a;
}

function signed(s: Seq): number {
  return s as unknown as number;
}
