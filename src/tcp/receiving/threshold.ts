/** RFC 9293 §3.8.6.2.2 Receiver's Algorithm with the deviation receive-space: how far the window goes by now, and what makes it wider. */

import { TIMESTAMPS_LENGTH } from '../options.js';
import type { Segment } from '../segment.js';
import type { Settings } from '../settings.js';
import type { AgreedOptions, Tcb } from '../tcb.js';
import { freeText, memoryFor, textIn } from './memory.js';
import type { ReceiveSpace } from './space.js';

/** The MSS that the peer was told, less what timestamps take. */
export function offeredMss({ mss }: Settings, { timestamps }: AgreedOptions): number {
  return mss - (timestamps ? TIMESTAMPS_LENGTH : 0);
}

/** Another bound of the window: a smaller one binds at once, a larger one is told as far as the last window was. */
export function withClamp(space: ReceiveSpace, clamp: number): ReceiveSpace {
  const threshold =
    clamp < space.clamp
      ? Math.min(space.threshold, clamp)
      : Math.max(space.threshold, Math.min(space.told, clamp));
  return { ...space, clamp, threshold };
}

/** Text in its order that is not just a little makes the window wider. */
export function grown(tcb: Tcb, space: ReceiveSpace, seg: Segment): ReceiveSpace {
  return seg.data.length < 128 ? space : widened(tcb, space, seg, memoryFor(tcb, seg));
}

/** Segments that make good use of memory move the threshold by two segments each; `taken`: the memory that the segment takes. */
export function widened(
  tcb: Tcb,
  space: ReceiveSpace,
  { data }: Segment,
  taken: number,
): ReceiveSpace {
  const free = freeText(tcb, space);
  const room = Math.min(space.clamp, free) - space.threshold;
  if (room <= 0) return space;
  const memory = textIn(taken, space);
  const step =
    memory <= data.length
      ? 2 * offeredMss(tcb.settings, tcb.options)
      : smallStep(tcb, space, memory, data.length);
  if (step === 0) return space;
  return { ...space, threshold: space.threshold + Math.min(room, Math.max(step, 2 * data.length)) };
}

/** Segments that waste memory count as long as the window is a small part of the largest one. */
function smallStep(tcb: Tcb, space: ReceiveSpace, memory: number, length: number): number {
  const largest = textIn(tcb.settings.windowMemory, space);
  let wasted = Math.floor(memory / 2);
  for (let window = Math.floor(largest / 2); space.threshold <= window; ) {
    if (wasted <= length) return 2 * space.segment;
    wasted = Math.floor(wasted / 2);
    window = Math.floor(window / 2);
  }
  return 0;
}
