/** pipe and splice in packetdrill scripts: what packetdrill says of calls that are written otherwise, and what there is not. The kernel's own answers are recordings (`test/profiles/kernel/splice-*`). */

import assert from 'node:assert/strict';
import { ACCEPTED, play } from './play.js';

const PIPED = `${ACCEPTED}+0 pipe([5, 6]) = 0\n`;

const cases: readonly (readonly [name: string, lines: string, verdict: RegExp | 'passed'])[] = [
  ['two ends', 'write(6, ..., 10) = 10\n+0 read(5, ..., 99) = 10', 'passed'],
  ['one end alone', 'pipe([7]) = 0', /call .* pipe is given 1 of what it is told to be 2/],
  ['an end that there is', 'pipe([7, 5]) = 0', /call .* 5 stands for another/],
  ['no end', 'splice(4, NULL, 9, NULL, 5, 0) = 5', /call .* no descriptor 9/],
  ['an argument too few', 'splice(4, NULL, 6, NULL, 5) = 5', /call .* takes 6 arguments/],
  ['calls of sockets', 'listen(5, 1) = -1 ENOTSOCK (x)', 'passed'],
  ['a full one', 'write(6, ..., 65536) = 65536\n+0 write(6, ..., 1) = 1', /not supported: a write/],
  [
    'epoll',
    'epoll_create(1) = 7\n+0 epoll_ctl(7, EPOLL_CTL_ADD, 5, {events=EPOLLIN, fd=5}) = 0',
    /not supported: a pipe that epoll watches/,
  ],
];

describe('a pipe in a packetdrill script', () => {
  for (const [name, lines, verdict] of cases) {
    it(`knows ${name}`, () => {
      const found = play(`${PIPED}+0 ${lines}\n`).verdict;
      if (verdict === 'passed') assert.equal(found, verdict);
      else assert.match(found, verdict);
    });
  }

  for (const call of ['pipe([5, 6]) = 0', 'splice(3, NULL, 4, NULL, 5, SPLICE_F_MORE) = 5']) {
    it(`is nothing that FreeBSD has: ${call}`, () => {
      assert.match(
        play(`${ACCEPTED}+0 ${call}\n`, 'freebsd').verdict,
        /not supported: (pipe|splice)/,
      );
    });
  }
});
