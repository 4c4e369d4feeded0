/** RFC 5681 §4.2 Generating Acknowledgments: of what is held ahead of RCV.NXT, several as one (deviation compressed-acks). */

import type { Compression, SackBlock } from '../loss-recovery/sack-state.js';
import { timestampClock } from '../options.js';
import { own } from '../own.js';
import type { Duration, Instant } from '../rule.js';
import { NO_EFFECTS } from '../rule.js';
import type { Segment } from '../segment.js';
import { segLen } from '../segment.js';
import { sendQueued } from '../sending/send-queued.js';
import type { Output } from '../sending/transmit.js';
import { sendAck } from '../sending/transmit.js';
import { before } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { editOptions, editTcb } from '../tcb.js';
import { editTimers } from '../timers.js';
import { heldForUser } from '../window.js';
import { isPrompt, segmentOf } from './dialogue.js';

/** So many go at once: the peer’s fast retransmit wants them (RFC 5681 §3.2). */
const WANTED = 3;
/** How much later than it should the timer of those that wait goes off, microseconds. */
const SLACK = 100;
/** The blocks that a sender is expected to know: one behind them may be lost when others come. */
const KNOWN_BLOCKS = 2;

const NONE_YET = { gone: 0, waiting: 0, rtt: 0, echo: undefined };

/** The ACK of what is held: with text that waits, at once, or with others in a while. `before_`: the connection before the segment. */
export function acknowledgeHeld(tcb: Tcb, before_: Tcb, seg: Segment, now: Instant): Output {
  const out = sendQueued(tcb, now);
  if (out.effects.length > 0) return out;
  const { compressedAcks } = tcb.settings;
  const { sacks, sack, ecn } = tcb.options;
  if (compressedAcks === 0 || !sack || isPrompt(tcb) || ecn?.prompt) return sendAck(out.tcb, now);
  const measured = withRoundTrip(
    sacks.compression ?? { ...NONE_YET, nxt: tcb.rcv.nxt },
    before_,
    seg,
    now,
  );
  const known =
    measured.nxt === tcb.rcv.nxt ? measured : { ...measured, nxt: tcb.rcv.nxt, gone: 0 };
  const wanted = known.gone < WANTED;
  if (wanted || known.waiting >= compressedAcks) {
    const gone = wanted ? known.gone + 1 : known.gone;
    return sendAck(withCompression(out.tcb, { ...known, gone }), now);
  }
  const waits = withCompression(out.tcb, { ...known, waiting: known.waiting + 1 });
  const delayedAck = tcb.timers.delayedAck ?? now + delayOf(tcb, known.rtt);
  return {
    tcb: editTcb(waits, { timers: editTimers(waits.timers, { delayedAck }) }),
    effects: NO_EFFECTS,
  };
}

/** Whether ACKs wait, and a block is to be told that pushes away one that nobody may have heard of. */
export function pushesAway(tcb: Tcb, { left, right }: SackBlock): boolean {
  if (!hasCompressed(tcb)) return false;
  const { blocks } = tcb.options.sacks;
  const touched = blocks.findIndex((one) => !before(right, one.left) && !before(one.right, left));
  return (touched < 0 ? blocks.length : touched) >= KNOWN_BLOCKS;
}

/** Whether ACKs wait to go as one. */
export function hasCompressed({ options }: Tcb): boolean {
  return (options.sacks.compression?.waiting ?? 0) > 0;
}

function withCompression(tcb: Tcb, compression: Compression): Tcb {
  const after = own(tcb);
  after.options = editOptions(tcb.options, { sacks: { ...tcb.options.sacks, compression } });
  return after;
}

/** A twentieth of a round trip, as the receiver or as the sender has measured it, but no longer than `compressed-ack-delay`. */
function delayOf({ settings, rto }: Tcb, rtt: Duration): Duration {
  const least = rto.srtt === undefined ? rtt : Math.min(rtt, rto.srtt);
  return Math.min(settings.compressedAckDelay, Math.floor(least / 20)) + SLACK;
}

/** A full segment tells the round trip by what it echoes: the least of them, or while the user has read everything their mean. */
function withRoundTrip(known: Compression, tcb: Tcb, seg: Segment, now: Instant): Compression {
  const echo = seg.options.timestamps?.ecr;
  if (!tcb.options.timestamps || echo === undefined || echo === known.echo) return known;
  const rtt = 1_000 * (timestampClock(now) - echo);
  if (segLen(seg) < segmentOf(tcb) || rtt <= 0) return { ...known, echo };
  if (known.rtt === 0 || rtt < known.rtt) return { ...known, echo, rtt };
  if (heldForUser(tcb) > 0) return { ...known, echo };
  return { ...known, echo, rtt: known.rtt - Math.floor(known.rtt / 8) + Math.floor(rtt / 8) };
}
