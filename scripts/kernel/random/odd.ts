/** Segments that fit no conversation: any flags, with numbers at every edge, any options and windows. */

import { arrive, type Draft, write } from './draft.js';
import { synOptions } from './setup.js';

const FLAGS = `. . . P. F. F. S S S. S. R R R. R. F SF - P U U. PU. SR FR. FP. FPU. SEW SF. FU. SP. SFR.`;
const EACH_FLAGS = FLAGS.split(' ');

/** One odd segment, or two or three, perhaps with a call between them. */
export function oddSegments(draft: Draft): void {
  const { dice, fd } = draft;
  for (let count = dice.one(1, 1, 1, 2, 2, 3); count > 0; count--) {
    oddSegment(draft);
    if (fd !== undefined && dice.chance(0.2)) between(draft, fd);
  }
}

function between(draft: Draft, fd: number): void {
  const calls = [`read(${fd}, ..., 2000)`, `write(${fd}, ..., 50)`];
  write(draft, `${draft.dice.one(...calls)} = ...`, 0);
}

function oddSegment(draft: Draft): void {
  const { dice } = draft;
  const flags = dice.one(...EACH_FLAGS);
  const length = dice.chance(0.55) ? 0 : dice.one(1, 10, 10, 100, 1000, 1460);
  arrive(draft, {
    flags,
    seq: place(draft),
    length,
    ack: flags.includes('.') ? acknowledged(draft) : undefined,
    window: dice.chance(0.6) ? draft.window : dice.one(0, 1, 100),
    ...(flags.includes('U') ? { urgent: dice.one(0, 1, 5, length, length + 1, 1000) } : {}),
    ...oddOptions(draft, flags),
    wait: dice.one(0, 10, 20, 50),
  });
}

/** The peer's number: at each edge of the window and around it, and far away. */
function place({ dice, next }: Draft): number {
  const right = next + dice.one(64_240, 65_535, 65_536);
  const edges = [next - 1, next + 1, next + 10, next + 1000, right - 1, right, right + 1];
  const far = [next - 100, next + 2 ** 31 - 5, next + 2 ** 31 + 5, next + 100_000, 0];
  return dice.weighted([
    [5, next],
    [7, dice.one(...edges)],
    [4, dice.one(...far)],
  ]);
}

/** The kernel's number: what it has sent, what of that is acknowledged, and around both. */
function acknowledged({ dice, una, sent }: Draft): number {
  return dice.weighted([
    [4, sent],
    [3, una],
    [4, dice.one(una - 1, una + 1, sent - 1, sent + 1, sent + 1000)],
    [3, dice.one(una - 100, una - 70_000, sent + 2 ** 31, 0)],
  ]);
}

/** A SYN mostly has those of a SYN; timestamps may be old, echo nothing, or be missing. */
function oddOptions(draft: Draft, flags: string): { readonly options?: readonly string[] } {
  const { dice, clock, peer } = draft;
  if (flags.includes('S')) {
    if (dice.chance(0.2)) return { options: ['none'] };
    return { options: synOptions(draft, flags.includes('.')) };
  }
  if (!peer.timestamps || dice.chance(0.6)) return {};
  const val = Math.max(0, clock - dice.one(0, 1, 2, 50));
  return dice.one(
    { options: ['none'] },
    { options: ['nop', 'nop', `TS val ${val} ecr 7`] },
    { options: ['nop', 'nop', `TS val ${clock + 5} ecr 0`] },
  );
}
