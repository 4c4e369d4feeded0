/** RFC 6528 §3 The Proposed Initial Sequence Number Generation Algorithm: the MD5 of F. */

// Our own, after RFC 1321, because every connection takes two: a library's cost as much as all the rest of a short
// connection. Tests hold it against Node's.

/** RFC 1321 §3.4: T[i], the integer part of 4294967296 times abs(sin(i)). */
const T = new Int32Array([
  0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
  0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
  0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
  0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
  0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
  0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
  0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
  0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
]);

/** The block that is digested, zeros between hashes, and the state A, B, C, D. */
const block = new Int32Array(16);
const state = new Int32Array(4);

/** F as a number: the first four octets of the MD5 of a text in parts, in UTF-8, the most significant first. */
export function md5Number(parts: readonly string[]): number {
  digest(parts);
  return swapped(state[0] as number);
}

/** The MD5 of a text in parts, in UTF-8, 32 hexadecimal digits. */
export function md5Hex(parts: readonly string[]): string {
  digest(parts);
  return Array.from(state, (word) => swapped(word).toString(16).padStart(8, '0')).join('');
}

function swapped(word: number): number {
  const halves = ((word & 0x00ff00ff) << 8) | ((word >>> 8) & 0x00ff00ff);
  return ((halves << 16) | (halves >>> 16)) >>> 0;
}

/** RFC 1321 §3.1 to §3.3: the octets, 0x80, zeros to the end of a block, and the length in bits. */
function digest(parts: readonly string[]): void {
  state[0] = 0x67452301;
  state[1] = 0xefcdab89 | 0;
  state[2] = 0x98badcfe | 0;
  state[3] = 0x10325476;
  let length = 0;
  for (const part of parts) length = writeText(block, part, length);
  const end = write(block, 0x80, length);
  if ((end & 63) > 56) process(block, T);
  block[14] = length << 3;
  block[15] = length >>> 29;
  process(block, T);
}

/**
 * Writes a text's octets behind the `at` that were written; returns how many there are then. Inside functions that get the block as an
 * argument it is read several times as fast.
 */
function writeText(x: Int32Array, text: string, at: number): number {
  let end = at;
  for (let i = 0; i < text.length; i++) {
    const octet = text.charCodeAt(i);
    if (octet > 0x7f) {
      for (const each of new TextEncoder().encode(text.slice(i))) end = write(x, each, end);
      return end;
    }
    end = write(x, octet, end);
  }
  return end;
}

/** One octet more: words have the least significant first. */
function write(x: Int32Array, octet: number, at: number): number {
  const k = (at >> 2) & 15;
  x[k] = (x[k] as number) | (octet << ((at & 3) << 3));
  if ((at & 63) === 63) process(x, T);
  return at + 1;
}

/** RFC 1321 §3.4: four rounds of sixteen operations, which change A, D, C and B in turn. The block is zeros again then. */
function process(x: Int32Array, t: Int32Array): void {
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  for (let i = 0; i < 16; i += 4) {
    a = turned(a + F(b, c, d) + added(x, t, i, i), 7, b);
    d = turned(d + F(a, b, c) + added(x, t, i + 1, i + 1), 12, a);
    c = turned(c + F(d, a, b) + added(x, t, i + 2, i + 2), 17, d);
    b = turned(b + F(c, d, a) + added(x, t, i + 3, i + 3), 22, c);
  }
  for (let i = 16; i < 32; i += 4) {
    a = turned(a + G(b, c, d) + added(x, t, 5 * i + 1, i), 5, b);
    d = turned(d + G(a, b, c) + added(x, t, 5 * (i + 1) + 1, i + 1), 9, a);
    c = turned(c + G(d, a, b) + added(x, t, 5 * (i + 2) + 1, i + 2), 14, d);
    b = turned(b + G(c, d, a) + added(x, t, 5 * (i + 3) + 1, i + 3), 20, c);
  }
  for (let i = 32; i < 48; i += 4) {
    a = turned(a + H(b, c, d) + added(x, t, 3 * i + 5, i), 4, b);
    d = turned(d + H(a, b, c) + added(x, t, 3 * (i + 1) + 5, i + 1), 11, a);
    c = turned(c + H(d, a, b) + added(x, t, 3 * (i + 2) + 5, i + 2), 16, d);
    b = turned(b + H(c, d, a) + added(x, t, 3 * (i + 3) + 5, i + 3), 23, c);
  }
  for (let i = 48; i < 64; i += 4) {
    a = turned(a + I(b, c, d) + added(x, t, 7 * i, i), 6, b);
    d = turned(d + I(a, b, c) + added(x, t, 7 * (i + 1), i + 1), 10, a);
    c = turned(c + I(d, a, b) + added(x, t, 7 * (i + 2), i + 2), 15, d);
    b = turned(b + I(c, d, a) + added(x, t, 7 * (i + 3), i + 3), 21, c);
  }
  state[0] = (state[0] as number) + a;
  state[1] = (state[1] as number) + b;
  state[2] = (state[2] as number) + c;
  state[3] = (state[3] as number) + d;
  x.fill(0);
}

const F = (x: number, y: number, z: number) => (x & y) | (~x & z);
const G = (x: number, y: number, z: number) => (x & z) | (y & ~z);
const H = (x: number, y: number, z: number) => x ^ y ^ z;
const I = (x: number, y: number, z: number) => y ^ (x | ~z);

/** X[k] + T[i]; every sixteenth k is the same. */
function added(x: Int32Array, t: Int32Array, k: number, i: number): number {
  return (x[k & 15] as number) + (t[i] as number);
}

/** b + (sum <<< s). */
function turned(sum: number, s: number, b: number): number {
  return (b + ((sum << s) | (sum >>> (32 - s)))) | 0;
}
