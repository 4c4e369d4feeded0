/** Seeded randomness: one stream per purpose, so that one more link shifts nobody else's dice. */

/** The whole state of a stream: an unsigned 32-bit integer. A value, so that a world can be copied. */
export type RandomState = number & { readonly random: unique symbol };

/** The stream named `label` of the run with this seed, for example `stream(42, 'link client--server loss')`. */
export function stream(seed: number, label: string): RandomState {
  // FNV-1a over the label, started from the seed.
  let hash = (0x811c9dc5 ^ seed ^ Math.floor(seed / 2 ** 32)) >>> 0;
  for (let i = 0; i < label.length; i++) {
    hash = Math.imul(hash ^ label.charCodeAt(i), 0x01000193) >>> 0;
  }
  return mix(hash) as RandomState;
}

/** The next draw of a stream: `[value, state]` with an unsigned 32-bit value. */
export function next(state: RandomState): readonly [number, RandomState] {
  const moved = (state + 0x9e3779b9) >>> 0;
  return [mix(moved), moved as RandomState];
}

/** The next draw as a fraction in [0, 1). */
export function nextFraction(state: RandomState): readonly [number, RandomState] {
  const [value, moved] = next(state);
  return [value / 2 ** 32, moved];
}

/** A 32-bit finaliser (two multiply and xor-shift rounds): every input bit reaches every output bit. */
function mix(value: number): number {
  let z = value >>> 0;
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b) >>> 0;
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35) >>> 0;
  return (z ^ (z >>> 16)) >>> 0;
}
