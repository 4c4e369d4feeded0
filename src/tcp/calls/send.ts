/** RFC 9293 §3.10.2 SEND Call. */

import { frontOf, lastOf, withAfter } from '../../base/pieces.js';
import { restarted } from '../congestion/window-use.js';
import { isOpenEarly } from '../fast-open.js';
import type { Isn } from '../isn.js';
import { withSpare } from '../loss-recovery/sack.js';
import { sumOf } from '../loss-recovery/tally.js';
import { editRto } from '../retransmission/variables.js';
import type { Effect, Instant, Verdict } from '../rule.js';
import { finish } from '../rule.js';
import { atRest, unsentOctets } from '../sending/queued.js';
import type { Why } from '../sending/send-queued.js';
import { sendAfterCall } from '../sending/send-queued.js';
import type { Output } from '../sending/transmit.js';
import type { Unit } from '../sending/units.js';
import {
  appended,
  goesInUnits,
  goingOn,
  isPushDue,
  octetsOf,
  roomInLast,
  unitsOf,
  withoutPush,
  withPush,
  withRecordEnd,
  withUnits,
} from '../sending/units.js';
import { withUrgentText } from '../sending/urgent.js';
import { distance, num } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { editQueued, editTcb } from '../tcb.js';
import { TEXT } from '../user-texts.js';
import { fullSegment } from '../window.js';
import type { CallRule } from './call-rule.js';
import { callRulesOf, completes, fails } from './call-rule.js';
import { openActively } from './open.js';

export interface SendCall {
  readonly call: number;
  readonly data: Uint8Array;
  /** Without PUSH: more follows. */
  readonly more?: true | undefined;
  /** What the user gives at once goes on with the next SEND, or ends here for want of room; a record ends here. */
  readonly part?: SendPart | undefined;
  /** The URGENT flag. */
  readonly urgent?: true | undefined;
  /** There is room, however it was counted. */
  readonly fits?: true | undefined;
  /** For a SEND that makes a listener active. */
  readonly isn: () => Isn;
}

export type SendPart = 'goes-on' | 'cut' | 'record';

const rule = callRulesOf<SendCall>('send', 'RFC 9293 §3.10.2');

export const sendRules: readonly CallRule<SendCall>[] = [
  rule('closed', ['CLOSED'], [], sendClosed),
  rule('listen', ['LISTEN'], ['LISTEN -> SYN_SENT'], sendListen),
  rule('opening', ['SYN_SENT', 'SYN_RCVD'], [], sendOpening),
  rule('open', ['ESTABLISHED', 'CLOSE_WAIT'], [], sendOpen),
  rule(
    'closing',
    ['FIN_WAIT_1', 'FIN_WAIT_2', 'CLOSING', 'LAST_ACK', 'TIME_WAIT'],
    [],
    sendClosing,
  ),
];

function sendClosed(_tcb: Tcb, { call }: SendCall): Verdict {
  return finish(() => 'no connection', undefined, [fails(call, TEXT.doesNotExist)]);
}

function sendListen(tcb: Tcb, input: SendCall, now: Instant): Verdict {
  const { call, isn } = input;
  if (tcb.remote === undefined) {
    const why = () => 'in LISTEN for any remote socket: nobody to send to';
    return finish(why, undefined, [fails(call, TEXT.remoteUnspecified)]);
  }
  if (tcb.settings.listenCalls === 'refuse') {
    const why = () => 'a listener stays one (deviation listen-calls)';
    return finish(why, undefined, [fails(call, TEXT.remoteUnspecified)]);
  }
  if (!hasRoom(tcb, input)) return noRoom(tcb, input);
  const opened = openActively(queued(tcb, input), tcb.remote, isn(), now);
  const out = input.urgent ? { ...opened, tcb: withUrgentText(opened.tcb) } : opened;
  const why = () =>
    `the remote socket is specified: active now, ISS=${num(out.tcb.iss)}; text queued`;
  return finish(why, out.tcb, [...out.effects, ...emptyDone(input)]);
}

function sendOpening(tcb: Tcb, input: SendCall, now: Instant): Verdict {
  if (isOpenEarly(tcb)) return sendOpen(tcb, input, now);
  if (closeWaits(tcb)) return sendClosing(tcb, input);
  if (!hasRoom(tcb, input)) return noRoom(tcb, input);
  if (input.part !== undefined && input.data.length === 0) return announce(tcb, input);
  const why = () => `${input.data.length} octets queued until ESTABLISHED`;
  return finish(why, queued(tcb, input), emptyDone(input));
}

/** A SEND of no octets that goes on says that text will come; one that is cut takes it back. */
function announce(tcb: Tcb, input: SendCall): Verdict {
  const announced = input.part === 'goes-on';
  const why = () =>
    announced ? 'a SEND waits until ESTABLISHED' : 'the SEND that waited is given up';
  const after = editTcb(tcb, { queued: atRest({ ...tcb.queued, announced }) });
  return finish(why, after, emptyDone(input));
}

function sendOpen(before_: Tcb, input: SendCall, now: Instant): Verdict {
  const tcb = withoutKeepalives(before_);
  if (closeWaits(tcb)) return sendClosing(tcb, input);
  if (!hasRoom(tcb, input)) return noRoom(tcb, input);
  const out = goesInUnits(tcb)
    ? sendInUnits(tcb, input, now)
    : sendAfterCall(queued(tcb, input), now, input.more ? 'full' : 'turn');
  const why = () => sendWhy(tcb, out.tcb, input.data.length);
  return finish(why, out.tcb, [...out.effects, ...emptyDone(input)]);
}

/** Keep-alive probes that stayed unanswered do not make the first interval of a closed window longer. */
export function withoutKeepalives(tcb: Tcb): Tcb {
  const { rto, snd, timers } = tcb;
  if (rto.probes === 0 || snd.wnd > 0 || timers.persist !== undefined) return tcb;
  return octetsWaiting(tcb) > 0 ? tcb : editTcb(tcb, { rto: editRto(rto, { probes: 0 }) });
}

/** Text joins the units that wait; whole ones go while it does, as far as they may. */
function sendInUnits(tcb: Tcb, input: SendCall, now: Instant): Output {
  const { more, part, urgent } = input;
  const effects: Effect[] = [];
  const send = (from: Tcb, why: Why) => {
    const out = sendAfterCall(from, now, why);
    effects.push(...out.effects);
    return out.tcb;
  };
  let units = unitsOf(tcb);
  if (input.data.length > 0 && !tcb.units?.goesOn) units = joinable(tcb, units, urgent);
  let sent = queued(tcb.units?.goesOn ? tcb : withSpare(tcb, true), input);
  for (let left = input.data.length; left > 0; units = sent.units?.waiting ?? []) {
    const before = units;
    units = appended(sent, units, left, urgent);
    left -= octetsOf(units) - octetsOf(before);
    if (units.length > before.length) sent = restarted(sent, now);
    sent = withUnits(sent, units);
    const isFull = roomInLast(sent, urgent) === undefined;
    if (!isFull || (left === 0 && part !== 'goes-on')) break;
    // What is urgent leaves when all of it is there.
    if (urgent) continue;
    if (isPushDue(sent)) sent = send(withPush(sent), 'push');
    else if (units.length === 1) sent = send(sent, 'one');
  }
  if (part === 'goes-on') return { tcb: goingOn(sent, true), effects };
  sent = goingOn(sent, false);
  if (part === 'record') sent = withRecordEnd(sent);
  if (!more || isPushDue(sent)) sent = withPush(sent);
  sent = send(sent, part === 'cut' ? 'push' : more ? 'full' : 'turn');
  return { tcb: withSpare(sent, false), effects };
}

/** What joins the last unit takes its PSH away. */
function joinable(tcb: Tcb, units: readonly Unit[], urgent?: true): readonly Unit[] {
  return roomInLast(tcb, urgent) === undefined ? units : withoutPush(units);
}

function sendClosing(tcb: Tcb, { call }: SendCall): Verdict {
  const why = () => `CLOSE was called (${tcb.state}): no more SENDs`;
  return finish(why, undefined, [fails(call, TEXT.connectionClosing)]);
}

function noRoom(tcb: Tcb, { call, data }: SendCall): Verdict {
  const why = () =>
    `${data.length} octets and ${octetsWaiting(tcb)} that wait exceed send-buffer=${tcb.settings.sendBuffer}`;
  return finish(why, undefined, [fails(call, TEXT.insufficient)]);
}

function queued(tcb: Tcb, { call, data, more, urgent }: SendCall): Tcb {
  if (data.length === 0) return tcb;
  const { sends } = tcb.queued;
  // PUSH of what waits already covers what joins it.
  const covered = sends.length > 0 && !(frontOf(sends)?.more && lastOf(sends)?.more);
  const without = more && !covered;
  const send = without ? { call, data, more } : { call, data };
  const after = editQueued(tcb, { sends: withAfter(sends, send) });
  return urgent && tcb.state !== 'LISTEN' ? withUrgentText(after) : after;
}

/** A SEND of no octets has nothing to wait for. */
function emptyDone({ call, data }: SendCall): ReturnType<typeof completes>[] {
  return data.length === 0 ? [completes(call)] : [];
}

/** CLOSE was called and waits for its turn: "no further SENDs from the user will be accepted" (§3.6). */
function closeWaits(tcb: Tcb): boolean {
  return tcb.queued.closing || tcb.queued.closeCall !== undefined;
}

function hasRoom(tcb: Tcb, { data, fits }: SendCall): boolean {
  return fits === true || octetsWaiting(tcb) + data.length <= tcb.settings.sendBuffer;
}

/** Octets that are remembered: on the retransmission queue, or not yet segmentized. */
export function octetsWaiting(tcb: Tcb): number {
  return unsentOctets(tcb.queued) + sumOf(tcb.retransmissions, 'octets');
}

function sendWhy(before_: Tcb, after: Tcb, length: number): string {
  const sent = distance(before_.snd.nxt, after.snd.nxt);
  const numbers = `SND.UNA=${num(after.snd.una)}, SND.WND=${after.snd.wnd}, SND.NXT <- ${num(after.snd.nxt)}`;
  return sent < length
    ? `${length} octets queued, ${sent} sent: ${numbers}`
    : `segmentized in steps of ${fullSegment(after)} octets: ${numbers}`;
}
