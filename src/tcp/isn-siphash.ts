/** RFC 6528 §3: a pseudorandom function for F that is faster than MD5: SipHash-2-4 (Aumasson, Bernstein, 2012). */

/** A key of 128 bits as four words, the least significant first. */
export type SipKey = Int32Array;

/** 64 bits as two unsigned words. */
export interface SipHash {
  readonly high: number;
  readonly low: number;
}

/** v0 to v3, each as a low and a high word (JavaScript's integers have 32 bits); used again for every hash. */
const v = new Int32Array(8);

/** The key from 16 octets. */
export function sipKey(octets: Uint8Array): SipKey {
  const view = new DataView(octets.buffer, octets.byteOffset, 16);
  return new Int32Array([0, 4, 8, 12].map((at) => view.getInt32(at, true)));
}

/** SipHash-2-4 of a text whose characters are octets. */
export function sipHash(key: SipKey, text: string): SipHash {
  const [k0, k1, k2, k3] = [key[0] as number, key[1] as number, key[2] as number, key[3] as number];
  v[0] = k0 ^ 0x70736575;
  v[1] = k1 ^ 0x736f6d65;
  v[2] = k2 ^ 0x6e646f6d;
  v[3] = k3 ^ 0x646f7261;
  v[4] = k0 ^ 0x6e657261;
  v[5] = k1 ^ 0x6c796765;
  v[6] = k2 ^ 0x79746573;
  v[7] = k3 ^ 0x74656462;
  const { length } = text;
  const whole = length & ~7;
  for (let at = 0; at < whole; at += 8) compress(wordAt(text, at), wordAt(text, at + 4));
  compress(wordAt(text, whole), wordAt(text, whole + 4) | (length << 24));
  v[4] = (v[4] as number) ^ 0xff;
  for (let i = 0; i < 4; i++) round();
  const low = (v[0] as number) ^ (v[2] as number) ^ (v[4] as number) ^ (v[6] as number);
  const high = (v[1] as number) ^ (v[3] as number) ^ (v[5] as number) ^ (v[7] as number);
  return { high: high >>> 0, low: low >>> 0 };
}

/** 16 hexadecimal digits, the most significant first. */
export function sipHex({ high, low }: SipHash): string {
  return [high, low].map((word) => word.toString(16).padStart(8, '0')).join('');
}

/** Up to four characters from `at` on, the least significant first. */
function wordAt(text: string, at: number): number {
  let word = 0;
  for (let i = Math.min(at + 4, text.length) - 1; i >= at; i--) {
    word = (word << 8) | (text.charCodeAt(i) & 0xff);
  }
  return word;
}

function compress(low: number, high: number): void {
  v[6] = (v[6] as number) ^ low;
  v[7] = (v[7] as number) ^ high;
  round();
  round();
  v[0] = (v[0] as number) ^ low;
  v[1] = (v[1] as number) ^ high;
}

/** One SipRound. Each line pair is one operation on 64 bits: an addition carries, a rotation exchanges bits of its words. */
function round(): void {
  let [a, A, b, B] = [v[0] as number, v[1] as number, v[2] as number, v[3] as number];
  let [c, C, d, D] = [v[4] as number, v[5] as number, v[6] as number, v[7] as number];
  let t: number;
  // v0 += v1; v1 <<<= 13; v1 ^= v0; v0 <<<= 32
  t = (a >>> 0) + (b >>> 0);
  A = (A + B + (t > 0xffffffff ? 1 : 0)) | 0;
  a = t | 0;
  t = (b << 13) | (B >>> 19);
  B = ((B << 13) | (b >>> 19)) ^ A;
  b = t ^ a;
  [a, A] = [A, a];
  // v2 += v3; v3 <<<= 16; v3 ^= v2
  t = (c >>> 0) + (d >>> 0);
  C = (C + D + (t > 0xffffffff ? 1 : 0)) | 0;
  c = t | 0;
  t = (d << 16) | (D >>> 16);
  D = ((D << 16) | (d >>> 16)) ^ C;
  d = t ^ c;
  // v0 += v3; v3 <<<= 21; v3 ^= v0
  t = (a >>> 0) + (d >>> 0);
  A = (A + D + (t > 0xffffffff ? 1 : 0)) | 0;
  a = t | 0;
  t = (d << 21) | (D >>> 11);
  D = ((D << 21) | (d >>> 11)) ^ A;
  d = t ^ a;
  // v2 += v1; v1 <<<= 17; v1 ^= v2; v2 <<<= 32
  t = (c >>> 0) + (b >>> 0);
  C = (C + B + (t > 0xffffffff ? 1 : 0)) | 0;
  c = t | 0;
  t = (b << 17) | (B >>> 15);
  B = ((B << 17) | (b >>> 15)) ^ C;
  b = t ^ c;
  v[0] = a;
  v[1] = A;
  v[2] = b;
  v[3] = B;
  v[4] = C;
  v[5] = c;
  v[6] = d;
  v[7] = D;
}
