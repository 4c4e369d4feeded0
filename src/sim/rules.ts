/** What the network decides by: the named rules of links, peers and hosts' power, in the order in which they are asked. */

import type { RuleInfo } from '../tcp/rule.js';
import { move } from '../tcp/rule.js';
import type { Move } from '../tcp/states.js';
import { STATES } from '../tcp/states.js';

function rule(id: string, title: string, moves: readonly Move[] = []): RuleInfo {
  return { id, rfc: id.slice(0, id.indexOf('/')), title, moves };
}

/** A crash forgets connections without a word, in whatever state they are. */
const FORGOTTEN: readonly Move[] = STATES.filter((state) => state !== 'CLOSED').map((state) =>
  move(state, 'CLOSED'),
);

export const NO_ROUTE = rule('link/no-route', 'Does anybody have this address?');
export const CUT = rule('link/cut', 'Is the path whole?');
export const MTU = rule('link/mtu', 'Does the datagram fit the link?');
export const LOSE = rule('link/lose', 'Is the segment lost?');
export const CORRUPT = rule('link/corrupt', 'Is the segment damaged?');
export const HOLD = rule('link/hold', 'Is the segment held back?');
export const DELAY = rule('link/delay', 'Is the segment late?');
export const REORDER = rule('link/reorder', 'May others overtake the segment?');
export const DUPLICATE = rule('link/duplicate', 'Is the segment doubled?');
export const FULL = rule('link/full', 'Is there room for one more?');
export const DELIVER = rule('link/deliver', 'When does the segment arrive?');
export const CHECKSUM = rule('link/checksum', 'Is the checksum right?');
export const RECORD = rule('peer/record', 'A peer without a TCP only records');
export const DOWN = rule('host/down', 'Is the host up?');
export const INJECT = rule('link/inject', 'A segment is put on the wire');
export const ARM = rule('link/arm', 'A fault waits for its segment');
export const RELEASE = rule('link/release', 'Held segments go on their way');
export const MEND = rule('link/mend', 'The path is whole again');
export const CRASH = rule('host/crash', 'The host loses its memory', FORGOTTEN);
export const RESTART = rule('host/restart', 'The host boots');
export const GIVEN = rule('host/given', 'A connection is there from the start');
export const EDIT_SEGMENT = rule('edit/segment', 'A segment under way is what you made of it');
export const EDIT_VARIABLE = rule('edit/variable', 'A variable has the value that you gave it');
export const EDIT_LINK = rule('edit/link', 'A link is what you made of it');

/** Every rule of this part, for breakpoints by rule id and for docs. */
export const SIM_RULES: readonly RuleInfo[] = [
  NO_ROUTE,
  CUT,
  MTU,
  LOSE,
  CORRUPT,
  HOLD,
  DELAY,
  REORDER,
  DUPLICATE,
  FULL,
  DELIVER,
  CHECKSUM,
  RECORD,
  DOWN,
  INJECT,
  ARM,
  RELEASE,
  MEND,
  CRASH,
  RESTART,
  GIVEN,
  EDIT_SEGMENT,
  EDIT_VARIABLE,
  EDIT_LINK,
];
