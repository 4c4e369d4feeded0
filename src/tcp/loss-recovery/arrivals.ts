/** RFC 8985 §6.2, RFC 6582 §3.2, RFC 2883 §4: what an ACK tells of how segments arrive: which, in what order, how often. */

import { countOf, listOf } from '../../base/pieces.js';
import { holdsSynLoss } from '../congestion/syn-loss.js';
import type { SentSegment } from '../retransmission/sent-queue.js';
import { endOf } from '../retransmission/sent-queue.js';
import type { Seq } from '../seq.js';
import { atOrBefore, before, distance } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { fullSegment } from '../window.js';
import type { Findings } from './detection.js';
import { change } from './detection.js';
import type { Rack } from './rack.js';
import { advance } from './rack.js';
import type { SackBlock } from './sack-state.js';
import { countMarked, highestSacked } from './scoreboard.js';
import { spuriousBy } from './spurious.js';

/** RFC 6582 §3.2 and RFC 6675 §5: an ACK without SACK that is a duplicate, or one that acknowledges. */
export function countDuplicate(found: Findings, duplicate: boolean): void {
  const { tcb, heard, recovery, queue, congestion } = found;
  const { sack } = tcb.options;
  let { duplicates } = recovery;
  // After an RTO they answer what was sent before it.
  const { until } = congestion?.loss ?? { until: undefined };
  if (!sack && until !== undefined && !before(until, tcb.snd.nxt)) return;
  const acked = heard.acked + heard.part;
  if (!sack && acked === 0 && isHeld(found)) return;
  if (acked === 0 && tcb.settings.lossRecovery === 'rack' && holdsSynLoss(tcb)) return;
  if (sack) duplicates = found.progress ? 0 : duplicates + (heard.sacked > 0 ? 1 : 0);
  else if (acked > 0) {
    // One of those that were acknowledged was missing, the others had caused the duplicates.
    found.delivered = Math.max(acked - duplicates, 1);
    const remembers = recovery.phase === 'recovery' || isHeld(found) || isTakenBack(found);
    const left = remembers ? duplicates - (acked - 1) : 0;
    duplicates = Math.max(0, left);
  } else if (found.progress && recovery.phase !== 'recovery') duplicates = 0;
  else if (duplicate) duplicates += 1;
  const most = sack
    ? duplicates
    : Math.max(0, countOf(queue) - Math.max(countMarked(queue, 'lost'), 1));
  if (duplicates > most) tooMany(found);
  duplicates = Math.min(duplicates, most);
  if (!sack && acked === 0) found.delivered = Math.max(0, duplicates - recovery.duplicates);
  if (duplicates !== recovery.duplicates) change(found, { duplicates });
}

/** More duplicates than there are segments that can have caused them: the segments came in another order. */
function tooMany(found: Findings): void {
  const { tcb, queue, heard, recovery } = found;
  if (tcb.settings.lossRecovery !== 'rack') return;
  const degree = Math.min(countOf(queue) + heard.acked, MOST_REORDERED);
  change(found, { rack: { ...recovery.rack, degree, reordered: recovery.rack.reordered + 1 } });
}

/** What fills the hole was only late: it lies so far behind what has arrived. */
export function noteLate(found: Findings): void {
  const { tcb, recovery } = found;
  const { sack } = tcb.options;
  const highest = sack ? highestSacked(tcb.retransmissions) : highestTold(found);
  if (highest === undefined || !before(tcb.snd.una, highest)) return;
  const octets = distance(tcb.snd.una, highest);
  change(found, { rack: reordered(recovery.rack, octets, fullSegment(tcb)) });
}

/** Without SACK: duplicates may tell of all that is outstanding. */
function highestTold({ tcb, recovery, ack }: Findings): Seq {
  return recovery.duplicates > 0 ? tcb.snd.nxt : ack;
}

/** RFC 8985 §6.2, steps 2 and 3: what was sent last of what has arrived, and whether it came in order. */
export function followArrivals(found: Findings): void {
  const { tcb, heard, recovery, now } = found;
  const { arrived } = heard;
  if (tcb.settings.lossRecovery !== 'rack') return;
  // The round trip is that of what is acknowledged, where SACK tells of something, too.
  const whole = arrived.length - heard.sacked;
  const sacked = arrived.slice(whole);
  const acked = arrived.slice(0, whole);
  const inTurn = [...sacked, ...acked];
  // Of what went as one RACK takes the end, as that was sent last.
  if (heard.divided !== undefined) inTurn.push(heard.divided);
  const rack = advance(recovery.rack, inTurn, tcb.rto.least ?? 0, now);
  let told = rack;
  // What is SACKed late, and what is acknowledged late, are two signs.
  for (const some of [sacked, acked]) {
    const late = lateArrival(found, some);
    if (late > 0) told = reordered(told, late, fullSegment(tcb));
  }
  if (told === recovery.rack) return;
  const advanced = rack !== recovery.rack || rack.advanced;
  change(found, { rack: { ...told, advanced } });
}

/** How far behind what has arrived before something lies that arrives only now, though it was sent once; 0 when nothing does. */
function lateArrival({ tcb, heard, ack }: Findings, arrived: readonly SentSegment[]): number {
  if (arrived.length === 0 || !tcb.options.sack) return 0;
  // What has begun before SND.UNA was thought to be on its way in one.
  const highest = highestSacked(tcb.retransmissions) ?? tcb.snd.una;
  const newest = highestSacked(heard.queue) ?? ack;
  let most = 0;
  for (const sent of arrived) {
    if (sent.retransmissions > 0 || !before(sent.segment.seq, highest)) continue;
    most = Math.max(most, distance(sent.segment.seq, newest));
  }
  return most;
}

function reordered(rack: Rack, octets: number, full: number): Rack {
  const degree = Math.min(Math.max(rack.degree, Math.ceil(octets / full)), MOST_REORDERED);
  return { ...rack, reordered: rack.reordered + 1, degree };
}

/** RFC 6582 §4: without SACK duplicates of the ACK that ends a loss or a recovery may be answers to what was sent again. */
function isHeld({ ack, recovery, congestion }: Findings): boolean {
  const recovering = recovery.phase === 'recovery' ? recovery.until : undefined;
  return ack === (congestion?.loss?.until ?? recovering);
}

/** RFC 4015 §3: an old TSecr takes an RTO back, and nothing else changes with that ACK. */
function isTakenBack({ tcb, seg, heard }: Findings): boolean {
  return seg !== undefined && spuriousBy(tcb, seg, heard.acked + heard.part) === 'echo';
}

/** RFC 8985 §6.2 leaves the bound open: so many segments. */
const MOST_REORDERED = 300;

/** RFC 2883 §4: a retransmission was needless. */
export function followTwice(found: Findings): void {
  const { heard, recovery, tcb } = found;
  const { twice } = heard;
  const { undo, rack: known } = recovery;
  if (twice === undefined || distance(twice.left, twice.right) > tcb.snd.max) return;
  const count = Math.max(1, Math.ceil(distance(twice.left, twice.right) / fullSegment(tcb)));
  found.twice += count;
  // What comes twice more often than anything went again was doubled on its way.
  if (found.twice > tcb.rto.resent) return;
  found.delivered += count;
  const early = cameEarly(found, twice);
  if (early > 0) change(found, { rack: reordered(found.recovery.rack, early, fullSegment(tcb)) });
  const { rack } = found.recovery;
  const probe = count === 1 && tcb.rto.tailProbe?.end === twice.right;
  if (known.reordered > 0 && !probe) change(found, { rack: { ...rack, twice: true } });
  if (undo?.open === undefined || undo.open === 0 || !before(undo.since, twice.right)) return;
  const needless = atOrBefore(twice.right, tcb.snd.una) ? count : countAgain(tcb, twice);
  change(found, { undo: { ...undo, open: Math.max(0, undo.open - needless) } });
}

/** How many of what came twice, and is outstanding, had gone again: the network has doubled the others. */
function countAgain({ retransmissions }: Tcb, { left, right }: SackBlock): number {
  const again = listOf(retransmissions).filter(
    (sent) =>
      sent.retransmissions > 0 &&
      atOrBefore(left, sent.segment.seq) &&
      atOrBefore(endOf(sent), right),
  );
  return again.length;
}

/** What went again and was SACKed already comes once more: it had only been late. How far it is from there to the end of what was SACKed; 0: it is not so. */
function cameEarly({ tcb, heard, recovery, congestion }: Findings, twice: SackBlock): number {
  if (tcb.settings.lossRecovery !== 'rack') return 0;
  if (congestion?.loss !== undefined && recovery.undo === undefined) return 0;
  const late = listOf(tcb.retransmissions).find(
    (sent) =>
      sent.mark === 'sacked' &&
      sent.retransmissions > 0 &&
      atOrBefore(twice.left, sent.segment.seq) &&
      atOrBefore(endOf(sent), twice.right),
  );
  const end = highestSacked(heard.queue) ?? tcb.snd.nxt;
  return late === undefined ? 0 : distance(late.segment.seq, end);
}
