/** Boxes of texts, upright or along an arrow, and whether they are in each other's way. Pure. */

import type { Point } from './geometry.js';

/** The corners of a convex shape, in order; of a line its two ends. With the box around it, upright. */
export interface Shape {
  readonly corners: readonly Point[];
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export function shapeOf(corners: readonly Point[]): Shape {
  const [xs, ys] = [corners.map(({ x }) => x), corners.map(({ y }) => y)];
  return {
    corners,
    left: Math.min(...xs),
    right: Math.max(...xs),
    top: Math.min(...ys),
    bottom: Math.max(...ys),
  };
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export function upright({ x, y, width, height }: Box): Shape {
  return shapeOf([
    { x, y },
    { x: x + width, y },
    { x: x + width, y: y + height },
    { x, y: y + height },
  ]);
}

/** A box that is `width` long and reaches so far above and below its middle, turned about it by so many degrees. */
export function turned(
  middle: Point,
  degrees: number,
  {
    width,
    above,
    below,
  }: { readonly width: number; readonly above: number; readonly below: number },
): Shape {
  const [sin, cos] = [Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)];
  const corner = (along: number, down: number): Point => ({
    x: middle.x + along * cos - down * sin,
    y: middle.y + along * sin + down * cos,
  });
  const half = width / 2;
  return shapeOf([
    corner(-half, -above),
    corner(half, -above),
    corner(half, below),
    corner(-half, below),
  ]);
}

/** Whether two shapes have a point in common: whether no line separates them. */
export function overlap(one: Shape, other: Shape): boolean {
  if (one.left >= other.right || other.left >= one.right) return false;
  if (one.top >= other.bottom || other.top >= one.bottom) return false;
  // The line of the second shape, if it is one, most often tells already.
  return !isSeparated(other, one) && !isSeparated(one, other);
}

/** Whether an edge of `one` has all of the other on its far side. Makes nothing: it is asked very often. */
function isSeparated({ corners }: Shape, other: Shape): boolean {
  for (let i = 0; i < corners.length; i++) {
    const a = corners[i]!;
    const b = corners[i + 1 < corners.length ? i + 1 : 0]!;
    const [dx, dy] = [b.x - a.x, b.y - a.y];
    let [least, most] = [0, 0];
    for (const { x, y } of corners) {
      const along = (x - a.x) * dy - (y - a.y) * dx;
      if (along < least) least = along;
      else if (along > most) most = along;
    }
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const { x, y } of other.corners) {
      const along = (x - a.x) * dy - (y - a.y) * dx;
      if (along < low) low = along;
      if (along > high) high = along;
    }
    if (most <= low || high <= least) return true;
  }
  return false;
}
