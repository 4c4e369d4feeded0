/** RFC 9438 §4.2 CUBIC Window Increase Function, in integers as deployed stacks compute it: a segment more or less can hang on how they round. */

import type { Duration, Instant } from '../rule.js';

/** The clock of deployed stacks. */
const TICK: Duration = 4_000;
const TICKS = 250;

/** K and t are in 1024ths of a second, C in 1024ths. */
const SCALE = 1_024;
const C = 410;

/** An instant in ticks. */
export function ticksOf(time: Instant): number {
  return Math.floor(time / TICK);
}

/** K: how long it takes the window to grow by `room` up to W_max. */
export function plateauAfter(room: number): number {
  return room === 0 ? 0 : cubeRoot(Math.floor(SCALE ** 4 / C) * room);
}

/** t, so many ticks after congestion avoidance has begun, one round trip further. */
export function timeIn(ticks: number, trip: Duration): number {
  return Math.floor(((ticks + Math.ceil(trip / TICK)) * SCALE) / TICKS);
}

/** W_cubic(t), where `origin` is W_max. */
export function windowAt(t: number, plateau: number, origin: number): number {
  const octaves = Math.floor((C * Math.abs(t - plateau) ** 3) / SCALE ** 4);
  return t < plateau ? origin - octaves : origin + octaves;
}

/** cbrt(x << 18), refined by hand: what the iteration begins with for the first six bits. */
const ROOTS = [
  0, 54, 54, 54, 118, 118, 118, 118, 123, 129, 134, 138, 143, 147, 151, 156, 157, 161, 164, 168,
  170, 173, 176, 179, 181, 185, 187, 190, 192, 194, 197, 199, 200, 202, 204, 206, 209, 211, 213,
  215, 217, 219, 221, 222, 224, 225, 227, 229, 231, 232, 234, 236, 237, 239, 240, 242, 244, 245,
  246, 248, 250, 251, 252, 254,
];

/** The cube root of 64 or more, with one iteration of Newton's; its error is 0.2 % on average. */
function cubeRoot(a: number): number {
  const bits = Math.floor(Math.log2(a)) + 1;
  const shift = Math.floor((bits * 84) / 256) - 1;
  const first = ROOTS[Math.floor(a / 2 ** (3 * shift))] ?? 0;
  const x = Math.floor(((first + 10) * 2 ** shift) / 64);
  return Math.floor(((2 * x + Math.floor(a / (x * (x - 1)))) * 341) / SCALE);
}
