/** RFC 9293 §3.6.1: an OPEN of the sockets of a TIME_WAIT, which ends it (deviation time-wait answer). */

import type { UserCall } from '../calls.js';
import { deleteTcb } from '../delete-tcb.js';
import type { Isn } from '../isn.js';
import type { Instant, Microstep, RuleInfo } from '../rule.js';
import { joinSteps } from '../rule.js';
import { successorIsn } from '../segment-arrives/reduced-time-wait.js';
import { num } from '../seq.js';
import type { Settings } from '../settings.js';
import type { AgreedOptions } from '../tcb.js';
import { isMereRecord } from '../timers/fin-wait-2.js';
import { TEXT } from '../user-texts.js';
import type { Connection, Host } from './connection-table.js';
import { put } from './settle.js';

export const REOPEN: RuleInfo = {
  id: 'time-wait/reopen',
  rfc: 'RFC 9293 §3.6.1',
  title: 'An OPEN of the same sockets',
  moves: ['TIME_WAIT -> CLOSED', 'FIN_WAIT_2 -> CLOSED'],
};

/** What the connection that is opened has of the one before it. */
export interface Inheritance {
  readonly isn: Isn;
  /** Its timestamp, which the SYN echoes. */
  readonly options: Pick<AgreedOptions, 'tsRecent' | 'tsRecentAt'>;
  readonly microsteps: readonly Microstep[];
}

/** Ends what is left of a connection, if its sockets may be opened anew: timestamps tell the segments of the two apart. */
export function endForOpen(
  host: Host,
  known: Connection | undefined,
  call: Extract<UserCall, { readonly kind: 'OPEN' }>,
  { timestamps }: Settings,
  now: Instant,
): Inheritance | undefined {
  if (known === undefined || call.open === 'passive' || !isMereRecord(known.tcb)) return undefined;
  const before = known.tcb;
  const isn = successorIsn(before);
  if (isn === undefined || !timestamps || !before.options.timestamps) return undefined;
  const closed = deleteTcb(before, TEXT.connectionClosing);
  const why = () =>
    `${before.state} has timestamps: it ends, and SND.NXT=${num(before.snd.nxt)} is passed (deviation time-wait)`;
  const { effects, tcb: after } = closed;
  const step = { rule: REOPEN, why, connection: known.ref, before, after, effects };
  const { tsRecent, tsRecentAt } = before.options;
  const microsteps = joinSteps([step], put(host, known, after, now));
  return { isn, options: { tsRecent, tsRecentAt }, microsteps };
}
