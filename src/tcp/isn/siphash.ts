/** RFC 6528 §3: a pseudorandom function for F that is faster than MD5: SipHash-2-4 (Aumasson, Bernstein, 2012). */

/** A key of 128 bits as four words, the least significant first. */
export type SipKey = Int32Array;

/** 64 bits as two unsigned words. */
export interface SipHash {
  readonly high: number;
  readonly low: number;
}

/** The key from 16 octets. */
export function sipKey(octets: Uint8Array): SipKey {
  const view = new DataView(octets.buffer, octets.byteOffset, 16);
  return new Int32Array([0, 4, 8, 12].map((at) => view.getInt32(at, true)));
}

/**
 * SipHash-2-4 of a text whose characters are octets. v0 to v3 are a, b, c and d, the high word of each in capitals, because
 * JavaScript's integers have 32 bits. The last turn is the finalization.
 */
export function sipHash(key: SipKey, text: string): SipHash {
  const [k0, k1, k2, k3] = [key[0] as number, key[1] as number, key[2] as number, key[3] as number];
  let [a, A] = [k0 ^ 0x70736575, k1 ^ 0x736f6d65];
  let [b, B] = [k2 ^ 0x6e646f6d, k3 ^ 0x646f7261];
  let [c, C] = [k0 ^ 0x6e657261, k1 ^ 0x6c796765];
  let [d, D] = [k2 ^ 0x79746573, k3 ^ 0x74656462];
  const { length } = text;
  const whole = length & ~7;
  for (let at = 0; at <= whole + 8; at += 8) {
    const final = at > whole;
    const low = final ? 0 : wordAt(text, at);
    const high = final ? 0 : wordAt(text, at + 4) | (at === whole ? length << 24 : 0);
    if (final) c ^= 0xff;
    d ^= low;
    D ^= high;
    for (let rounds = final ? 4 : 2; rounds > 0; rounds--) {
      let t: number;
      // v0 += v1; v1 <<<= 13; v1 ^= v0; v0 <<<= 32
      t = (a + b) | 0;
      A = (A + B + carry(a, b, t)) | 0;
      a = (b << 13) | (B >>> 19);
      B = ((B << 13) | (b >>> 19)) ^ A;
      b = t ^ a;
      a = A;
      A = t;
      // v2 += v3; v3 <<<= 16; v3 ^= v2
      t = (c + d) | 0;
      C = (C + D + carry(c, d, t)) | 0;
      c = (d << 16) | (D >>> 16);
      D = ((D << 16) | (d >>> 16)) ^ C;
      d = t ^ c;
      c = t;
      // v0 += v3; v3 <<<= 21; v3 ^= v0
      t = (a + d) | 0;
      A = (A + D + carry(a, d, t)) | 0;
      a = (d << 21) | (D >>> 11);
      D = ((D << 21) | (d >>> 11)) ^ A;
      d = t ^ a;
      a = t;
      // v2 += v1; v1 <<<= 17; v1 ^= v2; v2 <<<= 32
      t = (c + b) | 0;
      C = (C + B + carry(c, b, t)) | 0;
      c = (b << 17) | (B >>> 15);
      B = ((B << 17) | (b >>> 15)) ^ C;
      b = t ^ c;
      c = C;
      C = t;
    }
    a ^= low;
    A ^= high;
  }
  return { high: (A ^ B ^ C ^ D) >>> 0, low: (a ^ b ^ c ^ d) >>> 0 };
}

/** The bit carried out of `sum = (x + y) | 0`. */
function carry(x: number, y: number, sum: number): number {
  return ((x & y) | ((x | y) & ~sum)) >>> 31;
}

/** 16 hexadecimal digits, the most significant first. */
export function sipHex({ high, low }: SipHash): string {
  return [high, low].map((word) => word.toString(16).padStart(8, '0')).join('');
}

/** Up to four characters from `at` on, the least significant first. */
function wordAt(text: string, at: number): number {
  let word = 0;
  if (at + 4 <= text.length) {
    word = text.charCodeAt(at) & 0xff;
    word |= (text.charCodeAt(at + 1) & 0xff) << 8;
    word |= (text.charCodeAt(at + 2) & 0xff) << 16;
    return word | (text.charCodeAt(at + 3) << 24);
  }
  for (let i = Math.min(at + 4, text.length) - 1; i >= at; i--) {
    word = (word << 8) | (text.charCodeAt(i) & 0xff);
  }
  return word;
}
