/** A list in pieces that its versions share: a change of one element copies one piece, not all of a long list. */

import { countWhile } from './bisect.js';

/** Consecutive elements of the list: at least one. */
export type Piece<T> = readonly T[];

/** Its elements in their order, piece by piece; no piece is empty. */
export type Pieces<T> = readonly Piece<T>[];

/** So many elements are a piece when they are appended; what is put between others may make it a little longer. */
const PIECE = 128;

const NOTHING: readonly never[] = [];

/** These elements in pieces. */
export function inPieces<T>(list: readonly T[]): Pieces<T> {
  if (list.length === 0) return NOTHING;
  if (list.length <= PIECE) return [list];
  const pieces: Piece<T>[] = [];
  for (let at = 0; at < list.length; at += PIECE) pieces.push(list.slice(at, at + PIECE));
  return pieces;
}

/** All elements in one list. */
export function listOf<T>(pieces: Pieces<T>): readonly T[] {
  return pieces.length === 1 ? (pieces[0] as Piece<T>) : pieces.flat();
}

/** How many there are. */
export function countOf<T>(pieces: Pieces<T>): number {
  let count = 0;
  for (const piece of pieces) count += piece.length;
  return count;
}

/** The first one; undefined when there is none. */
export function frontOf<T>(pieces: Pieces<T>): T | undefined {
  return pieces[0]?.[0];
}

/** The last one. */
export function lastOf<T>(pieces: Pieces<T>): T | undefined {
  if (pieces.length === 0) return undefined;
  const piece = pieces[pieces.length - 1];
  return piece?.[piece.length - 1];
}

/** The one at a place, counted from the front. */
export function atPlace<T>(pieces: Pieces<T>, place: number): T | undefined {
  const [number, offset] = find(pieces, place);
  return pieces[number]?.[offset];
}

/** The place of the last one that is so; -1 when none is. */
export function lastPlace<T>(pieces: Pieces<T>, is: (one: T) => boolean): number {
  let behind = countOf(pieces);
  for (let number = pieces.length - 1; number >= 0; number--) {
    const piece = pieces[number] as Piece<T>;
    behind -= piece.length;
    for (let offset = piece.length - 1; offset >= 0; offset--) {
      if (is(piece[offset] as T)) return behind + offset;
    }
  }
  return -1;
}

/** Which piece a place is in, and where there. */
function find<T>(pieces: Pieces<T>, place: number): readonly [number, number] {
  let number = 0;
  let offset = place;
  for (const { length } of pieces) {
    if (offset < length) break;
    offset -= length;
    number += 1;
  }
  return [number, offset];
}

/** Those from a place on, one after the other: a short list as it is. */
export function elementsFrom<T>(pieces: Pieces<T>, place: number): Iterable<T> {
  return place === 0 && pieces.length < 2 ? (pieces[0] ?? NOTHING) : eachFrom(pieces, place);
}

function* eachFrom<T>(pieces: Pieces<T>, place: number): Generator<T> {
  const [number, offset] = find(pieces, place);
  yield* pieces[number]?.slice(offset) ?? NOTHING;
  for (let at = number + 1; at < pieces.length; at++) yield* pieces[at] as Piece<T>;
}

/** The first so many, or all there are. */
export function firstOf<T>(pieces: Pieces<T>, count: number): readonly T[] {
  const [front] = pieces;
  if (front === undefined || count === 0) return NOTHING;
  if (count <= front.length) return front.slice(0, count);
  const [number, offset] = find(pieces, count);
  const rest = pieces[number]?.slice(0, offset) ?? NOTHING;
  return [...pieces.slice(0, number).flat(), ...rest];
}

/** All but the first so many. */
export function withoutFirst<T>(pieces: Pieces<T>, count: number): Pieces<T> {
  if (count === 0) return pieces;
  const [number, offset] = find(pieces, count);
  if (number >= pieces.length) return NOTHING;
  if (offset === 0) return pieces.slice(number);
  return [(pieces[number] as Piece<T>).slice(offset), ...pieces.slice(number + 1)];
}

/** The pieces behind these elements. */
export function withBefore<T>(list: readonly T[], pieces: Pieces<T>): Pieces<T> {
  return list.length === 0 ? pieces : [...inPieces(list), ...pieces];
}

/** The pieces with one element more behind them. */
export function withAfter<T>(pieces: Pieces<T>, one: T): Pieces<T> {
  const last = pieces[pieces.length - 1];
  if (last === undefined || last.length >= PIECE) return [...pieces, [one]];
  return [...pieces.slice(0, -1), [...last, one]];
}

/** The pieces with these elements in place of so many from a place on. */
export function replaced<T>(
  pieces: Pieces<T>,
  place: number,
  count: number,
  ...by: readonly T[]
): Pieces<T> {
  const [found, there] = find(pieces, place);
  // What is put at the end goes into the last piece.
  const atEnd = found === pieces.length && found > 0;
  const number = atEnd ? found - 1 : found;
  const offset = atEnd ? (pieces[number] as Piece<T>).length : there;
  // What is replaced may end in another piece.
  let end = number + 1;
  let piece = pieces[number] ?? NOTHING;
  while (piece.length < offset + count && end < pieces.length) {
    piece = [...piece, ...(pieces[end] as Piece<T>)];
    end += 1;
  }
  const put = [...piece.slice(0, offset), ...by, ...piece.slice(offset + count)];
  const between = put.length > 2 * PIECE ? inPieces(put) : put.length === 0 ? NOTHING : [put];
  return [...pieces.slice(0, number), ...between, ...pieces.slice(end)];
}

/** The pieces with another front; there is one. */
export function withFront<T>(pieces: Pieces<T>, front: T): Pieces<T> {
  return replaced(pieces, 0, 1, front);
}

/** How many pieces, from the front, are so; none is behind one that is not. */
export function countPieces<T>(pieces: Pieces<T>, are: (piece: Piece<T>) => boolean): number {
  return countWhile(pieces.length, (number) => are(pieces[number] as Piece<T>));
}

/** The pieces, or the first so many, with their elements edited; a piece that it does not concern, or in which nothing changes, stays what it is. */
export function edited<T>(
  pieces: Pieces<T>,
  concerns: (piece: Piece<T>) => boolean,
  edit: (one: T) => T,
  count = pieces.length,
): Pieces<T> {
  let after: Piece<T>[] | undefined;
  for (let number = 0; number < count; number++) {
    const piece = pieces[number] as Piece<T>;
    if (!concerns(piece)) continue;
    const next = editedPiece(piece, edit);
    if (next === piece) continue;
    after ??= [...pieces];
    after[number] = next;
  }
  return after ?? pieces;
}

function editedPiece<T>(piece: Piece<T>, edit: (one: T) => T): Piece<T> {
  let after: T[] | undefined;
  for (let at = 0; at < piece.length; at++) {
    const one = piece[at] as T;
    const next = edit(one);
    if (next === one) continue;
    after ??= [...piece];
    after[at] = next;
  }
  return after ?? piece;
}

/** What to ask for the sum of something over all elements: pieces are values, so that a whole one is summed once. */
export function sumOver<T>(of: (one: T) => number): (pieces: Pieces<T>) => number {
  const known = new WeakMap<Piece<T>, number>();
  const ofPiece = (piece: Piece<T>): number => {
    const whole = piece.length >= PIECE;
    const found = whole ? known.get(piece) : undefined;
    if (found !== undefined) return found;
    let sum = 0;
    for (const one of piece) sum += of(one);
    if (whole) known.set(piece, sum);
    return sum;
  };
  return (pieces) => {
    let sum = 0;
    for (const piece of pieces) sum += ofPiece(piece);
    return sum;
  };
}

/** Pieces that nobody else has, to which elements may be appended. */
export type OwnPieces<T> = T[][];

/** A copy with one element more, of which the last piece is a copy, too. */
export function ownPieces<T>(pieces: Pieces<T>, one: T): OwnPieces<T> {
  // To ask an empty list for the one before its first is slow.
  if (pieces.length === 0) return [[one]];
  const own = pieces.slice() as OwnPieces<T>;
  own[own.length - 1] = (own[own.length - 1] as T[]).slice();
  append(own, one);
  return own;
}

/** Appends an element; there is one already. */
export function append<T>(pieces: OwnPieces<T>, one: T): void {
  const last = pieces[pieces.length - 1] as T[];
  if (last.length < PIECE) last.push(one);
  else pieces.push([one]);
}
