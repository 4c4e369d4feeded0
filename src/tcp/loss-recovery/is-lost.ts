/** RFC 6675 §4, IsLost: what has so much SACKed behind it that it is lost. */

import type { SentPiece, SentQueue, SentSegment } from '../retransmission/sent-queue.js';
import { segLen } from '../segment.js';
import { DUP_THRESH, marked } from './scoreboard.js';
import { tallyOf } from './tally.js';

/** What was SACKed behind a segment, as the queue is read from its end. */
interface Behind {
  /** Octets in two full segments. */
  readonly two: number;
  /** Sequences that are apart from each other, and octets. */
  sequences: number;
  octets: number;
  /** The segment right behind was SACKed. */
  joins: boolean;
}

/**
 * Marks what has three sequences apart from each other that were SACKed behind it, or more octets than in two full segments. What
 * went again is not judged again.
 */
export function markLost(
  queue: SentQueue,
  full: number,
): { readonly queue: SentQueue; readonly lost: number } {
  const behind: Behind = { two: (DUP_THRESH - 1) * full, sequences: 0, octets: 0, joins: false };
  let found: SentPiece[] | undefined;
  let lost = 0;
  for (let i = queue.length - 1; i >= 0; i--) {
    const piece = queue[i] as SentPiece;
    const next = passed(piece, behind) ? piece : judged(piece, behind);
    if (next === piece) continue;
    found ??= [...queue];
    found[i] = next;
    lost += tallyOf(next).lost - tallyOf(piece).lost;
  }
  return { queue: found ?? queue, lost };
}

/** A piece in which nothing can be lost is not read segment by segment. */
function passed(piece: SentPiece, behind: Behind): boolean {
  const tally = tallyOf(piece);
  if (isEnough(behind)) return tally.fresh === 0;
  if (tally.sacked === 0) behind.joins = false;
  else if (tally.sacked === piece.length) countSacked(behind, tally.sackedLength);
  else return false;
  return true;
}

function judged(piece: SentPiece, behind: Behind): SentPiece {
  let found: SentSegment[] | undefined;
  for (let i = piece.length - 1; i >= 0; i--) {
    const sent = piece[i] as SentSegment;
    if (sent.mark === 'sacked') countSacked(behind, segLen(sent.segment));
    else {
      behind.joins = false;
      if (sent.mark !== undefined || sent.again || !isEnough(behind)) continue;
      found ??= [...piece];
      found[i] = marked(sent, 'lost');
    }
  }
  return found ?? piece;
}

function countSacked(behind: Behind, octets: number): void {
  if (!behind.joins) behind.sequences += 1;
  behind.octets += octets;
  behind.joins = true;
}

function isEnough({ sequences, octets, two }: Behind): boolean {
  return sequences >= DUP_THRESH || octets > two;
}
