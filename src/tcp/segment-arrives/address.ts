/** RFC 9293 §3.9.2.3 Source Address Validation: segments from or to addresses that are not one host's. */

import type { Microstep, RuleInfo } from '../rule.js';

export const ADDRESS: RuleInfo = {
  id: 'arrival/address',
  rfc: 'RFC 9293 §3.9.2.3',
  title: 'Source Address Validation',
  moves: [],
};

/** Whether an address can be one host's: not multicast, broadcast or unspecified. */
export function isUnicast(address: string): boolean {
  if (address.includes(':')) return !address.startsWith('ff') && address !== '::';
  const first = firstNumber(address);
  return first > 0 && first < 224;
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
    why: () => `from ${source} to ${destination}: not both unicast, silently discarded`,
    connection: undefined,
    before: undefined,
    after: undefined,
    effects: [{ kind: 'discard', reason: 'not a unicast address' }],
  };
}
