/** RFC 6528 §3: a pseudorandom function for F that is faster than MD5: SipHash-2-4 (Aumasson, Bernstein, 2012). */

/** A 64-bit word as two of 32 bits: `[low, high]`. JavaScript's numbers have no 64-bit integers. */
type Word = [low: number, high: number];

/**
 * SipHash-2-4 of `data` under a key of 16 octets: 64 bits as 16 hexadecimal digits, the most significant first.
 */
export function sipHash(key: Uint8Array, data: Uint8Array): string {
  const k0 = wordAt(key, 0);
  const k1 = wordAt(key, 8);
  const v: State = [
    xor(k0, [0x70736575, 0x736f6d65]),
    xor(k1, [0x6e646f6d, 0x646f7261]),
    xor(k0, [0x6e657261, 0x6c796765]),
    xor(k1, [0x79746573, 0x74656462]),
  ];
  const whole = data.length - (data.length % 8);
  for (let at = 0; at < whole; at += 8) compress(v, wordAt(data, at));
  const last = new Uint8Array(8);
  last.set(data.subarray(whole));
  last[7] = data.length;
  compress(v, wordAt(last, 0));
  v[2] = xor(v[2], [0xff, 0]);
  for (let i = 0; i < 4; i++) round(v);
  const [low, high] = xor(xor(v[0], v[1]), xor(v[2], v[3]));
  return hex(high) + hex(low);
}

type State = [Word, Word, Word, Word];

function compress(v: State, m: Word): void {
  v[3] = xor(v[3], m);
  round(v);
  round(v);
  v[0] = xor(v[0], m);
}

function round(v: State): void {
  v[0] = add(v[0], v[1]);
  v[1] = xor(rotate(v[1], 13), v[0]);
  v[0] = rotate(v[0], 32);
  v[2] = add(v[2], v[3]);
  v[3] = xor(rotate(v[3], 16), v[2]);
  v[0] = add(v[0], v[3]);
  v[3] = xor(rotate(v[3], 21), v[0]);
  v[2] = add(v[2], v[1]);
  v[1] = xor(rotate(v[1], 17), v[2]);
  v[2] = rotate(v[2], 32);
}

function xor(a: Word, b: Word): Word {
  return [a[0] ^ b[0], a[1] ^ b[1]];
}

function add(a: Word, b: Word): Word {
  const low = (a[0] >>> 0) + (b[0] >>> 0);
  return [low | 0, (a[1] + b[1] + (low > 0xffffffff ? 1 : 0)) | 0];
}

function rotate([low, high]: Word, bits: number): Word {
  if (bits === 32) return [high, low];
  const rest = 32 - bits;
  return [(low << bits) | (high >>> rest), (high << bits) | (low >>> rest)];
}

/** Eight octets, the least significant first. */
function wordAt(octets: Uint8Array, at: number): Word {
  const half = (from: number) => {
    let value = 0;
    for (let i = 3; i >= 0; i--) value = (value << 8) | (octets[from + i] ?? 0);
    return value;
  };
  return [half(at), half(at + 4)];
}

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}
