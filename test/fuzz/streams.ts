/** What was sent and what was taken, octet by octet: in order, exactly once, within the window, and nothing after a FIN. */

import type { Step } from '../../src/sim/step.js';
import type { Effect, Instant, Microstep } from '../../src/tcp/rule.js';
import { FIN, has, type Segment, SYN, segLen } from '../../src/tcp/segment.js';
import { add, atOrBefore, distance, num, type Seq } from '../../src/tcp/seq.js';
import { isSynchronized } from '../../src/tcp/states.js';
import type { Tcb } from '../../src/tcp/tcb.js';

/** Looks at one step after the other of a world in which nobody forges text (`forged`: only at what is sent and counted). */
export interface Streams {
  /** What is wrong with this step, as `name: what`. */
  readonly look: (step: Step) => string | undefined;
}

/** The text of one direction of one connection, by its first transmission: octet 0 has the number ISS+1. */
type Stream = Map<number, number>;

/** By `keyOf`: a host with a fixed ISN may have several incarnations with the same numbers, the latest last. */
type Sent = Map<string, Stream[]>;

export function createStreams(forged: boolean): Streams {
  const sent: Sent = new Map();
  return {
    look: (step) => {
      for (const microstep of step.microsteps) {
        const { before, after, rule } = microstep;
        if (before === undefined || after === undefined || step.cause.kind === 'edit') continue;
        const what =
          sentWrongly(microstep, sent) ??
          takenWrongly(before, after, microstep.effects, forged ? undefined : sent) ??
          timeWaitWrongly(before, after, step.at);
        if (what !== undefined) return `${what} (${rule.id})`;
      }
      return undefined;
    },
  };
}

/** The direction from one socket to the other, of the incarnation with this ISS. */
function keyOf(from: Tcb['local'], to: Tcb['remote'], iss: Seq): string {
  return `${from.address}:${from.port} ${to?.address}:${to?.port} ${num(iss)}`;
}

/** States after a FIN of ours was queued may retransmit; nothing new may follow it. */
function sentWrongly({ after, effects, rule }: Microstep, sent: Sent): string | undefined {
  if (after === undefined || after.state === 'CLOSED' || after.state === 'LISTEN') return undefined;
  const { snd, iss, fin } = after;
  for (const effect of effects) {
    if (effect.kind !== 'send') continue;
    const { segment, retransmission } = effect;
    if (segLen(segment) === 0 || effect.to !== after.remote?.address) continue;
    const end = add(segment.seq, segLen(segment));
    if (!atOrBefore(end, snd.nxt))
      return `nothing is sent beyond SND.NXT: ${num(end)} > ${num(snd.nxt)}`;
    if (fin !== undefined && !atOrBefore(end, add(fin, 1))) {
      return `nothing is sent after our FIN: ${num(end)} after ${num(fin)}`;
    }
    // §3.10.4: the FIN of SYN_RCVD leaves at once, whatever the window.
    const probe = rule.id === 'timeout/persist' || rule.id === 'close/syn-received';
    // Deviation `fin-window`: a FIN takes no room of the window.
    const room = has(segment, FIN) && after.settings.finWindow === 'any' ? 1 : 0;
    const edge = add(snd.una, snd.wnd + room);
    if (!retransmission && !probe && !has(segment, SYN) && !atOrBefore(end, edge)) {
      return `nothing new leaves beyond the window: ${num(end)} > SND.UNA+SND.WND=${num(edge)}`;
    }
    const key = keyOf(after.local, after.remote, iss);
    const streams = sent.get(key) ?? [];
    sent.set(key, streams);
    if (streams.length === 0 || (has(segment, SYN) && !retransmission)) streams.push(new Map());
    const stream = streams.at(-1) as Stream;
    const what = sameAgain(stream, segment, iss);
    if (what !== undefined) return what;
  }
  return undefined;
}

/** What is sent again is what was sent before. */
function sameAgain(stream: Stream, { seq, ctl, data }: Segment, iss: Seq): string | undefined {
  const first = distance(add(iss, 1), add(seq, (ctl & SYN) === 0 ? 0 : 1));
  for (let i = 0; i < data.length; i++) {
    const octet = data[i] ?? 0;
    const known = stream.get(first + i);
    if (known !== undefined && known !== octet)
      return `an octet is sent again as it was: ${first + i}`;
    stream.set(first + i, octet);
  }
  return undefined;
}

const FIN_TAKEN = ['CLOSE_WAIT', 'CLOSING', 'LAST_ACK', 'TIME_WAIT'];

/** RCV.NXT moves over octets that the user gets, in order and once, and over one FIN. */
function takenWrongly(
  before: Tcb,
  after: Tcb,
  effects: readonly Effect[],
  sent: Sent | undefined,
): string | undefined {
  const counts = isSynchronized(before.state) || before.state === 'SYN_RCVD';
  const lives = isSynchronized(after.state) || after.state === 'SYN_RCVD';
  if (!counts || !lives || before.iss !== after.iss) return undefined;
  const finNow = !FIN_TAKEN.includes(before.state) && FIN_TAKEN.includes(after.state) ? 1 : 0;
  const taken = distance(before.rcv.nxt, after.rcv.nxt) - finNow;
  const given = effects.flatMap((one) =>
    one.kind === 'complete' && one.outcome.kind === 'ok' && one.outcome.data
      ? [one.outcome.data]
      : [],
  );
  if (taken === 0 && given.length === 0 && before.queued.received === after.queued.received)
    return undefined;
  const then = Buffer.concat(before.queued.received);
  const now = Buffer.concat([...given, ...after.queued.received]);
  if (now.length !== then.length + taken || !now.subarray(0, then.length).equals(then)) {
    return `octets are delivered in order and once: ${then.length} + ${taken} became ${now.length}`;
  }
  const streams = after.remote && sent?.get(keyOf(after.remote, after.local, after.irs));
  if (streams === undefined) return undefined;
  const first = distance(add(after.irs, 1), before.rcv.nxt);
  for (let i = 0; i < taken; i++) {
    if (streams.some((one) => one.get(first + i) === now[then.length + i])) continue;
    return `what is delivered is what was sent: octet ${first + i}`;
  }
  return undefined;
}

/** TIME_WAIT begins with 2 MSL to go. */
function timeWaitWrongly(before: Tcb, after: Tcb, now: Instant): string | undefined {
  if (before.state === 'TIME_WAIT' || after.state !== 'TIME_WAIT') return undefined;
  const end = now + 2 * after.settings.msl;
  return after.timers.timeWait === end ? undefined : `TIME_WAIT lasts 2 MSL: not until ${end}`;
}
