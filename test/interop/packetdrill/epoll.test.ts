/** epoll in packetdrill scripts: what packetdrill says of calls that are written otherwise, and what there is not. */

import assert from 'node:assert/strict';
import { ACCEPTED, play } from './play.js';

const WATCHED = `${ACCEPTED}+0 epoll_create(1) = 5
+0 epoll_ctl(5, EPOLL_CTL_ADD, 4, {events=EPOLLIN|EPOLLOUT, fd=4}) = 0
`;

/** Lines from the eleventh on. */
const cases: readonly (readonly [name: string, lines: string, verdict: RegExp | 'passed'])[] = [
  ['the event that there is', 'epoll_wait(5, {events=EPOLLOUT, fd=4}, 1, 0) = 1', 'passed'],
  ['its number', 'epoll_wait(5, {events=0x4, fd=4}, 1, 0) = 1', 'passed'],
  ['in a list', 'epoll_wait(5, [{events=EPOLLOUT, fd=4}], 1, 0) = 1', 'passed'],
  [
    'another event',
    'epoll_wait(5, {events=EPOLLIN, fd=4}, 1, 0) = 1',
    /^11: events EPOLLIN \/ EPOLLOUT/,
  ],
  ['another descriptor', 'epoll_wait(5, {events=EPOLLOUT, fd=3}, 1, 0) = 1', /^11: fd 3 \/ 4/],
  [
    'more events than there are',
    'epoll_wait(5, [{events=EPOLLOUT, fd=4}, {events=EPOLLIN, fd=3}], 2, 0) = 1',
    /^11: events EPOLLIN \/ 0/,
  ],
  [
    'what is read of a union as something shorter',
    `epoll_ctl(5, EPOLL_CTL_MOD, 4, {events=EPOLLOUT, u64=4294967303}) = 0
+0 epoll_wait(5, {events=EPOLLOUT, u32=7}, 1, 0) = 1`,
    'passed',
  ],
  [
    'nothing, which carries nothing',
    `epoll_ctl(5, EPOLL_CTL_DEL, 4, {events=0, fd=4}) = 0
+0 epoll_wait(5, {events=0, ptr=0}, 1, 0) = 0`,
    'passed',
  ],
  [
    'nothing, with the descriptor that packetdrill would compare',
    `epoll_ctl(5, EPOLL_CTL_DEL, 4, {events=0, fd=4}) = 0
+0 epoll_wait(5, {events=0, fd=4}, 1, 0) = 0`,
    /^12: fd 4 \/ 0/,
  ],
  [
    'an event that carries another descriptor than it is about',
    'epoll_ctl(5, EPOLL_CTL_ADD, 3, {events=EPOLLIN, fd=4}) = 0',
    /^11: call .* carries the descriptor that it is about, 3/,
  ],
  [
    'one that carries nothing',
    'epoll_ctl(5, EPOLL_CTL_ADD, 3, {events=EPOLLIN}) = 0',
    /^11: call .* carries something/,
  ],
  ['no event', 'epoll_wait(5, ..., 1, 0) = 0', /^11: call .* needs an event/],
  [
    'a descriptor that there is not',
    'epoll_ctl(5, EPOLL_CTL_ADD, 9, {events=EPOLLIN, fd=9}) = 0',
    /^11: call .* no descriptor 9/,
  ],
  [
    'the descriptor of a socket for one of epoll',
    'epoll_create(1) = 4',
    /^11: call .* 4 stands for another/,
  ],
  ['a call of sockets', 'listen(5, 1) = -1 ENOTSOCK (x)', 'passed'],
  ['a call of files', 'read(5, ..., 1) = -1 EINVAL (x)', /not supported: read of a descriptor/],
  ['a poll', 'poll([{fd=5, events=POLLIN}], 1, 0) = 1', /not supported: poll of a descriptor/],
  [
    'epoll in epoll',
    `epoll_create(1) = 6
+0 epoll_ctl(6, EPOLL_CTL_ADD, 5, {events=EPOLLIN, fd=5}) = 0`,
    /not supported: an epoll descriptor that epoll watches/,
  ],
  ['its close', 'close(5) = 0\n+0 epoll_create(1) = 5', 'passed'],
  [
    'an argument too few',
    'epoll_wait(5, {events=EPOLLOUT, fd=4}, 1) = 1',
    /^11: call .* takes 4 arguments/,
  ],
];

describe('epoll in a packetdrill script', () => {
  for (const [name, lines, verdict] of cases) {
    it(`knows ${name}`, () => {
      const found = play(`${WATCHED}+0 ${lines}\n`).verdict;
      if (verdict === 'passed') assert.equal(found, verdict);
      else assert.match(found, verdict);
    });
  }

  it('is nothing that FreeBSD has', () => {
    assert.match(play(`${ACCEPTED}+0 epoll_create(1) = 5\n`, 'freebsd').verdict, /epoll_create/);
  });
});
