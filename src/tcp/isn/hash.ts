/** RFC 6528 §3: F as a keyed hash: SipHash-2-4 under a key that is made of the secret. */

import { md5Hex } from './md5.js';
import { type SipHash, type SipKey, sipHash, sipKey } from './siphash.js';

/** The hash of a text of ASCII characters. The key is the MD5 of the secret. */
export function keyedHash(secret: string, text: string): SipHash {
  if (latest?.secret !== secret) latest = { secret, key: keyOf(secret) };
  return sipHash(latest.key, text);
}

/** The key that was used last: hosts have few secrets and ask often. */
let latest: { readonly secret: string; readonly key: SipKey } | undefined;

function keyOf(secret: string): SipKey {
  const digits = md5Hex([secret]);
  const octets = new Uint8Array(16);
  for (let i = 0; i < 16; i++) octets[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  return sipKey(octets);
}
