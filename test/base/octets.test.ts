/** Octets in parts: joined and cut they are the same octets. */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { joinOctets, octetCount, withoutOctets } from '../../src/base/octets.js';

const inParts = fc.array(fc.uint8Array({ maxLength: 5 }), { maxLength: 6 });

describe('octets in parts', () => {
  it('are, up to any count and from there on, those of the whole', () => {
    fc.assert(
      fc.property(inParts, fc.nat({ max: 30 }), (parts, count) => {
        const whole = parts.flatMap((part) => [...part]);
        assert.equal(octetCount(parts), whole.length);
        assert.deepEqual([...joinOctets(parts)], whole);
        assert.deepEqual([...joinOctets(parts, count)], whole.slice(0, count));
        const rest = withoutOctets(parts, count);
        assert.deepEqual([...joinOctets(rest)], whole.slice(count));
      }),
    );
  });

  it('stay as they are: what is joined is a copy, and parts that are not cut are the same parts', () => {
    const [one, two] = [Uint8Array.of(1, 2), Uint8Array.of(3)];
    joinOctets([one]).fill(9);
    assert.deepEqual([...one], [1, 2]);
    const [rest] = withoutOctets([one, two], 2);
    assert.equal(rest, two);
  });
});
