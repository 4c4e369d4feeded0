/** RFC 1071: the Internet checksum. */

/** The complement of the ones' complement sum of 16-bit words. Each part begins a word; an odd last octet is padded with zero. */
export function internetChecksum(...parts: readonly (Uint8Array | readonly number[])[]): number {
  let sum = 0;
  for (const part of parts) {
    for (let i = 0; i < part.length; i += 2) sum += ((part[i] ?? 0) << 8) | (part[i + 1] ?? 0);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}

/** Two octets, the high one first. */
export function be16(value: number): readonly number[] {
  return [(value >>> 8) & 0xff, value & 0xff];
}

/** Four octets, the high one first. */
export function be32(value: number): readonly number[] {
  return [...be16(value >>> 16), ...be16(value & 0xffff)];
}
