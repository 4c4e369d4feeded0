/** Variables that are made when somebody looks. */

import assert from 'node:assert/strict';
import { namedUncounted } from '../../src/debug/items.js';

describe('variables', () => {
  it('that are counted and then shown are made once, and not before', () => {
    let made = 0;
    const children = namedUncounted(() => {
      made++;
      return ['a', 'b', 'c'].map((name) => ({ name, value: made }));
    });
    assert.equal(made, 0);
    const rows = children.slice(1, children.size);
    assert.deepEqual(
      rows.map(({ name }) => name),
      ['b', 'c'],
    );
    assert.equal(made, 1);
  });
});
