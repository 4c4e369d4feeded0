/** RFC 9293 §3.9.2.3 Source Address Validation: segments from or to addresses that are not one host's. */

import { isIPv6 } from '../ip-version.js';
import type { Microstep, RuleInfo } from '../rule.js';

export const ADDRESS: RuleInfo = {
  id: 'arrival/address',
  rfc: 'RFC 9293 §3.9.2.3',
  title: 'Source Address Validation',
  moves: [],
};

/** Whether an address can be one host's: not multicast, broadcast or unspecified. */
export function isUnicast(address: string): boolean {
  if (isIPv6(address)) return !address.startsWith('ff') && address !== '::';
  const first = firstNumber(address);
  return first > 0 && first < 224;
}

/** Whether a source cannot be outside the host that has the other address: a loopback address (RFC 1122 §3.2.1.3), unless its own is one. */
export function isForeignLoopback(source: string, own: string): boolean {
  return isLoopback(source) && !isLoopback(own);
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

/** The decimal number that an address begins with; 0 when it begins with none. */
function firstNumber(address: string): number {
  let number = 0;
  for (let i = 0; i < address.length; i++) {
    const digit = address.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) break;
    number = number * 10 + digit;
  }
  return number;
}

/** MUST-57, MUST-63: the segment is discarded silently, before any rule of a state. */
export function strayStep(datagram: {
  readonly source: string;
  readonly destination: string;
}): Microstep {
  const { source, destination } = datagram;
  return {
    rule: ADDRESS,
    why: () => `from ${source} to ${destination}: ${strayWhy(datagram)}, silently discarded`,
    connection: undefined,
    before: undefined,
    after: undefined,
    effects: [{ kind: 'discard', reason: strayWhy(datagram) }],
  };
}

function strayWhy({ source, destination }: { source: string; destination: string }): string {
  const unicast = isUnicast(source) && isUnicast(destination);
  return unicast ? 'a loopback address from outside' : 'not both unicast';
}
