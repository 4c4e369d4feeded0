/** RFC 6528 §3 The Proposed Initial Sequence Number Generation Algorithm: the MD5 of F. */

import { md5 } from '@noble/hashes/legacy.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** The MD5 of a text's UTF-8 octets, 32 hexadecimal digits. */
export function md5Hex(text: string): string {
  return bytesToHex(md5(utf8ToBytes(text)));
}
