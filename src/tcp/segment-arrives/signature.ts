/** RFC 2385 §2.0: segments with an MD5 signature, for which no connection has a key (deviation signed-segments). */

import type { Microstep, RuleInfo } from '../rule.js';
import type { Segment } from '../segment.js';
import type { Settings } from '../settings.js';

export const SIGNATURE: RuleInfo = {
  id: 'arrival/signature',
  rfc: 'RFC 2385 §2.0',
  title: 'A signature without a key',
  moves: [],
};

/** Whether a segment is signed and dropped for it, or at least not reset. */
export function isUnwantedSignature({ signedSegments }: Settings, { options }: Segment): boolean {
  return options.signature !== undefined && signedSegments === 'drop';
}

/** The record of its being dropped, before any rule of a state. */
export function signatureStep(): Microstep {
  return {
    rule: SIGNATURE,
    why: () => 'a signature, and no key to check it: dropped (deviation signed-segments)',
    connection: undefined,
    before: undefined,
    after: undefined,
    effects: [{ kind: 'discard', reason: 'a signature without a key' }],
  };
}
