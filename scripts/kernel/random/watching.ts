/** epoll in a random script: what watches its sockets, and asks now and then what it has seen. */

import type { Dice } from '../../../test/fuzz/dice.js';
import type { Line } from './draft.js';

/** The descriptor of the one that watches: no socket has it. */
const EPOLL = 50;
/** More than sockets there are. */
const MOST = 8;

/** The lines with those of epoll between them, which take no time. */
export function watched(lines: readonly Line[], dice: Dice): readonly Line[] {
  const all: Line[] = [];
  const say = (what: string) => all.push({ wait: 0, what });
  let watches = false;
  // While a call blocks the script makes no other.
  let busy = 0;
  for (const line of lines) {
    all.push(line);
    busy = line.lasts ?? busy - line.wait;
    const fd = madeBy(line);
    if (fd !== undefined) {
      if (!watches) say(`epoll_create(1) = ${EPOLL}`);
      watches = true;
      say(`epoll_ctl(${EPOLL}, EPOLL_CTL_ADD, ${fd}, {events=${events(dice)}, u32=${fd}}) = 0`);
    } else if (watches && busy <= 0 && dice.chance(0.5)) {
      const nothing = Array.from({ length: MOST }, () => '{events=0, u32=0}').join(', ');
      say(`epoll_wait(${EPOLL}, [${nothing}], ${MOST}, 0) = 0`);
    }
  }
  return all;
}

/** The descriptor that a call of a script returns; undefined for all else. */
function madeBy({ what }: Line): number | undefined {
  if (typeof what !== 'string') return undefined;
  const made = /^(?:socket|accept)\(.*\) = (\d+)$/.exec(what);
  return made ? Number(made[1]) : undefined;
}

function events(dice: Dice): string {
  const asked = dice.one('EPOLLIN', 'EPOLLOUT', 'EPOLLIN|EPOLLOUT', 'EPOLLIN|EPOLLRDHUP|EPOLLPRI');
  return `${asked}${dice.one('', '|EPOLLET', '|EPOLLET', '|EPOLLONESHOT')}`;
}
