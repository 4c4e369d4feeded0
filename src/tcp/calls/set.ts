/** RFC 9293 §3.9.1 User/TCP Interface: what a user may tell one connection (MUST-21, MUST-24, §3.9.1.2). */

import { presumed } from '../receiving/dialogue.js';
import { countsMemory } from '../receiving/memory.js';
import { clampedTo, withRoomFor } from '../receiving/space.js';
import type { Instant, Verdict } from '../rule.js';
import { finish } from '../rule.js';
import { sendAfterCall } from '../sending/send-queued.js';
import type { Settings } from '../settings.js';
import { SETTINGS } from '../settings.js';
import type { State } from '../states.js';
import { isSynchronized, STATES } from '../states.js';
import type { Tcb } from '../tcb.js';
import { editRcv, editSnd, editSpace, editTcb } from '../tcb.js';
import { editTimers, late } from '../timers.js';
import { TEXT } from '../user-texts.js';
import { initialWindow, openReceiveWindow } from '../window.js';
import type { CallRule } from './call-rule.js';
import { callRulesOf, completes, fails } from './call-rule.js';

export interface SetCall {
  readonly call: number;
  /** What changes; the rest stays. */
  readonly settings: Partial<Settings>;
}

const rule = callRulesOf<SetCall>('set', 'RFC 9293 §3.9.1');

const connected: readonly State[] = STATES.filter(
  (state) => state !== 'CLOSED' && state !== 'LISTEN',
);

export const setRules: readonly CallRule<SetCall>[] = [
  rule('closed', ['CLOSED'], [], setClosed),
  rule('listen', ['LISTEN'], [], setListen),
  rule('connection', connected, [], setConnection),
];

function setClosed(_tcb: Tcb, { call }: SetCall): Verdict {
  return finish(() => 'no connection', undefined, [fails(call, TEXT.doesNotExist)]);
}

/** Connections that a listener makes have its settings. */
function setListen(tcb: Tcb, { call, settings: changes }: SetCall): Verdict {
  const settings = withChanges(tcb, changes);
  const rcv = editRcv(tcb.rcv, { wnd: initialWindow(settings, settings.windowScale ?? 0) });
  const why = () => `connections made from now on have ${changed(changes)}`;
  return finish(why, editTcb(tcb, { settings, rcv }), [completes(call)]);
}

function setConnection(tcb: Tcb, { call, settings: changes }: SetCall, now: Instant): Verdict {
  const settings = withChanges(tcb, changes);
  // What answers the SYN is bounded then.
  const bound = tcb.state === 'SYN_SENT' ? tcb.snd.mss : (changes.mss ?? tcb.snd.mss);
  const snd = editSnd(tcb.snd, { mss: Math.min(tcb.snd.mss, bound) });
  const told = editTcb(tcb, { settings, snd, options: withAdvertisement(tcb, changes) });
  const roomy = withBuffer(told, changes);
  const { ackDelay } = changes;
  const presumes = settings.interactiveAck !== 0 && isSynchronized(tcb.state);
  const heard = presumes && ackDelay !== undefined ? presumed(roomy, ackDelay > 0) : roomy;
  const timed = withTimers(heard, tcb.settings, changes, now);
  const lets = changes.nagle === false || changes.cork === false;
  if (!lets || tcb.queued.sends.length === 0) {
    return finish(() => changed(changes), timed, [completes(call)]);
  }
  // Nothing holds the text any more.
  const out = sendAfterCall(timed, now, timed.settings.nagle ? 'turn' : 'push');
  return finish(() => changed(changes), out.tcb, [...out.effects, completes(call)]);
}

/** Another buffer, and another bound of its window; one that grows to what the user waits for lets the window grow, too. */
function withBuffer(tcb: Tcb, { window, windowClamp, lowWater }: Partial<Settings>): Tcb {
  const bound = windowClamp === undefined ? tcb : clampedTo(tcb, windowClamp);
  if (window === undefined || (hasOffered(tcb) && countsMemory(tcb.settings))) return bound;
  const asked = bound.space ? editSpace(bound, { ...bound.space, grownTo: 0 }) : bound;
  return openReceiveWindow(lowWater === undefined ? asked : withRoomFor(asked, lowWater));
}

/** Our SYN, which has told the window, has not been acknowledged. */
function hasOffered({ state, open }: Tcb): boolean {
  return state === 'SYN_SENT' || (state === 'SYN_RCVD' && open === 'active');
}

/** RFC 5482 §3: "if an application explicitly sets the USER_TIMEOUT, CHANGEABLE MUST become false". */
function withChanges(tcb: Tcb, changes: Partial<Settings>): Settings {
  const chosen = changes.userTimeout === undefined ? {} : { userTimeoutChangeable: false };
  return { ...tcb.settings, ...chosen, ...changes };
}

/** RFC 5482 §3: another user timeout is advertised with the next segment. */
function withAdvertisement(
  { options, settings }: Tcb,
  { userTimeout, advertisedUserTimeout, userTimeoutOption }: Partial<Settings>,
): Tcb['options'] {
  const enabled = userTimeoutOption ?? settings.userTimeoutOption;
  const changed = userTimeout ?? advertisedUserTimeout ?? userTimeoutOption;
  return enabled && changed !== undefined ? { ...options, userTimeoutDue: true } : options;
}

/** The timers whose length has changed run anew; those that are off now stop. */
function withTimers(tcb: Tcb, old: Settings, changes: Partial<Settings>, now: Instant): Tcb {
  const { userTimeout, finWait2Timeout, keepalive } = changes;
  let { timers } = tcb;
  if (keepalive !== undefined) {
    // Who turns it on waits for a whole idle time first.
    const first =
      old.keepalive === 0 && keepalive > 0 ? now + late(keepalive, tcb.settings) : undefined;
    timers = editTimers(timers, { keepalive: first });
  }
  if (userTimeout !== undefined && timers.user !== undefined) {
    timers = editTimers(timers, { user: userTimeout > 0 ? now + userTimeout : undefined });
  }
  if (finWait2Timeout !== undefined && tcb.state === 'FIN_WAIT_2') {
    timers = editTimers(timers, {
      finWait2: finWait2Timeout > 0 ? now + finWait2Timeout : undefined,
    });
  }
  return editTcb(tcb, { timers });
}

/** `user-timeout, keepalive`: the words of what changed. */
function changed(changes: Partial<Settings>): string {
  const words = SETTINGS.filter(({ name }) => changes[name] !== undefined).map(({ word }) => word);
  return words.length === 0 ? 'nothing new' : `another ${words.join(', ')}`;
}
