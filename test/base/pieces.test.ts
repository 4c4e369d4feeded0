/** A list in pieces: whatever is done to it, it is the list that it would be in one piece; and what is not touched is shared. */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Pieces } from '../../src/base/pieces.js';
import {
  append,
  atPlace,
  countOf,
  countPieces,
  edited,
  elementsFrom,
  firstOf,
  frontOf,
  inPieces,
  lastOf,
  lastPlace,
  listOf,
  ownPieces,
  replaced,
  sumOver,
  withAfter,
  withBefore,
  withoutFirst,
} from '../../src/base/pieces.js';

/** A change, by numbers: what it is, where, how much. */
const changes = fc.array(fc.tuple(fc.nat({ max: 5 }), fc.nat(), fc.nat({ max: 300 })), {
  maxLength: 30,
});
const numbers = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

function changed(pieces: Pieces<number>, [kind, at, count]: readonly number[]): Pieces<number> {
  const place = (at as number) % (countOf(pieces) + 1);
  switch (kind) {
    case 0: {
      const own = ownPieces(pieces, 999);
      for (const one of numbers(1_000, count as number)) append(own, one);
      return own;
    }
    case 1:
      return withoutFirst(pieces, place);
    case 2:
      return withBefore(numbers(2_000, count as number), pieces);
    case 3:
      return edited(
        pieces,
        () => true,
        (one) => (one % 7 === 0 ? one + 1 : one),
      );
    case 4:
      return numbers(4_000, count as number).reduce((list, one) => withAfter(list, one), pieces);
    default:
      return replaced(pieces, place, (count as number) % 20, ...numbers(3_000, (at as number) % 8));
  }
}

function changedList(list: readonly number[], [kind, at, count]: readonly number[]): number[] {
  const place = (at as number) % (list.length + 1);
  switch (kind) {
    case 0:
      return [...list, 999, ...numbers(1_000, count as number)];
    case 1:
      return list.slice(place);
    case 2:
      return [...numbers(2_000, count as number), ...list];
    case 3:
      return list.map((one) => (one % 7 === 0 ? one + 1 : one));
    case 4:
      return [...list, ...numbers(4_000, count as number)];
    default: {
      const after = [...list];
      after.splice(place, (count as number) % 20, ...numbers(3_000, (at as number) % 8));
      return after;
    }
  }
}

const total = sumOver<number>((one) => one);

function assertIs(pieces: Pieces<number>, list: readonly number[]): void {
  assert.deepEqual([...listOf(pieces)], list);
  assert.ok(
    pieces.every((piece) => piece.length > 0),
    'no piece is empty',
  );
  assert.equal(countOf(pieces), list.length);
  assert.equal(
    total(pieces),
    list.reduce((sum, one) => sum + one, 0),
  );
  assert.equal(frontOf(pieces), list[0]);
  assert.equal(lastOf(pieces), list.at(-1));
  const odd = (one: number) => one % 9 === 5;
  assert.equal(lastPlace(pieces, odd), list.map(odd).lastIndexOf(true));
  const middle = list.length >> 1;
  assert.equal(atPlace(pieces, middle), list[middle]);
  assert.deepEqual([...firstOf(pieces, middle)], list.slice(0, middle));
  assert.deepEqual([...elementsFrom(pieces, middle)], list.slice(middle));
}

describe('a list in pieces', () => {
  it('is the list that it would be in one', () => {
    fc.assert(
      fc.property(fc.nat({ max: 500 }), changes, (count, all) => {
        let pieces = inPieces(numbers(0, count));
        let list = numbers(0, count);
        for (const change of all) {
          const before = pieces;
          const known = list;
          pieces = changed(pieces, change);
          list = changedList(list, change);
          assertIs(pieces, list);
          assertIs(before, known);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('a change copies the pieces that it lies in, and no others', () => {
    const pieces = inPieces(numbers(0, 10_000));
    const shared = (after: Pieces<number>) =>
      after.filter((piece) => pieces.includes(piece)).length;
    const all = pieces.length;
    assert.ok(all > 20);
    assert.equal(shared(replaced(pieces, 5_000, 1, -1)), all - 1);
    assert.equal(shared(replaced(pieces, 5_000, 0, -1)), all - 1);
    assert.equal(shared(ownPieces(pieces, 1)), all - 1);
    assert.equal(shared(withoutFirst(pieces, 1)), all - 1);
    assert.equal(shared(withAfter(pieces, 1)), all - 1);
    const one = edited(
      pieces,
      () => true,
      (number) => (number === 5_000 ? -1 : number),
    );
    assert.equal(shared(one), all - 1);
    const none = edited(
      pieces,
      () => true,
      (number) => number,
    );
    assert.equal(none, pieces);
  });

  it('a whole piece is summed once', () => {
    let asked = 0;
    const sum = sumOver<number>((one) => {
      asked += 1;
      return one;
    });
    const pieces = inPieces(numbers(0, 10_000));
    const expected = (10_000 * 9_999) / 2;
    assert.deepEqual([sum(pieces), asked], [expected, 10_000]);
    asked = 0;
    assert.equal(sum(withAfter(pieces, 7)), expected + 7);
    assert.ok(asked <= 128, `${asked}`);
  });

  it('the pieces that are so are counted by halving', () => {
    const pieces = inPieces(numbers(0, 10_000));
    let asked = 0;
    const count = countPieces(pieces, (piece) => {
      asked += 1;
      return (piece[0] as number) < 5_000;
    });
    assert.equal(count, pieces.filter((piece) => (piece[0] as number) < 5_000).length);
    assert.ok(asked <= 8, `${asked}`);
  });
});
