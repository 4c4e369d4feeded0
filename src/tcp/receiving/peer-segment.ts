/** RFC 9293 §3.7.1 Maximum Segment Size Option with the deviation receive-space: how long the peer's segments are believed to be. */

import { DEFAULT_MSS, optionsLength, TIMESTAMPS_LENGTH } from '../options.js';
import type { Segment } from '../segment.js';
import { FIN, PSH, SYN, URG } from '../segment.js';
import type { Tcb } from '../tcb.js';
import { memoryFor, memoryOf, textIn, WHOLE } from './memory.js';
import type { ReceiveSpace } from './space.js';
import { offeredMss, withClamp } from './threshold.js';

/** The least that a segment of the peer's is believed to have. */
export const LEAST_MSS = 88;

/** What the peer's segments are believed to have until one comes. */
export function firstSegment(mss: number, sendMss: number, window: number): number {
  return Math.max(LEAST_MSS, Math.min(mss, sendMss, Math.floor(window / 2), DEFAULT_MSS));
}

/** A segment that is longer than those before shows how much memory text takes. */
export function measured(tcb: Tcb, space: ReceiveSpace, seg: Segment): ReceiveSpace {
  const { data } = seg;
  const joined = tcb.settings.offloadSegment ?? data.length;
  const length = Math.min(data.length, joined);
  if (length < space.segment) return withShorter(tcb, space, seg, length);
  if (length === space.segment) return space.shorter === 0 ? space : { ...space, shorter: 0 };
  const segment = Math.min(length, offeredMss(tcb.settings, tcb.options));
  const memory = memoryFor(tcb, seg);
  const share = Math.max(1, Math.min(WHOLE - 1, Math.floor((data.length * WHOLE) / memory)));
  if (share === space.share) return { ...space, segment, shorter: 0 };
  const clamp = textIn(memoryOf(tcb, space), { ...space, share });
  const goal = Math.min(space.goal, clamp);
  return { ...withClamp(space, clamp), segment, shorter: 0, share, goal };
}

/** Two in a row that are equally long, and no end of something, are the peer's segments. */
function withShorter(tcb: Tcb, space: ReceiveSpace, seg: Segment, length: number): ReceiveSpace {
  const blocks = optionsLength(seg.options) - (tcb.options.timestamps ? TIMESTAMPS_LENGTH : 0);
  const ends = (seg.ctl & (FIN | URG | SYN | PSH)) !== 0;
  const counts = length + optionsLength(seg.options) >= (ends ? DEFAULT_MSS : LEAST_MSS);
  const shorter = counts ? length + blocks : 0;
  const segment = shorter > 0 && shorter === space.shorter ? shorter : space.segment;
  return { ...space, segment, shorter };
}
