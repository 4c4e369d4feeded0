/** RFC 6528 §3 The Proposed Initial Sequence Number Generation Algorithm: the MD5 of F. */

// Our own, after RFC 1321, because every connection takes two: a library's cost as much as all the rest of a short
// connection. Tests hold it against Node's.

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
  if ((end & 63) > 56) process(block);
  block[14] = length << 3;
  block[15] = length >>> 29;
  process(block);
}

/** Writes a text's octets behind the `at` that were written; returns how many there are then. */
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
  if ((at & 63) === 63) process(x);
  return at + 1;
}

// Inside functions that get it as an argument the block is read several times as fast.
function clear(x: Int32Array): void {
  for (let i = 0; i < 16; i++) x[i] = 0;
}

/** RFC 1321 §3.4: four rounds of sixteen operations, which change A, D, C and B in turn. The block is free then. */
function process(x: Int32Array): void {
  const [a, b, c, d] = [
    state[0] as number,
    state[1] as number,
    state[2] as number,
    state[3] as number,
  ];
  firstRound(x, state);
  secondRound(x, state);
  thirdRound(x, state);
  fourthRound(x, state);
  (state[0] as number) += a;
  (state[1] as number) += b;
  (state[2] as number) += c;
  (state[3] as number) += d;
  clear(x);
}

const F = (x: number, y: number, z: number) => (x & y) | (~x & z);
const G = (x: number, y: number, z: number) => (x & z) | (y & ~z);
const H = (x: number, y: number, z: number) => x ^ y ^ z;
const I = (x: number, y: number, z: number) => y ^ (x | ~z);

/** b + (sum <<< s). */
function turned(sum: number, s: number, b: number): number {
  return (b + ((sum << s) | (sum >>> (32 - s)))) | 0;
}

// The long numbers are T[i], the integer part of 4294967296 times abs(sin(i)).

function firstRound(x: Int32Array, s: Int32Array): void {
  let [a, b, c, d] = [s[0] as number, s[1] as number, s[2] as number, s[3] as number];
  a = turned(a + F(b, c, d) + word(x, 0) + 0xd76aa478, 7, b);
  d = turned(d + F(a, b, c) + word(x, 1) + 0xe8c7b756, 12, a);
  c = turned(c + F(d, a, b) + word(x, 2) + 0x242070db, 17, d);
  b = turned(b + F(c, d, a) + word(x, 3) + 0xc1bdceee, 22, c);
  a = turned(a + F(b, c, d) + word(x, 4) + 0xf57c0faf, 7, b);
  d = turned(d + F(a, b, c) + word(x, 5) + 0x4787c62a, 12, a);
  c = turned(c + F(d, a, b) + word(x, 6) + 0xa8304613, 17, d);
  b = turned(b + F(c, d, a) + word(x, 7) + 0xfd469501, 22, c);
  a = turned(a + F(b, c, d) + word(x, 8) + 0x698098d8, 7, b);
  d = turned(d + F(a, b, c) + word(x, 9) + 0x8b44f7af, 12, a);
  c = turned(c + F(d, a, b) + word(x, 10) + 0xffff5bb1, 17, d);
  b = turned(b + F(c, d, a) + word(x, 11) + 0x895cd7be, 22, c);
  a = turned(a + F(b, c, d) + word(x, 12) + 0x6b901122, 7, b);
  d = turned(d + F(a, b, c) + word(x, 13) + 0xfd987193, 12, a);
  c = turned(c + F(d, a, b) + word(x, 14) + 0xa679438e, 17, d);
  b = turned(b + F(c, d, a) + word(x, 15) + 0x49b40821, 22, c);
  s[0] = a;
  s[1] = b;
  s[2] = c;
  s[3] = d;
}

function secondRound(x: Int32Array, s: Int32Array): void {
  let [a, b, c, d] = [s[0] as number, s[1] as number, s[2] as number, s[3] as number];
  a = turned(a + G(b, c, d) + word(x, 1) + 0xf61e2562, 5, b);
  d = turned(d + G(a, b, c) + word(x, 6) + 0xc040b340, 9, a);
  c = turned(c + G(d, a, b) + word(x, 11) + 0x265e5a51, 14, d);
  b = turned(b + G(c, d, a) + word(x, 0) + 0xe9b6c7aa, 20, c);
  a = turned(a + G(b, c, d) + word(x, 5) + 0xd62f105d, 5, b);
  d = turned(d + G(a, b, c) + word(x, 10) + 0x02441453, 9, a);
  c = turned(c + G(d, a, b) + word(x, 15) + 0xd8a1e681, 14, d);
  b = turned(b + G(c, d, a) + word(x, 4) + 0xe7d3fbc8, 20, c);
  a = turned(a + G(b, c, d) + word(x, 9) + 0x21e1cde6, 5, b);
  d = turned(d + G(a, b, c) + word(x, 14) + 0xc33707d6, 9, a);
  c = turned(c + G(d, a, b) + word(x, 3) + 0xf4d50d87, 14, d);
  b = turned(b + G(c, d, a) + word(x, 8) + 0x455a14ed, 20, c);
  a = turned(a + G(b, c, d) + word(x, 13) + 0xa9e3e905, 5, b);
  d = turned(d + G(a, b, c) + word(x, 2) + 0xfcefa3f8, 9, a);
  c = turned(c + G(d, a, b) + word(x, 7) + 0x676f02d9, 14, d);
  b = turned(b + G(c, d, a) + word(x, 12) + 0x8d2a4c8a, 20, c);
  s[0] = a;
  s[1] = b;
  s[2] = c;
  s[3] = d;
}

function thirdRound(x: Int32Array, s: Int32Array): void {
  let [a, b, c, d] = [s[0] as number, s[1] as number, s[2] as number, s[3] as number];
  a = turned(a + H(b, c, d) + word(x, 5) + 0xfffa3942, 4, b);
  d = turned(d + H(a, b, c) + word(x, 8) + 0x8771f681, 11, a);
  c = turned(c + H(d, a, b) + word(x, 11) + 0x6d9d6122, 16, d);
  b = turned(b + H(c, d, a) + word(x, 14) + 0xfde5380c, 23, c);
  a = turned(a + H(b, c, d) + word(x, 1) + 0xa4beea44, 4, b);
  d = turned(d + H(a, b, c) + word(x, 4) + 0x4bdecfa9, 11, a);
  c = turned(c + H(d, a, b) + word(x, 7) + 0xf6bb4b60, 16, d);
  b = turned(b + H(c, d, a) + word(x, 10) + 0xbebfbc70, 23, c);
  a = turned(a + H(b, c, d) + word(x, 13) + 0x289b7ec6, 4, b);
  d = turned(d + H(a, b, c) + word(x, 0) + 0xeaa127fa, 11, a);
  c = turned(c + H(d, a, b) + word(x, 3) + 0xd4ef3085, 16, d);
  b = turned(b + H(c, d, a) + word(x, 6) + 0x04881d05, 23, c);
  a = turned(a + H(b, c, d) + word(x, 9) + 0xd9d4d039, 4, b);
  d = turned(d + H(a, b, c) + word(x, 12) + 0xe6db99e5, 11, a);
  c = turned(c + H(d, a, b) + word(x, 15) + 0x1fa27cf8, 16, d);
  b = turned(b + H(c, d, a) + word(x, 2) + 0xc4ac5665, 23, c);
  s[0] = a;
  s[1] = b;
  s[2] = c;
  s[3] = d;
}

function fourthRound(x: Int32Array, s: Int32Array): void {
  let [a, b, c, d] = [s[0] as number, s[1] as number, s[2] as number, s[3] as number];
  a = turned(a + I(b, c, d) + word(x, 0) + 0xf4292244, 6, b);
  d = turned(d + I(a, b, c) + word(x, 7) + 0x432aff97, 10, a);
  c = turned(c + I(d, a, b) + word(x, 14) + 0xab9423a7, 15, d);
  b = turned(b + I(c, d, a) + word(x, 5) + 0xfc93a039, 21, c);
  a = turned(a + I(b, c, d) + word(x, 12) + 0x655b59c3, 6, b);
  d = turned(d + I(a, b, c) + word(x, 3) + 0x8f0ccc92, 10, a);
  c = turned(c + I(d, a, b) + word(x, 10) + 0xffeff47d, 15, d);
  b = turned(b + I(c, d, a) + word(x, 1) + 0x85845dd1, 21, c);
  a = turned(a + I(b, c, d) + word(x, 8) + 0x6fa87e4f, 6, b);
  d = turned(d + I(a, b, c) + word(x, 15) + 0xfe2ce6e0, 10, a);
  c = turned(c + I(d, a, b) + word(x, 6) + 0xa3014314, 15, d);
  b = turned(b + I(c, d, a) + word(x, 13) + 0x4e0811a1, 21, c);
  a = turned(a + I(b, c, d) + word(x, 4) + 0xf7537e82, 6, b);
  d = turned(d + I(a, b, c) + word(x, 11) + 0xbd3af235, 10, a);
  c = turned(c + I(d, a, b) + word(x, 2) + 0x2ad7d2bb, 15, d);
  b = turned(b + I(c, d, a) + word(x, 9) + 0xeb86d391, 21, c);
  s[0] = a;
  s[1] = b;
  s[2] = c;
  s[3] = d;
}

function word(x: Int32Array, k: number): number {
  return x[k] as number;
}
