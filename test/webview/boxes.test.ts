/** Boxes of texts: which are in each other's way. */

import assert from 'node:assert/strict';
import { overlap, shapeOf, turned, upright } from '../../src/webview/boxes.js';

const box = upright({ x: 0, y: 0, width: 10, height: 10 });
const line = (x1: number, y1: number, x2: number, y2: number) =>
  shapeOf([
    { x: x1, y: y1 },
    { x: x2, y: y2 },
  ]);

describe('boxes of texts', () => {
  const table: readonly (readonly [
    title: string,
    other: Parameters<typeof overlap>[1],
    boolean,
  ])[] = [
    ['a box within', upright({ x: 4, y: 4, width: 2, height: 2 }), true],
    ['a box that reaches into it', upright({ x: 9, y: 9, width: 5, height: 5 }), true],
    ['a box that touches its side', upright({ x: 10, y: 0, width: 5, height: 5 }), false],
    ['a box below', upright({ x: 0, y: 11, width: 10, height: 5 }), false],
    ['a line through', line(-5, 5, 15, 5), true],
    ['a line through a corner', line(-2, 7, 2, 11), true],
    ['a line past a corner, in the box around both', line(-2, 9, 1, 14), false],
    ['a line that ends before', line(-5, 5, -1, 5), false],
    [
      'a turned box whose corner reaches in',
      turned({ x: 15, y: 5 }, 45, { width: 10, above: 5, below: 5 }),
      true,
    ],
    [
      'a turned box beside a corner',
      turned({ x: 15, y: 15 }, 45, { width: 10, above: 5, below: 5 }),
      false,
    ],
  ];
  for (const [title, other, expected] of table) {
    it(`${expected ? 'overlap' : 'do not overlap'}: ${title}`, () => {
      assert.equal(overlap(box, other), expected);
      assert.equal(overlap(other, box), expected);
    });
  }

  it('turn about their middle, above and below as far as they are told', () => {
    const { corners } = turned({ x: 100, y: 50 }, 90, { width: 20, above: 4, below: 6 });
    const rounded = corners.map(({ x, y }) => [Math.round(x), Math.round(y)]);
    assert.deepEqual(rounded, [
      [104, 40],
      [104, 60],
      [94, 60],
      [94, 40],
    ]);
  });
});
