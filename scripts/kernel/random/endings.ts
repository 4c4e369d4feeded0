/** How the connection of a random script ends, and what comes after it. */

import { looks } from './asking.js';
import { acknowledge, arrive, arriveFin, arriveText, type Draft, idle, write } from './draft.js';
import { choosePeer, setLinger, synOptions } from './setup.js';
import { strays } from './stray.js';

/** Ends the connection in one of the usual ways, or leaves it. */
export function end(draft: Draft): void {
  const { dice } = draft;
  dice.weighted<(draft: Draft) => void>([
    [6, activeClose],
    [5, passiveClose],
    [4, halfClose],
    [3, simultaneousClose],
    [2, abandoned],
    [2, lingers],
    [2, unread],
    [2, resets],
    [2, keepsAlive],
    [2, () => {}],
  ])(draft);
  if (dice.chance(0.3)) looksAround(draft);
}

function looksAround(draft: Draft): void {
  if (draft.fd !== undefined) looks(draft);
}

/** The user is gone. */
export function close(draft: Draft): void {
  if (draft.fd === undefined) return;
  write(draft, `close(${draft.fd}) = 0`);
  draft.fd = undefined;
  finSends(draft);
}

/** One half is closed, or both. */
export function shutdown(draft: Draft, how: string): void {
  if (draft.fd === undefined) return;
  write(draft, `shutdown(${draft.fd}, ${how}) = 0`);
  if (how !== 'SHUT_RD') finSends(draft);
}

function finSends(draft: Draft): void {
  if (!draft.finSent) draft.sent += 1;
  draft.finSent = true;
}

/** The peer's FIN, with or behind text; again, if it has come. */
function finArrives(draft: Draft, ack = draft.una): void {
  const { dice } = draft;
  draft.una = Math.max(draft.una, ack);
  if (draft.finCame) {
    arrive(draft, { flags: 'F.', seq: draft.next - 1, ack });
    return;
  }
  arriveFin(draft, dice.one(0, 0, 0, 0, 1, 500), { ack });
}

function activeClose(draft: Draft): void {
  const { dice } = draft;
  if (dice.chance(0.7)) close(draft);
  else shutdown(draft, dice.one('SHUT_WR', 'SHUT_RDWR'));
  if (dice.chance(0.15)) idle(draft, dice.one(230, 700));
  const together = dice.chance(0.35);
  if (!together) acknowledge(draft, dice.chance(0.85) ? draft.sent : draft.sent - 1);
  if (dice.chance(0.15)) idle(draft, dice.one(1_100, 2_300));
  if (dice.chance(0.25)) strays(draft);
  if (dice.chance(0.15)) arriveText(draft, dice.one(1, 500));
  if (dice.chance(0.9)) finArrives(draft, draft.sent);
  looksAround(draft);
  inTimeWait(draft);
}

function passiveClose(draft: Draft): void {
  const { dice } = draft;
  finArrives(draft);
  const { fd } = draft;
  if (fd !== undefined && dice.chance(0.6)) write(draft, `read(${fd}, ..., 1000) = ...`);
  if (fd !== undefined && dice.chance(0.3)) {
    const length = dice.one(10, 2000);
    write(draft, `write(${fd}, ..., ${length}) = ...`);
    if (!draft.finSent) draft.sent += length;
    acknowledge(draft, draft.sent);
  }
  if (dice.chance(0.2)) strays(draft);
  close(draft);
  if (dice.chance(0.2)) idle(draft, dice.one(300, 900));
  if (dice.chance(0.15)) strays(draft);
  acknowledge(draft, dice.chance(0.85) ? draft.sent : draft.sent - 1);
  if (dice.chance(0.3)) arrive(draft);
}

/** One direction ends, the other goes on. */
function halfClose(draft: Draft): void {
  const { dice } = draft;
  shutdown(draft, dice.one('SHUT_WR', 'SHUT_WR', 'SHUT_RD', 'SHUT_RDWR'));
  if (dice.chance(0.7)) acknowledge(draft, draft.sent);
  for (let count = dice.one(1, 2, 4); count > 0; count--) arriveText(draft, dice.one(1, 100, 1000));
  const { fd } = draft;
  if (fd !== undefined) {
    if (dice.chance(0.7)) write(draft, `read(${fd}, ..., 2000) = ...`);
    if (dice.chance(0.3)) write(draft, `write(${fd}, ..., 10) = ...`);
    looks(draft);
  }
  if (dice.chance(0.6)) finArrives(draft, draft.sent);
  if (dice.chance(0.8)) close(draft);
  if (dice.chance(0.5)) arrive(draft);
}

function simultaneousClose(draft: Draft): void {
  const { dice } = draft;
  const before = draft.sent;
  if (dice.chance(0.6)) close(draft);
  else shutdown(draft, 'SHUT_WR');
  finArrives(draft, before);
  if (dice.chance(0.25)) strays(draft);
  if (dice.chance(0.2)) idle(draft, dice.one(250, 700));
  acknowledge(draft, draft.sent);
  inTimeWait(draft);
}

/** Text, or the FIN, is never acknowledged. */
function abandoned(draft: Draft): void {
  const { dice, fd } = draft;
  if (dice.chance(0.6)) {
    write(draft, `\`sysctl -q net.ipv4.${dice.one('tcp_orphan_retries', 'tcp_retries2')}=2\``);
  }
  if (fd !== undefined && dice.chance(0.5)) {
    write(draft, `setsockopt(${fd}, SOL_TCP, TCP_USER_TIMEOUT, [${dice.one(300, 1000)}], 4) = 0`);
  }
  if (fd !== undefined) write(draft, `write(${fd}, ..., ${dice.one(1, 1000, 5000)}) = ...`);
  if (dice.chance(0.6)) close(draft);
  idle(draft, dice.one(700, 1_700, 3_500));
  arrive(draft, { ack: draft.sent });
}

function lingers(draft: Draft): void {
  const { dice, fd } = draft;
  if (fd !== undefined) setLinger(draft, fd);
  if (dice.chance(0.4)) arriveText(draft, 100);
  close(draft);
  acknowledge(draft, draft.sent);
  if (dice.chance(0.5)) finArrives(draft);
}

/** Closed before all was read: a reset. */
function unread(draft: Draft): void {
  const { dice } = draft;
  arriveText(draft, dice.one(1, 1000));
  if (dice.chance(0.3)) finArrives(draft);
  if (dice.chance(0.3)) shutdown(draft, 'SHUT_WR');
  close(draft);
  arrive(draft, { ack: draft.sent, length: dice.one(0, 10) });
}

function resets(draft: Draft): void {
  const { dice } = draft;
  if (dice.chance(0.3)) finArrives(draft);
  if (dice.chance(0.3)) shutdown(draft, 'SHUT_WR');
  arrive(draft, { flags: dice.one('R', 'R.'), options: ['none'], window: 0 });
  const { fd } = draft;
  if (fd === undefined) return;
  looks(draft);
  const calls = [`read(${fd}, ..., 100)`, `write(${fd}, ..., 100)`, `shutdown(${fd}, SHUT_WR)`];
  for (let count = dice.one(1, 2, 3); count > 0; count--)
    write(draft, `${dice.one(...calls)} = ...`);
  looks(draft);
  if (dice.chance(0.4)) close(draft);
}

/** Keepalive probes, answered or not. */
function keepsAlive(draft: Draft): void {
  const { dice, fd } = draft;
  if (fd === undefined) return;
  const set = (name: string, value: number) =>
    write(draft, `setsockopt(${fd}, ${name}, [${value}], 4) = 0`, 0);
  set('SOL_SOCKET, SO_KEEPALIVE', 1);
  set('SOL_TCP, TCP_KEEPIDLE', dice.one(1, 2));
  set('SOL_TCP, TCP_KEEPINTVL', 1);
  if (dice.chance(0.7)) set('SOL_TCP, TCP_KEEPCNT', dice.one(1, 2));
  acknowledge(draft, draft.sent);
  for (let count = dice.one(1, 2, 3); count > 0; count--) {
    idle(draft, dice.one(1_120, 2_150));
    if (dice.chance(0.5)) arrive(draft, { ack: draft.sent });
  }
  looks(draft);
}

/** Segments in TIME_WAIT, and a SYN that may reopen. */
function inTimeWait(draft: Draft): void {
  const { dice, next, sent } = draft;
  const count = dice.one(0, 1, 2, 3);
  for (let i = 0; i < count; i++) {
    dice.weighted<() => void>([
      [3, () => arrive(draft, { flags: 'F.', seq: next - 1, ack: sent })],
      [2, () => arrive(draft, { ack: dice.one(sent, sent - 1, sent + 9) })],
      [2, () => arriveText(draft, dice.one(1, 100))],
      [1, () => arrive(draft, { flags: 'R', seq: next + dice.one(0, -1, 1), ack: undefined })],
      [3, () => strays(draft)],
      [3, () => reopens(draft)],
    ])();
  }
}

/** A SYN between the same ports. */
function reopens(draft: Draft): void {
  const { dice, next } = draft;
  choosePeer(draft);
  const options = synOptions(draft, false);
  const seq = next + dice.one(-1, 0, 1, 1000, 100_000, -3000);
  arrive(draft, { flags: 'S', seq, ack: undefined, options, wait: dice.one(10, 100, 1_100) });
}
