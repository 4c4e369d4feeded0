/** How the connection of a random script comes about: passive, active, crossing, fast, or not at all. */

import { active, connect, crossing, deferredConnect, fastClient, inSynSent } from './active.js';
import { looks } from './asking.js';
import {
  arrive,
  arriveFin,
  arriveText,
  createSocket,
  type Draft,
  idle,
  nonBlocking,
  synWindow,
  write,
} from './draft.js';
import { choosePeer, setOptions, synOptions } from './setup.js';
import { message } from './stray.js';

/** Opens a connection; false when there is none that text could be exchanged on. */
export function open(draft: Draft): boolean {
  return draft.dice.weighted<(draft: Draft) => boolean>([
    [40, passive],
    [34, active],
    [6, crossing],
    [4, fastServer],
    [4, fastClient],
    [4, deferredConnect],
    [6, neverOpen],
    [4, overflow],
    [2, closedPort],
  ])(draft);
}

/** A listener that nobody waits for. */
export function listen(draft: Draft, backlog: number): void {
  createSocket(draft);
  write(draft, 'setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0', 0);
  nonBlocking(draft, 3);
  setOptions(draft, 3);
  write(draft, 'bind(3, ..., ...) = 0', 0);
  write(draft, `listen(3, ${backlog}) = 0`, 0);
}

/** The child of descriptor 3 is 4. */
export function accept(draft: Draft): void {
  write(draft, 'accept(3, ..., ...) = 4');
  draft.fd = 4;
  nonBlocking(draft, 4);
  if (draft.dice.chance(0.1)) write(draft, 'close(3) = 0');
}

/** The peer's SYN, with its number or another far from 0. */
function arriveSyn(draft: Draft, flags = 'S', length = 0): void {
  const { dice } = draft;
  const seq = dice.chance(0.88) ? 0 : dice.one(7, 999_999, 2 ** 31, 2 ** 32 - 1);
  const options = synOptions(draft, false);
  const syn = { flags, seq, length, ack: undefined, window: synWindow(draft), options };
  arrive(draft, { ...syn, wait: draft.tempo });
  // It comes once more, at once or after the answer has gone again.
  if (dice.chance(0.07)) arrive(draft, { ...syn, wait: dice.one(1, draft.tempo, 600, 1_200) });
}

function passive(draft: Draft): boolean {
  const { dice } = draft;
  listen(draft, dice.one(1, 1, 5, 128));
  choosePeer(draft);
  arriveSyn(
    draft,
    draft.ecn ? dice.one('S', 'SEW', 'SEWA') : 'S',
    dice.chance(0.04) ? dice.one(1, 500) : 0,
  );
  if (dice.chance(0.16)) atRequest(draft);
  if (dice.chance(0.07)) idle(draft, dice.one(1_050, 1_400, 3_300));
  thirdSegment(draft);
  accept(draft);
  return true;
}

/** What completes the handshake: an ACK, mostly bare. */
function thirdSegment(draft: Draft): void {
  const { dice } = draft;
  dice.weighted<() => void>([
    [16, () => arrive(draft)],
    [3, () => arriveText(draft, dice.one(1, 200, 1000))],
    [1, () => arrive(draft, { flags: 'P.' })],
    [1, () => arrive(draft, { window: 0 })],
    [1, () => arriveFin(draft, 0)],
    [1, () => arriveFin(draft, 300)],
    // The ACK was lost: text from behind it comes first.
    [1, () => arrive(draft, { seq: 501, length: 100, flags: 'P.' })],
  ])();
  if (dice.chance(0.04)) arrive(draft);
}

/** Segments that a half-open request has to judge. */
function atRequest(draft: Draft): void {
  const { dice, next } = draft;
  const options = synOptions(draft, false);
  dice.weighted<() => void>([
    [3, () => arrive(draft, { ack: dice.one(0, 2, 500, -1, 2 ** 31) })],
    [3, () => arrive(draft, { seq: dice.one(0, 2, 600, 64_000, 66_000, -1) })],
    [2, () => arrive(draft, { seq: dice.one(0, 2, -5, 66_000), length: dice.one(1, 20) })],
    [2, () => arrive(draft, { flags: 'R', seq: dice.one(0, 2, 300, 80_000), ack: undefined })],
    [1, () => arrive(draft, { flags: dice.one('R', 'R.'), seq: next })],
    [2, () => arrive(draft, { flags: 'S', seq: dice.one(0, 1, 30), ack: undefined, options })],
    [1, () => arrive(draft, { flags: 'S.', seq: 0, options })],
    [1, () => arrive(draft, { flags: dice.one('-', 'P', 'F', 'SF', 'U'), ack: undefined })],
    [1, () => message(draft, 0)],
    [1, () => idle(draft, dice.one(1_100, 3_200))],
    [1, () => write(draft, 'accept(3, ..., ...) = -1 EAGAIN (Resource temporarily unavailable)')],
  ])();
  if (dice.chance(0.3)) atRequest(draft);
}

/** More handshakes than the queue of the listener has room for. */
function overflow(draft: Draft): boolean {
  const { dice } = draft;
  listen(draft, dice.one(0, 1, 1));
  choosePeer(draft);
  const peers = dice.one(2, 3, 4);
  for (let i = 0; i < peers; i++) {
    draft.ports = `${5001 + i} > 8080`;
    choosePeer(draft);
    const options = synOptions(draft, false);
    arrive(draft, { flags: 'S', seq: 0, ack: undefined, options, wait: draft.tempo });
    if (dice.chance(0.8)) arrive(draft);
    if (dice.chance(0.3)) arrive(draft, { flags: 'P.', length: 100 });
    if (dice.chance(0.15)) arrive(draft, { flags: 'R', ack: undefined });
    if (dice.chance(0.15)) arrive(draft, { flags: 'F.' });
  }
  draft.ports = '';
  for (let i = 4; i < 4 + peers; i++) write(draft, `accept(3, ..., ...) = ${i}`);
  if (dice.chance(0.4)) write(draft, 'close(3) = 0');
  idle(draft, dice.one(200, 1_300, 3_500));
  return false;
}

function closedPort(draft: Draft): boolean {
  const { dice } = draft;
  createSocket(draft);
  write(draft, 'bind(3, ..., ...) = 0', 0);
  const flags = dice.one('S', 'S.', '.', 'P.', 'F.', 'R', 'R.', 'SF', '-', 'FPU');
  const ack = flags.includes('.') ? dice.one(1, 77) : undefined;
  const options = flags.includes('S') ? ['mss 1000'] : [];
  arrive(draft, { flags, ack, seq: dice.one(0, 50), length: dice.one(0, 0, 10), options });
  return false;
}

/** A listener that takes text on a SYN without a cookie. */
function fastServer(draft: Draft): boolean {
  const { dice } = draft;
  write(draft, '`sysctl -q net.ipv4.tcp_fastopen=0x602`', 0);
  choosePeer(draft);
  listen(draft, 5);
  const length = dice.one(0, 1, 100, 1000);
  arriveSyn(draft, dice.chance(0.1) ? 'SF' : 'S', length);
  draft.next += length;
  if (dice.chance(0.6)) {
    accept(draft);
    if (dice.chance(0.5)) write(draft, `write(4, ..., ${dice.one(10, 1000, 5000)}) = ...`);
    if (dice.chance(0.2)) idle(draft, 1_200);
    arrive(draft);
  } else {
    arrive(draft, { ack: dice.chance(0.9) ? 1 : 0 });
    accept(draft);
  }
  return true;
}

/** The connection does not come about, or late: the SYN is refused, unanswered, or given up. */
function neverOpen(draft: Draft): boolean {
  const { dice } = draft;
  const retries = `\`sysctl -q net.ipv4.tcp_syn_retries=${dice.one(1, 1, 2)}\``;
  if (dice.chance(0.5)) write(draft, retries, 0);
  choosePeer(draft);
  if (dice.chance(0.6)) {
    connect(draft);
    do inSynSent(draft);
    while (dice.chance(0.5));
    if (dice.chance(0.4)) arrive(draft, { flags: 'R.', seq: 0, ack: 1 });
    looks(draft);
    if (dice.chance(0.5)) write(draft, 'close(3) = 0');
  } else {
    listen(draft, 1);
    arriveSyn(draft);
    do atRequest(draft);
    while (dice.chance(0.6));
    if (dice.chance(0.4)) write(draft, 'close(3) = 0');
    else write(draft, 'accept(3, ..., ...) = 4');
  }
  idle(draft, dice.one(100, 1_100, 3_300));
  return false;
}
