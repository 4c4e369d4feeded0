/** What a script says cannot steer the terminal that it is printed to. */

import assert from 'node:assert/strict';
import { visible } from '../../src/base/visible.js';

describe('text made visible', () => {
  it('has escapes for what a terminal obeys, and for what nobody sees', () => {
    assert.equal(visible('\x1b[31mred\x07\r\0\x7f'), '\\x1b[31mred\\x07\\x0d\\x00\\x7f');
    assert.equal(
      visible('a\u200bb\u202ec\ufeff\u009b\u{e0041}'),
      'a\\u{200b}b\\u{202e}c\\u{feff}\\u{9b}\\u{e0041}',
    );
  });

  it('keeps letters, lines and tabs', () => {
    const text = 'line\n\tMüller 客户 😀 \\x1b “x” → §3';
    assert.equal(visible(text), text);
  });
});
