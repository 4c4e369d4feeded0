/** Octets in several parts, as they came or as they wait. */

/** How many octets all parts have together. */
export function octetCount(parts: readonly Uint8Array[]): number {
  let count = 0;
  for (const { length } of parts) count += length;
  return count;
}

/** The parts in one piece, a copy; with `count` no more than so many of them. */
export function joinOctets(
  parts: readonly Uint8Array[],
  count: number = Number.POSITIVE_INFINITY,
): Uint8Array {
  const octets = new Uint8Array(Math.min(count, octetCount(parts)));
  let filled = 0;
  for (const part of parts) {
    const room = octets.length - filled;
    octets.set(part.length > room ? part.subarray(0, room) : part, filled);
    filled += Math.min(part.length, room);
    if (filled === octets.length) break;
  }
  return octets;
}

/** What is left of the parts without their first `count` octets. */
export function withoutOctets(parts: readonly Uint8Array[], count: number): readonly Uint8Array[] {
  let left = count;
  let whole = 0;
  for (const { length } of parts) {
    if (length > left) break;
    left -= length;
    whole += 1;
  }
  const cut = left > 0 ? parts[whole]?.subarray(left) : undefined;
  return cut === undefined ? parts.slice(whole) : [cut, ...parts.slice(whole + 1)];
}
