/** RFC 9293 §3.5.2 Reset Generation: the one place that forms a RST. */

import { assert } from '../base/assert.js';
import { feedbackBits, markOf } from './ecn/feedback.js';
import { NOT_ECT } from './ecn/ip.js';
import { receiverOptions } from './loss-recovery/sack.js';
import { timestampOption } from './options.js';
import type { Effect, Instant } from './rule.js';
import type { Segment } from './segment.js';
import { ACK, has, RST, segEnd, segment } from './segment.js';
import { withUrgentPointer } from './sending/urgent.js';
import type { Settings } from './settings.js';
import type { Tcb } from './tcb.js';
import { remoteOf } from './tcb.js';
import { answering, udpOf } from './udp-encapsulation.js';
import { acceptableSeq, windowField } from './window.js';

/**
 * The reset that answers `seg`, believable to its sender: `<SEQ=SEG.ACK><CTL=RST>`, or without an ACK bit
 * `<SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>`. A RST is never answered with one.
 */
export function resetFor(seg: Segment, to: string, settings: Settings): Effect {
  assert(!has(seg, RST), () => 'a RST must not be answered with a RST');
  // Deviation `reset-timestamps`.
  const echo = settings.resetTimestamps === 'echo' ? seg.options.timestamps : undefined;
  const common = {
    sourcePort: seg.destinationPort,
    destinationPort: seg.sourcePort,
    udp: answering(seg.udp),
    // RFC 7323 §5.2: TSval zero, and TSecr shows what provoked the reset.
    ...(echo === undefined ? {} : { options: { timestamps: { val: 0, ecr: echo.val } } }),
  };
  const reset = has(seg, ACK)
    ? segment({ ...common, seq: seg.ack, ctl: RST })
    : segment({ ...common, ack: segEnd(seg), ctl: RST | ACK });
  return { kind: 'send', segment: reset, to, retransmission: false };
}

/** The reset of an ABORT: `<SEQ=SND.NXT><CTL=RST>` (§3.10.5), or with an acknowledgment (deviation abort-flags). */
export function resetOf(tcb: Tcb, now: Instant): Effect {
  const remote = remoteOf(tcb);
  const bare = tcb.settings.abortFlags === 'rst';
  const closed = tcb.settings.abortFlags === 'rst-ack-closed';
  const options = bare ? timestampOption(tcb.options, now) : receiverOptions(tcb, now);
  const reset = segment({
    sourcePort: tcb.local.port,
    destinationPort: remote.port,
    seq: acceptableSeq(tcb),
    ...(bare ? {} : { ack: tcb.rcv.nxt, wnd: closed ? 0 : windowField(tcb, false) }),
    ctl: bare ? RST : RST | ACK | feedbackBits(tcb, RST | ACK, 0, options),
    ecn: bare ? NOT_ECT : markOf(tcb, RST | ACK, false),
    udp: udpOf(tcb),
    options,
  });
  const pointed = bare ? reset : withUrgentPointer(tcb, reset);
  return { kind: 'send', segment: pointed, to: remote.address, retransmission: false };
}

/**
 * The reset of a connection whose peer sent a SYN inside the window (RFC 793): of numbers that a synchronized peer takes,
 * `<SEQ=SND.NXT><ACK=RCV.NXT><CTL=RST,ACK>`.
 */
export function resetInWindow(tcb: Tcb): Effect {
  const remote = remoteOf(tcb);
  const reset = segment({
    sourcePort: tcb.local.port,
    destinationPort: remote.port,
    seq: tcb.snd.nxt,
    ack: tcb.rcv.nxt,
    ctl: RST | ACK,
    udp: udpOf(tcb),
  });
  return { kind: 'send', segment: reset, to: remote.address, retransmission: false };
}
