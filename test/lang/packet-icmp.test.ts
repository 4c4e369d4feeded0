/** The names that packetdrill has for ICMP errors: what is written is read as the same. */

import assert from 'node:assert/strict';
import { icmpErrorOf, icmpNameOf, icmpNumbersOf } from '../../src/lang/packet-icmp.js';
import { ICMP_TEXT, type IcmpError } from '../../src/tcp/icmp/messages.js';

const errors = Object.keys(ICMP_TEXT) as IcmpError[];

/** Errors that are read as another one, and those without a name. */
function strangers(version: 4 | 6): readonly (readonly [IcmpError, IcmpError | undefined])[] {
  return errors.flatMap((error) => {
    const [type, code] = icmpNameOf(error, version)?.split(' ') ?? [];
    const seen = type === undefined ? undefined : icmpErrorOf(type, code, version);
    return seen === error ? [] : [[error, seen] as const];
  });
}

describe('packetdrill’s names of ICMP errors', () => {
  it('of IPv4 are one for each error that ICMP has', () => {
    assert.deepEqual(strangers(4), [
      ['beyond-scope', 'host-unreachable'],
      ['unknown-next-header', undefined],
    ]);
  });

  it('of IPv6 are one for each error that ICMPv6 has', () => {
    const missing =
      `source-route-failed net-unknown host-unknown host-isolated net-prohibited net-tos host-tos
      precedence bad-length source-quench redirect`.split(/\s+/);
    assert.deepEqual(
      strangers(6).map(([error, seen]) => (seen === undefined ? error : `${error} as ${seen}`)),
      ['protocol-unreachable as unknown-next-header', ...missing],
    );
  });

  it('are read where another spelling is usual, and as numbers', () => {
    assert.equal(icmpErrorOf('unreachable', undefined, 4), 'net-unreachable');
    assert.equal(icmpErrorOf('unreachable', 'addr_unreachable', 6), 'host-unreachable');
    assert.equal(icmpErrorOf('time_exceeded', 'ttl_exceeded_in_transit', 4), 'time-exceeded');
    assert.equal(icmpErrorOf('type_3', 'code_3', 4), 'port-unreachable');
    assert.equal(icmpErrorOf('type_1', 'port_unreachable', 6), 'port-unreachable');
    assert.equal(icmpErrorOf('redirect', 'code_1', 4), 'redirect');
    assert.equal(icmpErrorOf('parameter_problem', 'code_200', 6), 'parameter-problem');
  });

  it('are none of what the version does not have', () => {
    const unknown: readonly (readonly [string, string | undefined, 4 | 6])[] = [
      ['unreachable', 'next_door', 4],
      ['unreachable', 'code_16', 4],
      ['unreachable', 'code_256', 4],
      ['unreachable', 'no_route', 4],
      ['source_quench', undefined, 6],
      ['redirect', 'host', 4],
      ['type_8', undefined, 4],
      ['echo_request', undefined, 4],
      ['toString', undefined, 4],
    ];
    for (const [type, code, version] of unknown)
      assert.equal(icmpErrorOf(type, code, version), undefined, `${type} ${code}`);
  });

  it('are numbers on the wire', () => {
    assert.deepEqual(icmpNumbersOf('too-big', 4), [3, 4]);
    assert.deepEqual(icmpNumbersOf('too-big', 6), [2, 0]);
    assert.deepEqual(icmpNumbersOf('reassembly-time-exceeded', 4), [11, 1]);
    assert.equal(icmpNumbersOf('redirect', 6), undefined);
  });
});
