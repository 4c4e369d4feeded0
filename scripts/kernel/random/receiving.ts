/** Episodes of a random script in which the peer sends: in order, out of order, twice, too much. */

import { arrive, arriveText, type Draft, idle, write } from './draft.js';

/** One episode. */
export function receives(draft: Draft): void {
  draft.dice.weighted<(draft: Draft) => void>([
    [5, inOrder],
    [6, permuted],
    [4, overlapping],
    [3, fillsBuffer],
    [2, beyond],
    [2, urgent],
    [2, repeated],
    [2, finBeforeText],
    [2, slowly],
  ])(draft);
}

/** The program reads, if it still can. */
function reads(draft: Draft, length: number, wait?: number): void {
  const { fd, dice } = draft;
  if (fd === undefined) return;
  const flags = dice.one('MSG_DONTWAIT', 'MSG_PEEK', 'MSG_TRUNC', 'MSG_WAITALL', 'MSG_OOB');
  const call = dice.chance(0.8)
    ? `read(${fd}, ..., ${length})`
    : `recv(${fd}, ..., ${length}, ${flags})`;
  write(draft, `${call} = ...`, wait);
}

function size({ dice }: Draft): number {
  return dice.one(1, 10, 100, 500, 1000, 1000, 1400, 1460);
}

function inOrder(draft: Draft): void {
  const { dice } = draft;
  const length = size(draft);
  for (let count = dice.one(1, 2, 3, 6, 12); count > 0; count--) {
    arriveText(draft, length, { wait: dice.one(0, 1, draft.tempo, draft.tempo) });
    if (dice.chance(0.2)) reads(draft, dice.one(length, 1 + (length >> 1), 100_000));
  }
  reads(draft, dice.one(10, 1000, 100_000));
}

/** Segments of a text in another order; some may never come, or come twice. */
function permuted(draft: Draft): void {
  const { dice, next } = draft;
  const length = size(draft);
  const count = dice.one(2, 3, 4, 6, 8);
  const places = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const other = Math.max(0, i - dice.below(4));
    [places[i], places[other]] = [places[other] ?? 0, places[i] ?? 0];
  }
  for (const place of places) {
    if (dice.chance(0.08)) continue;
    const told = { seq: next + place * length, length, flags: dice.one('.', 'P.') };
    arrive(draft, { ...told, wait: dice.one(0, 1, 5, draft.tempo) });
    if (dice.chance(0.08)) arrive(draft, told);
  }
  draft.highest = Math.max(draft.highest, next + count * length);
  if (dice.chance(0.4)) reads(draft, dice.one(100, 100_000));
  // What was left out.
  for (const place of places.sort((one, other) => one - other)) {
    if (dice.chance(0.12)) arrive(draft, { seq: next + place * length, length });
  }
  draft.next = next + count * length;
}

/** Pieces that lie across what has come. */
function overlapping(draft: Draft): void {
  const { dice, next } = draft;
  const length = dice.one(100, 1000);
  const far = dice.one(0, length, 2 * length);
  arrive(draft, { seq: next + far, length, flags: 'P.' });
  const pieces = dice.one(1, 2, 4);
  for (let i = 0; i < pieces; i++) {
    const from =
      next + dice.one(-length, -1, 0, far - 10, far + 10, far - length, far + length / 2);
    arrive(draft, { seq: from, length: dice.one(5, 20, length, 2 * length), flags: 'P.' });
  }
  const whole = far + length;
  if (dice.chance(0.8)) arriveText(draft, dice.one(whole, 3 * length));
  if (dice.chance(0.5)) reads(draft, 100_000);
}

/** More than the program reads, until the window is closed; then it reads. */
function fillsBuffer(draft: Draft): void {
  const { dice, fd } = draft;
  if (fd === undefined) {
    inOrder(draft);
    return;
  }
  const buffer = dice.one(0, 2304, 6000, 20_000);
  if (buffer > 0) write(draft, `setsockopt(${fd}, SOL_SOCKET, SO_RCVBUF, [${buffer}], 4) = 0`);
  const length = dice.one(100, 1000, 1460, 4000);
  for (let count = dice.one(3, 6, 10); count > 0; count--) {
    arriveText(draft, length, { wait: dice.one(0, 1, draft.tempo) });
  }
  for (let count = dice.one(1, 2, 3); count > 0; count--)
    reads(draft, dice.one(1000, 5000, 100_000));
  if (dice.chance(0.6)) arriveText(draft, length);
}

/** Text at, across and beyond the right edge of the window. */
function beyond(draft: Draft): void {
  const { dice, next } = draft;
  const edge = dice.one(14_600, 29_200, 64_240, 65_535, 65_536);
  for (let count = dice.one(1, 2, 3); count > 0; count--) {
    const seq = next + edge + dice.one(-1000, -1, 0, 1, 1000);
    arrive(draft, { seq, length: dice.one(0, 1, 500, 2000), flags: dice.one('P.', '.', 'F.') });
  }
  arriveText(draft, size(draft));
}

function urgent(draft: Draft): void {
  const { dice, fd } = draft;
  const length = dice.one(1, 10, 500);
  arriveText(draft, length, {
    flags: dice.one('PU.', 'U.'),
    urgent: dice.one(1, length, length + 3),
  });
  if (dice.chance(0.4)) arriveText(draft, dice.one(3, 100));
  if (fd === undefined) return;
  const looked = dice.one(
    `recv(${fd}, ..., 1, MSG_OOB)`,
    `ioctl(${fd}, SIOCATMARK, [0])`,
    `ioctl(${fd}, SIOCINQ, [0])`,
    `poll([{fd=${fd}, events=POLLIN|POLLPRI, revents=0}], 1, 0)`,
  );
  write(draft, `${looked} = 0`);
  reads(draft, dice.one(length, 1000));
  if (dice.chance(0.5)) reads(draft, 1000);
}

/** What was received comes again, alone or with something new. */
function repeated(draft: Draft): void {
  const { dice } = draft;
  const length = size(draft);
  arriveText(draft, length);
  const again = { seq: draft.next - length, length, flags: 'P.' };
  dice.weighted<() => void>([
    [3, () => arrive(draft, again)],
    [1, () => arrive(draft, { seq: draft.next - 1, length: 1 })],
    [1, () => arrive(draft, { seq: draft.next - 1, length: 0 })],
    [2, () => arriveMore(draft, again)],
    [1, () => arrive(draft, { ...again, seq: again.seq - 70_000 })],
  ])();
  if (dice.chance(0.5)) repeated(draft);
}

function arriveMore(draft: Draft, { seq, length }: { seq: number; length: number }): void {
  const more = draft.dice.one(1, 100, 700);
  arrive(draft, { seq, length: length + more, flags: 'P.' });
  draft.next += more;
}

/** The FIN comes before what it follows. */
function finBeforeText(draft: Draft): void {
  const { dice, next } = draft;
  if (draft.finCame || dice.chance(0.5)) {
    permuted(draft);
    return;
  }
  const length = size(draft);
  const alone = dice.chance(0.5);
  arrive(draft, { seq: next + length, length: alone ? 0 : length, flags: alone ? 'F.' : 'FP.' });
  if (dice.chance(0.3)) arrive(draft, { seq: next + 3 * length, length, flags: 'P.' });
  reads(draft, 1000);
  arriveText(draft, length);
  draft.next += (alone ? 0 : length) + 1;
  draft.finCame = true;
  reads(draft, 100_000);
}

/** Segments with pauses between them: delayed acknowledgments go. */
function slowly(draft: Draft): void {
  const { dice } = draft;
  for (let count = dice.one(2, 4); count > 0; count--) {
    arriveText(draft, size(draft), { wait: dice.one(60, 150, 260) });
    if (dice.chance(0.3)) reads(draft, 100_000);
  }
  idle(draft, dice.one(60, 250));
}
