/** RFC 6528 §3: F as a keyed hash: SipHash-2-4 under a key that is made of the secret. */

import { md5Hex } from './isn-md5.js';
import { sipHash } from './isn-siphash.js';

/** The hash of a text of ASCII characters, 16 hexadecimal digits. The key is the MD5 of the secret. */
export function keyedHash(secret: string, text: string): string {
  const data = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) data[i] = text.charCodeAt(i);
  return sipHash(keyOf(secret), data);
}

function keyOf(secret: string): Uint8Array {
  const digits = md5Hex(secret);
  const key = new Uint8Array(16);
  for (let i = 0; i < 16; i++) key[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  return key;
}
