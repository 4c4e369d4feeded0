/** Episodes of a random script in which the kernel sends, and the peer answers as a receiver does: or nearly. */

import { acknowledge, arrive, arriveText, type Draft, idle, segmentSize, write } from './draft.js';

/** One episode. */
export function sends(draft: Draft): void {
  draft.dice.weighted<(draft: Draft) => void>([
    [5, exchanges],
    [5, flight],
    [7, losses],
    [4, timesOut],
    [4, closedWindow],
    [2, smallWindow],
    [3, smallWrites],
    [2, oldAcks],
    [1, urgentText],
    [1, marks],
  ])(draft);
}

/** The program writes, if it still can. */
function writes(draft: Draft, length: number, flags: readonly string[] = [], wait?: number): void {
  const { fd, dice } = draft;
  if (fd === undefined) return;
  const all = [...flags, ...(dice.chance(0.1) ? ['MSG_NOSIGNAL'] : [])];
  const call =
    all.length === 0 && dice.chance(0.8)
      ? `write(${fd}, ..., ${length})`
      : `send(${fd}, ..., ${length}, ${all.join('|') || '0'})`;
  write(draft, `${call} = ...`, wait);
  if (!draft.finSent) draft.sent += length;
}

/** What a full window of the beginning may have brought to the peer. */
function reached(draft: Draft, segments = 10): number {
  return Math.min(draft.sent, draft.una + segments * segmentSize(draft));
}

/** Requests and answers, either side first. */
function exchanges(draft: Draft): void {
  const { dice } = draft;
  for (let rounds = dice.one(1, 2, 3, 5); rounds > 0; rounds--) {
    const asked = dice.one(1, 20, 150, 900, 1500);
    arriveText(draft, asked);
    const { fd } = draft;
    if (fd !== undefined && dice.chance(0.8)) write(draft, `read(${fd}, ..., ${asked}) = ...`);
    writes(draft, dice.one(1, 80, 500, 1000, 3000));
    if (dice.chance(0.75)) acknowledge(draft, reached(draft));
  }
  acknowledge(draft, reached(draft));
}

/** A long write that is acknowledged piece by piece. */
function flight(draft: Draft): void {
  const { dice } = draft;
  const size = segmentSize(draft);
  writes(draft, dice.one(3, 6, 10, 15, 25, 40) * size + dice.one(0, 0, 1, 300));
  const step = dice.one(1, 2, 2, 4, 10) * size;
  for (let acks = dice.one(2, 4, 8, 12); acks > 0 && draft.una < draft.sent; acks--) {
    acknowledge(draft, Math.min(draft.sent, draft.una + step));
    if (dice.chance(0.1)) writes(draft, dice.one(1, 500, size, 3 * size));
  }
  if (dice.chance(0.6)) acknowledge(draft, reached(draft, 20));
}

/** Some segments of a flight are lost: the others are acknowledged as they come, then what goes again. */
function losses(draft: Draft): void {
  const { dice } = draft;
  const size = segmentSize(draft);
  const count = dice.one(2, 3, 4, 5, 6, 8, 10, 10);
  writes(draft, count * size - dice.one(0, 0, 0, (size >> 1) - 1));
  const first = draft.una;
  const edge = (place: number) => Math.min(draft.sent, first + place * size);
  const lost = new Set(Array.from({ length: dice.one(1, 1, 1, 2, 3) }, () => dice.below(count)));
  const come = Array.from({ length: count }, (_, i) => i).filter((i) => !lost.has(i));
  if (dice.chance(0.15)) come.sort(() => dice.below(3) - 1);
  const got = new Set<number>();
  const tell = (wait: number) => tells(draft, got, edge, wait);
  for (const place of come) {
    got.add(place);
    tell(dice.one(0, 0, 1, 2));
    if (dice.chance(0.06)) tell(1);
  }
  if (dice.chance(0.3)) idle(draft, dice.one(150, 260, 400, 700));
  if (dice.chance(0.15)) writes(draft, dice.one(100, size, 3 * size));
  for (const place of lost) {
    if (dice.chance(0.15)) continue;
    got.add(place);
    tell(draft.tempo);
  }
  if (dice.chance(0.8)) acknowledge(draft, reached(draft));
}

/** The ACK of what has come of a flight: with blocks, where they are agreed on, the latest first. */
function tells(
  draft: Draft,
  got: ReadonlySet<number>,
  edge: (place: number) => number,
  wait: number,
): void {
  let whole = 0;
  while (got.has(whole)) whole++;
  const ack = edge(whole);
  const blocks: [number, number][] = [];
  for (const place of [...got].sort((one, other) => one - other)) {
    if (place < whole) continue;
    const last = blocks.at(-1);
    if (last && last[1] === place) last[1]++;
    else blocks.push([place, place + 1]);
  }
  const newest = [...got].at(-1) ?? 0;
  const holds = ([from, to]: readonly [number, number]) => Number(from <= newest && newest < to);
  blocks.sort((one, other) => holds(other) - holds(one));
  const texts = blocks
    .slice(0, draft.peer.timestamps ? 3 : 4)
    .filter(([from, to]) => edge(to) > edge(from))
    .map(([from, to]) => `${edge(from)}:${edge(to)}`);
  acknowledgeWith(draft, ack, texts, wait);
}

/** An ACK with blocks, if any are to be told and may be. */
function acknowledgeWith(
  draft: Draft,
  ack: number,
  blocks: readonly string[],
  wait?: number,
): void {
  const { peer, clock } = draft;
  const told = wait === undefined ? {} : { wait };
  if (!peer.sack || blocks.length === 0) {
    acknowledge(draft, ack, told);
    return;
  }
  draft.clock = clock + 1;
  const stamp = peer.timestamps ? ['nop', 'nop', `TS val ${draft.clock} ecr 7`] : [];
  const options = [...stamp, 'nop', 'nop', `sack ${blocks.join(' ')}`];
  acknowledge(draft, ack, { ...told, options });
}

/** Nothing comes back for a while; then all, a part, or duplicates do. */
function timesOut(draft: Draft): void {
  const { dice } = draft;
  const size = segmentSize(draft);
  const first = draft.una;
  writes(draft, dice.one(1, 100, size, 2 * size, 5 * size, 10 * size, 14 * size));
  for (let waits = dice.one(1, 1, 2, 3); waits > 0; waits--) {
    idle(draft, dice.one(60, 230, 270, 350, 500, 650, 900, 1_500));
  }
  const end = Math.min(draft.sent, first + size);
  dice.weighted<() => void>([
    [4, () => acknowledge(draft, reached(draft))],
    [3, () => acknowledge(draft, end)],
    [2, () => acknowledgeWith(draft, first, [`${end}:${Math.max(end + 1, reached(draft, 3))}`])],
    [2, () => acknowledgeWith(draft, end, [`${first}:${end}`])],
    [1, () => acknowledge(draft, first + dice.below(size))],
    [1, () => arrive(draft)],
  ])();
  if (dice.chance(0.7)) acknowledge(draft, reached(draft));
}

/** The peer closes its window, is probed, and opens it again. */
function closedWindow(draft: Draft): void {
  const { dice, window } = draft;
  const size = segmentSize(draft);
  if (dice.chance(0.4)) writes(draft, dice.one(100, size, 4 * size));
  acknowledge(draft, reached(draft), { window: 0 });
  if (dice.chance(0.9)) writes(draft, dice.one(1, 500, size, 5 * size));
  for (let probes = dice.one(0, 1, 1, 2, 3); probes > 0; probes--) {
    idle(draft, dice.one(230, 300, 500, 900));
    if (dice.chance(0.7)) arrive(draft, { window: 0 });
  }
  if (dice.chance(0.2)) acknowledge(draft, draft.una, { window: dice.one(1, 2, 10) });
  if (dice.chance(0.85)) arrive(draft, { window });
  if (dice.chance(0.7)) acknowledge(draft, reached(draft));
}

/** The peer has room for less than a segment, or for some. */
function smallWindow(draft: Draft): void {
  const { dice, window, peer } = draft;
  const size = segmentSize(draft);
  const room = dice.one(1, 100, size >> 1, size - 1, size, 2 * size + 1, 5 * size);
  draft.window = Math.ceil(room / 2 ** (peer.shift ?? 0));
  acknowledge(draft, reached(draft));
  writes(draft, dice.one(100, size, 3 * size, 12 * size));
  for (let acks = dice.one(1, 2, 4); acks > 0; acks--) {
    if (dice.chance(0.3)) idle(draft, dice.one(250, 500));
    acknowledge(draft, Math.min(draft.sent, Math.round(draft.una + room)));
  }
  draft.window = window;
  if (dice.chance(0.8)) acknowledge(draft, reached(draft));
}

/** Small writes that are held, joined, or sent at once. */
function smallWrites(draft: Draft): void {
  const { dice, fd } = draft;
  if (fd === undefined) return;
  const option = dice.one('TCP_NODELAY', 'TCP_CORK', '');
  const set = (value: number) =>
    write(draft, `setsockopt(${fd}, SOL_TCP, ${option}, [${value}], 4) = 0`);
  if (option !== '') set(1);
  for (let count = dice.one(2, 3, 5); count > 0; count--) {
    const flags = dice.chance(0.25) ? [dice.one('MSG_MORE', 'MSG_MORE', 'MSG_EOR')] : [];
    writes(draft, dice.one(1, 10, 200, 700), flags, dice.one(0, 1, draft.tempo));
    if (dice.chance(0.3)) acknowledge(draft, reached(draft));
  }
  if (option !== '' && dice.chance(0.6)) set(0);
  if (dice.chance(0.3)) idle(draft, dice.one(210, 260));
  acknowledge(draft, reached(draft));
}

/** ACKs that come late, out of order, or twice. */
function oldAcks(draft: Draft): void {
  const { dice } = draft;
  const size = segmentSize(draft);
  writes(draft, 6 * size);
  const before = draft.una;
  const order = dice.one([2, 1, 4, 3, 6], [6, 3, 3, 3, 5], [1, 1, 1, 1, 6], [4, 2, 2, 6, 6]);
  for (const segments of order) {
    acknowledge(draft, Math.min(draft.sent, before + segments * size), {
      wait: dice.one(0, 5, draft.tempo),
      window: dice.chance(0.2) ? dice.one(draft.window + 5, draft.window - 5) : draft.window,
    });
  }
}

function urgentText(draft: Draft): void {
  const { dice } = draft;
  writes(draft, dice.one(1, 5, 1000), ['MSG_OOB']);
  if (dice.chance(0.6)) writes(draft, dice.one(10, 2000));
  if (dice.chance(0.3)) writes(draft, 1, ['MSG_OOB']);
  acknowledge(draft, reached(draft));
}

/** Congestion that the network marks, in both directions. */
function marks(draft: Draft): void {
  const { dice } = draft;
  const size = segmentSize(draft);
  writes(draft, dice.one(4, 10) * size);
  for (let acks = 4; acks > 0; acks--) {
    const ack = Math.min(draft.sent, draft.una + 2 * size);
    acknowledge(draft, ack, { flags: dice.one('.', '.', 'E.', 'W.'), ecn: dice.one('ect0', 'ce') });
  }
  for (let texts = dice.one(1, 3); texts > 0; texts--) {
    arriveText(draft, dice.one(10, 1000), {
      flags: dice.one('P.', 'PW.', 'PE.'),
      ecn: dice.one('ect0', 'ect0', 'ce'),
    });
  }
}
