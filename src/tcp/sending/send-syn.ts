/** RFC 9293 §3.5 Establishing a Connection: SYNs and SYN,ACKs that leave. */

import { handshakeOption } from '../ecn/option.js';
import { synAckBits, synBits } from '../ecn.js';
import type { FastOpenOption } from '../fast-open.js';
import type { Options } from '../options.js';
import {
  answeredOptions,
  OPTION_SPACE,
  offeredOptions,
  optionsLength,
  timestampOption,
} from '../options.js';
import type { Instant } from '../rule.js';
import { joinEffects } from '../rule.js';
import { ACK, NO_DATA, SYN } from '../segment.js';
import type { Tcb } from '../tcb.js';
import type { Output } from './transmit.js';
import { sendAck, sendNew } from './transmit.js';

/** Sends `<SEQ=ISS><CTL=SYN>`; SND.NXT becomes ISS+1. */
export function sendSyn(tcb: Tcb, now: Instant): Output {
  const { settings, options } = tcb;
  const offered = offeredOptions(settings, now, options.tsRecent);
  return sendNew(tcb, synBits(settings), NO_DATA, offered, now);
}

/**
 * Sends `<SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK>`; SND.NXT becomes ISS+1. A Fast Open cookie goes with the first transmission
 * only (RFC 7413 §4.2.2).
 */
export function sendSynAck(tcb: Tcb, now: Instant, fastOpen?: FastOpenOption): Output {
  const options = answeredOptions(tcb.settings, tcb.options, now);
  const first = fastOpen === undefined ? options : { ...options, fastOpen };
  const fits = optionsLength(first) <= OPTION_SPACE;
  const ctl = synAckBits(tcb.options);
  return sendNew(tcb, ctl, NO_DATA, withEcnOption(tcb, fits ? first : options), now, options);
}

/** An AccECN Option goes with the first SYN,ACK, where there is room (RFC 9768 §3.2.3.2.1). */
function withEcnOption(tcb: Tcb, options: Options): Options {
  for (let fields = 3; fields >= 0; fields--) {
    const accurateEcn = handshakeOption(tcb, fields);
    if (accurateEcn === undefined) return options;
    const both = { ...options, accurateEcn };
    if (optionsLength(both) <= OPTION_SPACE) return both;
  }
  return options;
}

/** The SYN,ACK of a simultaneous open. Deviation `crossing-options`: it offers what the SYN did, with the MSS that it has when it goes again. */
export function sendCrossingSynAck(tcb: Tcb, mss: number | undefined, now: Instant): Output {
  if (tcb.settings.crossingOptions === 'agreed') return sendSynAck(tcb, now);
  const offered = offeredOptions(tcb.settings, now);
  const options = { ...offered, ...timestampOption(tcb.options, now), ...(mss ? { mss } : {}) };
  // What the SYN, repeated, has not asked for any more is not agreed on.
  const { settings, rto } = tcb;
  const plain = tcb.options.ecn?.mode === 'classic' && rto.expiries > settings.ecnRetries;
  const ctl = plain ? SYN | ACK : synAckBits(tcb.options);
  const told = rto.expiries > settings.accurateEcnRetries ? options : withEcnOption(tcb, options);
  return sendNew(tcb, ctl, NO_DATA, told, now);
}

/**
 * The SYN,ACK as the two messages it is made of (§3.4.1): `<SEQ=ISS><ACK=RCV.NXT><CTL=ACK>`, `<SEQ=ISS><CTL=SYN>`. The
 * deviation `combine syn-ack off`.
 */
export function sendSplitSynAck(tcb: Tcb, now: Instant): Output {
  const ack = sendAck(tcb, now);
  const options = answeredOptions(tcb.settings, tcb.options, now);
  const syn = sendNew(ack.tcb, SYN, NO_DATA, options, now);
  return { tcb: syn.tcb, effects: joinEffects(ack.effects, syn.effects) };
}
