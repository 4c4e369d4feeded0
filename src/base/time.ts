/** Virtual time in words: instants as seconds, durations in the unit that suits them. */

/** Seconds with six decimals: 10 000 microseconds are `0.010000`. */
export function printInstant(microseconds: number): string {
  const seconds = Math.floor(microseconds / 1_000_000);
  const rest = microseconds - seconds * 1_000_000;
  return `${seconds}.${String(rest).padStart(6, '0')}`;
}

/** `250 us`, `10 ms`, `1.5 s`, `240 s`; exact, so that two different durations never look alike. */
export function printDuration(microseconds: number): string {
  if (microseconds === 0) return '0 s';
  if (microseconds < 1_000) return `${microseconds} us`;
  if (microseconds < 1_000_000) return `${decimal(microseconds, 3)} ms`;
  return `${decimal(microseconds, 6)} s`;
}

/** `0.25 s`, `240 s`: always in seconds, as the RFCs name their times. */
export function printSeconds(microseconds: number): string {
  return `${microseconds / 1_000_000} s`;
}

/** `value / 10^places` without trailing zeros, from digits: no floating point is asked for its opinion. */
function decimal(value: number, places: number): string {
  const digits = String(value).padStart(places + 1, '0');
  const fraction = digits.slice(-places).replace(/0+$/, '');
  const whole = digits.slice(0, -places);
  return fraction === '' ? whole : `${whole}.${fraction}`;
}
