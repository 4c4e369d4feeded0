/** The names that packetdrill has for ICMP errors: what is written is read as the same. */

import assert from 'node:assert/strict';
import { icmpErrorOf, icmpNameOf } from '../../src/lang/packet-icmp.js';
import { ICMP_TEXT, type IcmpError } from '../../src/tcp/icmp/messages.js';

const errors = Object.keys(ICMP_TEXT) as IcmpError[];

function read(name: string): IcmpError | undefined {
  const [type = '', code] = name.split(' ');
  return icmpErrorOf(type, code);
}

describe('packetdrill’s names of ICMP errors', () => {
  it('of IPv4 are one for each error', () => {
    for (const error of errors) assert.equal(read(icmpNameOf(error, 4)), error);
    assert.equal(new Set(errors.map((error) => icmpNameOf(error, 4))).size, errors.length);
  });

  it('of IPv6 say what this family has instead, where it has no such code', () => {
    const others = errors.flatMap((error) => {
      const seen = read(icmpNameOf(error, 6));
      return seen === error ? [] : [[error, seen]];
    });
    assert.deepEqual(others, [
      ['protocol-unreachable', 'unknown-next-header'],
      ['bad-length', 'parameter-problem'],
    ]);
  });

  it('are read where another spelling is usual; a code without a meaning counts only after `unreachable`', () => {
    assert.equal(icmpErrorOf('unreachable', undefined), 'net-unreachable');
    assert.equal(icmpErrorOf('unreachable', 'addr_unreachable'), 'host-unreachable');
    assert.equal(icmpErrorOf('time_exceeded', 'ttl_exceeded'), 'time-exceeded');
    assert.equal(icmpErrorOf('redirect', 'host'), 'redirect');
    assert.equal(icmpErrorOf('unreachable', 'next_door'), undefined);
    assert.equal(icmpErrorOf('echo_request', undefined), undefined);
  });
});
