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

/** The block that is digested, and the state A, B, C, D: used again for every hash. */
const block = new Int32Array(16);
const state = new Int32Array(4);

/** F as a number: the first four octets of the MD5 of a text's UTF-8 octets, the most significant first. */
export function md5Number(text: string): number {
  digest(text);
  return swapped(state[0] as number);
}

/** The MD5 of a text's UTF-8 octets, 32 hexadecimal digits. */
export function md5Hex(text: string): string {
  digest(text);
  return Array.from(state, (word) => swapped(word).toString(16).padStart(8, '0')).join('');
}

function swapped(word: number): number {
  const halves = ((word & 0x00ff00ff) << 8) | ((word >>> 8) & 0x00ff00ff);
  return ((halves << 16) | (halves >>> 16)) >>> 0;
}

/** RFC 1321 §3.1 to §3.3: the octets, 0x80, zeros, and the length in bits. */
function digest(text: string): void {
  const octets = isAscii(text) ? undefined : new TextEncoder().encode(text);
  const length = octets?.length ?? text.length;
  state[0] = 0x67452301;
  state[1] = 0xefcdab89 | 0;
  state[2] = 0x98badcfe | 0;
  state[3] = 0x10325476;
  const blocks = (length + 72) >> 6;
  for (let at = 0, i = 0; i < blocks; i++) {
    block.fill(0);
    for (const end = Math.min(at + 64, length); at < end; at++) {
      const octet = octets === undefined ? text.charCodeAt(at) : (octets[at] as number);
      (block[(at >> 2) & 15] as number) |= octet << ((at & 3) << 3);
    }
    if (i === length >> 6) (block[(length >> 2) & 15] as number) |= 0x80 << ((length & 3) << 3);
    if (i === blocks - 1) {
      block[14] = length << 3;
      block[15] = length >>> 29;
    }
    process();
  }
}

/** How far each of the four operations that take turns turns to the left, in each round. */
const TURNS = new Uint8Array([7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]);

/** RFC 1321 §3.4: four rounds of sixteen operations, each of which changes one of the four words in turn. */
function process(): void {
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  for (let i = 0; i < 64; i++) {
    const round = i >> 4;
    const f =
      round === 0
        ? (b & c) | (~b & d)
        : round === 1
          ? (b & d) | (c & ~d)
          : round === 2
            ? b ^ c ^ d
            : c ^ (b | ~d);
    const word = round === 0 ? i : round === 1 ? 5 * i + 1 : round === 2 ? 3 * i + 5 : 7 * i;
    const all = (a + f + (T[i] as number) + (block[word & 15] as number)) | 0;
    const turn = TURNS[(round << 2) | (i & 3)] as number;
    a = d;
    d = c;
    c = b;
    b = (b + ((all << turn) | (all >>> (32 - turn)))) | 0;
  }
  state[0] = (state[0] as number) + a;
  state[1] = (state[1] as number) + b;
  state[2] = (state[2] as number) + c;
  state[3] = (state[3] as number) + d;
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}
