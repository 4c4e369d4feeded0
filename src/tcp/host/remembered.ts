/** RFC 7413 §4.1.3, RFC 1191 §3: what a host remembers of peers, and of the paths to them, is bounded. */

/** There is room for so many of each kind; the oldest makes way. */
const LIMIT = 4_096;

/** A map with one entry more, or another value for it. */
export function withEntry<Value>(
  map: ReadonlyMap<string, Value>,
  key: string,
  value: Value,
): ReadonlyMap<string, Value> {
  const copy = new Map(map);
  copy.delete(key);
  const [oldest] = copy.keys();
  if (copy.size >= LIMIT && oldest !== undefined) copy.delete(oldest);
  return copy.set(key, value);
}
