/** Openings of a random script by the kernel: connect, answered well or badly, crossing the peer's, fast, undone. */

import { looks } from './asking.js';
import {
  arrive,
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

/** A socket that connects and does not wait. */
export function connect(draft: Draft): void {
  createSocket(draft);
  draft.fd = 3;
  setOptions(draft, 3);
  nonBlocking(draft, 3);
  write(draft, 'connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)', draft.tempo);
}

/** The peer answers the SYN. */
export function arriveSynAck(draft: Draft, told: object = {}): void {
  const { dice } = draft;
  const flags = draft.ecn ? dice.one('S.', 'SE.', 'SE.', 'SW.', 'SEA.') : 'S.';
  const options = synOptions(draft, true);
  const wide = { window: dice.chance(0.9) ? dice.one(32_792, 65_535, 5_000) : 0 };
  arrive(draft, { flags, seq: 0, ack: 1, options, ...wide, ...told });
}

/** A connect that is answered. */
export function active(draft: Draft): boolean {
  const { dice } = draft;
  choosePeer(draft);
  if (dice.chance(0.1)) {
    createSocket(draft);
    draft.fd = 3;
    setOptions(draft, 3);
    const connects = 'connect(3, ..., ...) = 0';
    draft.lines.push({ wait: draft.tempo, what: connects, lasts: draft.tempo });
    arriveSynAck(draft, { wait: draft.tempo });
    nonBlocking(draft, 3);
    return true;
  }
  connect(draft);
  if (dice.chance(0.25)) inSynSent(draft);
  const seq = dice.chance(0.9) ? 0 : dice.one(5, 2 ** 31 - 1, 2 ** 32 - 1);
  const length = dice.chance(0.04) ? 100 : 0;
  arriveSynAck(draft, { seq, length });
  draft.next += length;
  if (dice.chance(0.07)) arriveSynAck(draft, { seq });
  if (dice.chance(0.3)) looks(draft);
  return true;
}

/** What may happen before the SYN is answered. */
export function inSynSent(draft: Draft): void {
  const { dice } = draft;
  dice.weighted<() => void>([
    [3, () => idle(draft, dice.one(1_050, 1_300, 2_200, 3_200))],
    [2, () => arriveSynAck(draft, { ack: dice.one(0, 2, 700, -1) })],
    [2, () => arrive(draft, { seq: dice.one(0, 1), ack: dice.one(0, 1, 2, 900) })],
    [1, () => arrive(draft, { flags: 'R', seq: dice.one(0, 1), ack: undefined })],
    [1, () => arrive(draft, { flags: 'R.', seq: 0, ack: dice.one(0, 2, 50) })],
    [1, () => arrive(draft, { flags: dice.one('F.', 'P.'), seq: 0, length: 10, ack: 1 })],
    [1, () => arrive(draft, { flags: dice.one('-', 'F', 'P', 'U'), seq: 0, ack: undefined })],
    [2, () => message(draft, 0)],
    [3, () => looks(draft)],
    [1, () => write(draft, `write(3, ..., 500) = -1 EAGAIN (Resource temporarily unavailable)`)],
    [1, () => write(draft, `shutdown(3, ${dice.one('SHUT_RD', 'SHUT_WR', 'SHUT_RDWR')}) = 0`)],
    [1, () => write(draft, 'connect(3, ..., ...) = -1 EALREADY (Operation already in progress)')],
  ])();
  if (dice.chance(0.25)) inSynSent(draft);
}

/** The peer opens at the same moment. */
export function crossing(draft: Draft): boolean {
  const { dice } = draft;
  choosePeer(draft);
  connect(draft);
  if (dice.chance(0.15)) inSynSent(draft);
  const options = synOptions(draft, false);
  arrive(draft, { flags: 'S', seq: 0, ack: undefined, window: synWindow(draft), options });
  dice.weighted<() => void>([
    [6, () => arriveSynAck(draft)],
    [5, () => arrive(draft)],
    [2, () => arriveText(draft, 100)],
    [1, () => arriveText(draft, 0, { flags: 'F.' })],
    [1, () => arrive(draft, { flags: dice.one('R', 'R.') })],
    [1, () => arrive(draft, { ack: dice.one(0, 2), seq: dice.one(0, 1, 2) })],
    [1, () => arrive(draft, { flags: 'S', seq: 0, ack: undefined, options })],
    [1, () => idle(draft, dice.one(1_200, 3_300))],
  ])();
  if (dice.chance(0.2)) arrive(draft);
  return true;
}

/** Text on the SYN without a cookie. */
export function fastClient(draft: Draft): boolean {
  const { dice } = draft;
  write(draft, '`sysctl -q net.ipv4.tcp_fastopen=0x5`', 0);
  choosePeer(draft);
  createSocket(draft);
  draft.fd = 3;
  setOptions(draft, 3, 0.15);
  nonBlocking(draft, 3);
  const length = dice.one(1, 300, 2000);
  write(draft, `sendto(3, ..., ${length}, MSG_FASTOPEN, ..., ...) = ...`, draft.tempo);
  if (dice.chance(0.15)) idle(draft, dice.one(1_100, 3_300));
  const taken = Math.min(length, 1400);
  arriveSynAck(draft, { ack: 1 + dice.one(0, taken, taken, dice.below(taken + 1)) });
  draft.sent += length;
  return true;
}

/** A connect that waits for the first write, or is undone. */
export function deferredConnect(draft: Draft): boolean {
  const { dice } = draft;
  choosePeer(draft);
  connect(draft);
  arriveSynAck(draft);
  if (dice.chance(0.6)) return true;
  write(draft, 'connect(3, AF_UNSPEC, ...) = 0');
  looks(draft);
  write(draft, 'connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)');
  Object.assign(draft, { next: 1, highest: 1, una: 1, sent: 1 });
  arriveSynAck(draft);
  return true;
}
