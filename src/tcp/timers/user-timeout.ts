/** RFC 5482 §3 TCP User Timeout Option: what is advertised, and the user timeout that both sides’ wishes lead to. */

import { frontOf } from '../../base/pieces.js';
import type { Options } from '../options.js';
import type { Duration, Instant } from '../rule.js';
import type { Settings } from '../settings.js';
import { isSynchronized } from '../states.js';
import type { Tcb } from '../tcb.js';
import { editOptions, editTcb } from '../tcb.js';

const SECOND: Duration = 1_000_000;

/** The largest number of the option's 15 bits. */
const LARGEST = 0x7fff;

/** ADV_UTO, microseconds; 0 is for ever, which the option cannot say. */
function advertised({ advertisedUserTimeout, userTimeout }: Settings): Duration {
  return advertisedUserTimeout > 0 ? advertisedUserTimeout : userTimeout;
}

/** Our option: ADV_UTO in whole seconds, or minutes where seconds do not suffice. Never 0 (RFC 5482 §3.4). */
export function userTimeoutOption(settings: Settings): Pick<Options, 'userTimeout'> {
  if (!settings.userTimeoutOption || advertised(settings) === 0) return {};
  const seconds = Math.ceil(advertised(settings) / SECOND);
  const minutes = Math.min(Math.ceil(seconds / 60), LARGEST);
  return { userTimeout: seconds <= LARGEST ? seconds : minutes * 60 };
}

/** REMOTE_UTO of a segment, microseconds; undefined when there is none. The value 0 is reserved and ignored (RFC 5482 §3.4). */
export function remoteUserTimeout(settings: Settings, options: Options): Duration | undefined {
  if (!settings.userTimeoutOption || !options.userTimeout) return undefined;
  return options.userTimeout * SECOND;
}

/** The connection after a segment without SYN left: what it carried is due no more. */
export function userTimeoutSent(tcb: Tcb, options: Options): Tcb {
  if (!tcb.options.userTimeoutDue || options.userTimeout === undefined) return tcb;
  return editTcb(tcb, { options: editOptions(tcb.options, { userTimeoutDue: false }) });
}

/**
 * How long what was sent may stay unacknowledged, microseconds; 0 is for ever. A SYN may have a time of its own (deviation
 * open-timeout); a synchronized connection that may change it takes the remote side's wish into account (RFC 5482 §3.1):
 * USER_TIMEOUT = min(U_LIMIT, max(ADV_UTO, REMOTE_UTO, L_LIMIT)).
 */
export function userLimit({ state, settings, options, rto }: Tcb): Duration {
  const { openTimeout, userTimeout, userTimeoutMin, userTimeoutMax } = settings;
  if (!isSynchronized(state)) return openTimeout > 0 ? openTimeout : userTimeout;
  const { remoteUserTimeout: remote } = options;
  if (remote === undefined || !settings.userTimeoutChangeable) return userTimeout;
  // "L_LIMIT MUST be larger than the current retransmission timeout".
  const lower = Math.max(userTimeoutMin, rto.value + 1);
  const ours = advertised(settings);
  return ours === 0 ? userTimeoutMax : Math.min(userTimeoutMax, Math.max(ours, remote, lower));
}

/** Deviation `give-up time`: the retransmission timer looks whether the time is over, of text and of an active open. */
export function looksAtTime({ settings, state, open }: Tcb): boolean {
  return settings.giveUp === 'time' && (isSynchronized(state) || open === 'active');
}

/** No timer is shorter when the time is over already (deviation give-up). */
const LEAST_WAIT: Duration = 8_000;

/** The same deviation: a timer that is set because of a time-out, or of a probe, goes off when the user timeout is over at the latest. */
export function untilUserTimeout(tcb: Tcb, wait: Duration, now: Instant): Duration {
  const limit = userLimit(tcb);
  const { since } = tcb.rto;
  if (!looksAtTime(tcb) || limit === 0 || since === undefined) return wait;
  return Math.min(wait, Math.max(limit - (now - since), LEAST_WAIT));
}

/** The same deviation: what goes again, or probes, has done so in vain for so long. A closed window is probed from when its text was sent. */
export function isUserTimeOver(tcb: Tcb, now: Instant): boolean {
  const limit = userLimit(tcb);
  const since = tcb.rto.since ?? (tcb.snd.wnd === 0 ? frontOf(tcb.retransmissions)?.sentAt : now);
  return limit > 0 && since !== undefined && now - since >= limit;
}
