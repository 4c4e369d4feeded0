/** Random scripts of calls that block: what comes while they wait, and after how long they give up. */

import { arriveSynAck } from './active.js';
import { looks } from './asking.js';
import {
  acknowledge,
  arrive,
  arriveFin,
  arriveText,
  createSocket,
  type Draft,
  idle,
  nonBlocking,
  segmentSize,
  write,
} from './draft.js';
import { choosePeer, setLinger, setOption, synOptions } from './setup.js';
import { message } from './stray.js';

/** How much longer than its limit a call may take: milliseconds. */
const SLACK = 40;

/** Opens a connection, waiting for it, and makes some calls that wait. */
export function waits(draft: Draft): void {
  const { dice } = draft;
  choosePeer(draft);
  const open = dice.one(accepts, accepts, connects, connects, connectsLater)(draft);
  if (!open) return;
  if (dice.chance(0.3)) setOption(draft, draft.fd ?? 3, 0);
  limit(draft, draft.fd ?? 3);
  for (let count = dice.one(1, 2, 3, 4); count > 0; count--) {
    if (draft.fd === undefined) break;
    oneWait(draft, draft.fd);
    if (dice.chance(0.3)) looks(draft);
  }
  if (draft.fd !== undefined && dice.chance(0.5)) closes(draft, draft.fd);
  idle(draft, dice.one(50, 300, 1_200));
}

/** After how long calls at a descriptor give up. */
function limit(draft: Draft, fd: number): void {
  for (const option of ['SO_RCVTIMEO', 'SO_SNDTIMEO']) {
    const time = `{tv_sec=0, tv_usec=${LIMIT * 1_000}}`;
    write(draft, `setsockopt(${fd}, SOL_SOCKET, ${option}, ${time}, 16) = 0`, 0);
  }
}

/** How long calls wait at most: milliseconds. */
const LIMIT = 240;

/** A call that may wait for so long, and what comes meanwhile. */
function waiting(draft: Draft, call: string, coming: (draft: Draft) => void, most = LIMIT): void {
  const { dice } = draft;
  draft.lines.push({ wait: dice.one(0, 10, 30), what: `${call} = 0`, lasts: most });
  const before = draft.lines.length;
  for (let count = dice.one(0, 1, 1, 2, 3); count > 0; count--) coming(draft);
  idle(draft, timeLeft(draft, before, most));
}

/** How long a call may still wait after the lines from that one on: milliseconds. */
function timeLeft(draft: Draft, from: number, most: number): number {
  const spent = draft.lines.slice(from).reduce((sum, { wait }) => sum + wait, 0);
  return Math.max(10, most + SLACK - spent);
}

/** A pause while a call waits: so short that the call has not given up. */
function soon({ dice }: Draft): { readonly wait: number } {
  return { wait: dice.one(10, 20, 30, 50, 70) };
}

// Openings ----------------------------------------------------------------------------------------

function accepts(draft: Draft): boolean {
  const { dice } = draft;
  createSocket(draft);
  write(draft, 'setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0', 0);
  if (dice.chance(0.2)) setOption(draft, 3, 0);
  limit(draft, 3);
  write(draft, 'bind(3, ..., ...) = 0', 0);
  write(draft, `listen(3, ${dice.one(0, 1, 5)}) = 0`, 0);
  const options = synOptions(draft, false);
  const syn = () => {
    arrive(draft, { flags: 'S', seq: 0, ack: undefined, window: 32_792, options, ...soon(draft) });
  };
  const early = dice.chance(0.3);
  if (early) syn();
  const coming = [
    ...(early ? [] : [syn]),
    () => arrive(draft, soon(draft)),
    ...(dice.chance(0.3) ? [() => arriveText(draft, dice.one(1, 500), soon(draft))] : []),
    ...(dice.chance(0.1) ? [() => arrive(draft, { flags: 'R', ...soon(draft) })] : []),
    ...(dice.chance(0.1) ? [() => arriveFin(draft, 0, soon(draft))] : []),
  ];
  if (dice.chance(0.1)) coming.pop();
  draft.fd = 4;
  draft.lines.push({ wait: draft.tempo, what: 'accept(3, ..., ...) = 4', lasts: LIMIT });
  const before = draft.lines.length;
  for (const one of coming) one();
  write(draft, '`true`', timeLeft(draft, before, LIMIT));
  return true;
}

function connects(draft: Draft): boolean {
  const { dice } = draft;
  createSocket(draft);
  draft.fd = 3;
  if (dice.chance(0.2)) setOption(draft, 3, 0);
  limit(draft, 3);
  waiting(draft, 'connect(3, ..., ...)', answered);
  if (dice.chance(0.25)) waiting(draft, 'connect(3, ..., ...)', answered);
  return true;
}

/** The answer to a SYN: mostly the right one. */
function answered(draft: Draft): void {
  const { dice } = draft;
  dice.weighted<() => void>([
    [8, () => arriveSynAck(draft, soon(draft))],
    [1, () => arrive(draft, { flags: 'R.', seq: 0, ack: 1, ...soon(draft) })],
    [1, () => message(draft, 0)],
    [1, () => arrive(draft, { seq: 0, ack: dice.one(0, 1, 2), ...soon(draft) })],
    [
      1,
      () =>
        arrive(draft, {
          flags: 'S',
          seq: 0,
          ack: undefined,
          options: synOptions(draft, false),
          ...soon(draft),
        }),
    ],
  ])();
}

/** The connect does not wait, what is done next does. */
function connectsLater(draft: Draft): boolean {
  const { dice } = draft;
  createSocket(draft);
  draft.fd = 3;
  limit(draft, 3);
  nonBlocking(draft, 3);
  write(draft, 'connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)', draft.tempo);
  write(draft, 'fcntl(3, F_SETFL, O_RDWR) = 0', 0);
  const calls = [
    'connect(3, ..., ...)',
    `write(3, ..., ${dice.one(1, 500, 3000)})`,
    'read(3, ..., 1000)',
    `poll([{fd=3, events=POLLIN|POLLOUT, revents=0}], 1, ${LIMIT})`,
  ];
  waiting(draft, dice.one(...calls), answered);
  return true;
}

// Calls -------------------------------------------------------------------------------------------

function oneWait(draft: Draft, fd: number): void {
  draft.dice.weighted<(draft: Draft, fd: number) => void>([
    [8, reads],
    [6, writes],
    [4, polls],
    [2, waitsForEvents],
    [1, listens],
  ])(draft, fd);
}

function reads(draft: Draft, fd: number): void {
  const { dice } = draft;
  if (dice.chance(0.3)) {
    write(draft, `setsockopt(${fd}, SOL_SOCKET, SO_RCVLOWAT, [${dice.one(1, 10, 500)}], 4) = 0`, 0);
  }
  const length = dice.one(1, 10, 100, 1000, 3000);
  const flags = dice.one('MSG_WAITALL', 'MSG_PEEK', 'MSG_PEEK|MSG_WAITALL', 'MSG_OOB', 'MSG_TRUNC');
  const call = dice.chance(0.55)
    ? `read(${fd}, ..., ${length})`
    : `recv(${fd}, ..., ${length}, ${flags})`;
  waiting(draft, call, peerSpeaks);
}

/** Text, in order or not, an end, or something odd. */
function peerSpeaks(draft: Draft): void {
  const { dice, next } = draft;
  const length = dice.one(1, 5, 10, 100, 600, 1000);
  dice.weighted<() => void>([
    [10, () => arriveText(draft, length, soon(draft))],
    [3, () => arrive(draft, { seq: next + 100, length: 100, ...soon(draft) })],
    [2, () => !draft.finCame && arriveFin(draft, dice.one(0, 0, 10), soon(draft))],
    [1, () => arrive(draft, { flags: dice.one('R', 'R.'), options: ['none'], ...soon(draft) })],
    [1, () => arriveText(draft, length, { flags: 'PU.', urgent: length, ...soon(draft) })],
    [1, () => message(draft, draft.una)],
    [2, () => acknowledge(draft, draft.sent, soon(draft))],
  ])();
}

function writes(draft: Draft, fd: number): void {
  const { dice } = draft;
  if (dice.chance(0.6)) {
    write(
      draft,
      `setsockopt(${fd}, SOL_SOCKET, SO_SNDBUF, [${dice.one(4_608, 10_000)}], 4) = 0`,
      0,
    );
  }
  const length = dice.one(100, 5_000, 20_000, 60_000, 200_000);
  const flags = dice.one('0', 'MSG_MORE', 'MSG_OOB', 'MSG_DONTWAIT');
  const call = dice.chance(0.75)
    ? `write(${fd}, ..., ${length})`
    : `send(${fd}, ..., ${length}, ${flags})`;
  draft.sent += length;
  waiting(draft, call, peerAnswers);
}

/** An ACK of some segments more, mostly. */
function peerAnswers(draft: Draft): void {
  const { dice } = draft;
  const size = segmentSize(draft);
  dice.weighted<() => void>([
    [12, () => acknowledge(draft, draft.una + dice.one(1, 2, 4, 10) * size, soon(draft))],
    [2, () => arrive(draft, { window: dice.one(0, draft.window), ...soon(draft) })],
    [2, () => arriveText(draft, 100, soon(draft))],
    [1, () => !draft.finCame && arriveFin(draft, 0, soon(draft))],
    [1, () => arrive(draft, { flags: dice.one('R', 'R.'), options: ['none'], ...soon(draft) })],
    [1, () => message(draft, draft.una)],
  ])();
}

function polls(draft: Draft, fd: number): void {
  const { dice } = draft;
  const events = dice.one('POLLIN', 'POLLOUT', 'POLLIN|POLLRDHUP', 'POLLPRI', '0');
  const most = dice.one(30, 100, 200);
  const call = `poll([{fd=${fd}, events=${events}, revents=0}], 1, ${most})`;
  waiting(draft, call, dice.one(peerSpeaks, peerAnswers), most);
}

function waitsForEvents(draft: Draft, fd: number): void {
  const { dice } = draft;
  const epoll = draft.lines.filter(({ what }) => /^epoll_create/.test(String(what))).length + 50;
  const events = dice.one('EPOLLIN', 'EPOLLOUT', 'EPOLLIN|EPOLLRDHUP', 'EPOLLIN|EPOLLET');
  write(draft, `epoll_create(1) = ${epoll}`, 0);
  write(draft, `epoll_ctl(${epoll}, EPOLL_CTL_ADD, ${fd}, {events=${events}, u32=${fd}}) = 0`, 0);
  const most = dice.one(30, 100, 200);
  const call = `epoll_wait(${epoll}, [{events=0, u32=0}], 1, ${most})`;
  waiting(draft, call, dice.one(peerSpeaks, peerAnswers), most);
}

/** A call that waits at a listener for nobody, or at no listener. */
function listens(draft: Draft, fd: number): void {
  waiting(draft, `accept(${fd === 4 ? 3 : fd}, ..., ...)`, peerSpeaks);
}

/** A close that waits for the peer. */
function closes(draft: Draft, fd: number): void {
  const { dice } = draft;
  if (dice.chance(0.8)) setLinger(draft, fd, 0);
  draft.fd = undefined;
  waiting(draft, `close(${fd})`, closing, 1_000);
}

function closing(draft: Draft): void {
  const { dice } = draft;
  dice.weighted<() => void>([
    [5, () => acknowledge(draft, draft.sent + dice.one(0, 1, 1), soon(draft))],
    [3, () => arriveFin(draft, 0, { ack: draft.sent + dice.one(0, 1), ...soon(draft) })],
    [1, () => arrive(draft, { flags: 'R', options: ['none'], ...soon(draft) })],
    [1, () => arriveText(draft, 10, soon(draft))],
  ])();
}
