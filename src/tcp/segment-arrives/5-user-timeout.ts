/** RFC 5482 §3.1 Changing the Local User Timeout: after the fifth check, for a segment that has the option. */

import { printSeconds } from '../../base/time.js';
import type { Duration, Verdict } from '../rule.js';
import { goOn } from '../rule.js';
import { isSynchronized } from '../states.js';
import type { Tcb } from '../tcb.js';
import { editOptions, editTcb } from '../tcb.js';
import { remoteUserTimeout, userLimit } from '../timers/user-timeout.js';
import { editTimers } from '../timers.js';
import { TEXT } from '../user-texts.js';
import type { Arrival } from './arrival.js';

export function checkUserTimeout(tcb: Tcb, { seg }: Arrival): Verdict {
  const remote = remoteUserTimeout(tcb.settings, seg.options);
  if (remote === undefined) return goOn(() => 'User Timeout 0 is reserved: ignored');
  if (!isSynchronized(tcb.state)) return goOn(() => 'not synchronized: ignored');
  if (!tcb.settings.userTimeoutChangeable) {
    const why = () =>
      `REMOTE_UTO=${printSeconds(remote)}, but the user has chosen: CHANGEABLE is false`;
    return goOn(why, undefined, [{ kind: 'signal', text: TEXT.userTimeoutSuggested }]);
  }
  const told = editTcb(tcb, { options: editOptions(tcb.options, { remoteUserTimeout: remote }) });
  const why = () =>
    `REMOTE_UTO=${printSeconds(remote)}: USER_TIMEOUT <- min(U_LIMIT, max(ADV_UTO, REMOTE_UTO, L_LIMIT)) = ` +
    printSeconds(userLimit(told));
  return goOn(why, withTimer(told, userLimit(tcb)));
}

/** A user timeout that runs ends later or sooner by the difference. */
function withTimer(tcb: Tcb, before: Duration): Tcb {
  const { user } = tcb.timers;
  const difference = userLimit(tcb) - before;
  if (user === undefined || difference === 0) return tcb;
  return editTcb(tcb, { timers: editTimers(tcb.timers, { user: user + difference }) });
}
