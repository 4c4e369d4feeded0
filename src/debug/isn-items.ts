/** Where an initial sequence number comes from, where it would be by now, and which old numbers look like new ones. */

import { printDuration, printInstant } from '../base/time.js';
import {
  clockOf,
  hashOf,
  type Isn,
  isnAt,
  isnCycle,
  judgeOldNumber,
  timeUntilIsn,
} from '../tcp/isn.js';
import type { Instant } from '../tcp/rule.js';
import { add, distance, num, type Seq } from '../tcp/seq.js';
import { remoteOf, type Tcb } from '../tcp/tcb.js';
import { type Item, named } from './items.js';
import { shownText } from './numbers.js';

const MINUTE = 60_000_000;

/** How the ISS came about, part by part, and what it says of numbers yet to come and long gone. */
export function isnItems(tcb: Tcb, now: Instant): readonly Item[] {
  const { isn } = tcb;
  if (isn === undefined) return [{ name: 'ISS', value: 'not chosen yet' }];
  return [
    { name: 'ISS', value: num(isn.value), type: 'number' },
    ...partsOf(isn, tcb),
    ...laterItems(isn, tcb, now),
    { name: 'old numbers', ...oldNumbers(tcb) },
  ];
}

/** Who chose it, and out of what it was made. */
function partsOf(isn: Isn, tcb: Tcb): readonly Item[] {
  const by = (value: string): Item => ({ name: 'chosen by', value });
  switch (isn.kind) {
    case 'fixed':
      return [by(`the script: number ${isn.index + 1} of the host's list`)];
    case 'successor':
      return [by(`the connection in TIME_WAIT: SND.NXT=${num(isn.nxt)} and 65537`)];
    case 'cookie':
      return [by(`SYN cookie (RFC 4987): it remembers MSS ${isn.mss}`)];
    case 'given':
      return [by('the script: the connection was given')];
    case 'random':
      return [by("a draw of the host's random stream")];
    case 'clock':
      return [by('the clock alone: one tick every 4 us'), ...clock(isn)];
    case 'rfc6528': {
      const { input, digest } = hashOf(isn.hash, tcb.settings.secret, tcb.local, remoteOf(tcb));
      return [
        by('RFC 6528: ISN = M + F(...), modulo 2^32'),
        { name: 'sum', value: shownText`${num(clockOf(isn))} + ${num(isn.f)} = ${num(isn.value)}` },
        ...clock(isn),
        { name: 'F', value: num(isn.f), type: 'number' },
        { name: 'hash input', value: input },
        { name: 'digest', value: digest },
      ];
    }
  }
}

function clock(isn: Isn & { readonly kind: 'clock' | 'rfc6528' }): readonly Item[] {
  return [
    { name: 'M', value: num(clockOf(isn)), type: 'number' },
    { name: 'M was read at', value: `${printInstant(isn.at)} s` },
  ];
}

/** What the same sockets would be given now, and a minute after this ISS was chosen. */
function laterItems(isn: Isn, { settings }: Tcb, now: Instant): readonly Item[] {
  const speed = settings.isnClock;
  if (isn.kind !== 'clock' && isn.kind !== 'rfc6528') {
    return [{ name: 'a minute later', value: WITHOUT_CLOCK[isn.kind] }];
  }
  const row = (name: string, at: Instant): Item => {
    const value = isnAt(isn, at, speed) as Seq;
    return { name, value: shownText`${num(value)}: ${distance(isn.value, value)} further on` };
  };
  return [
    row('now', now),
    row('a minute later', isn.at + MINUTE),
    { name: 'comes round', value: `after ${printDuration(Math.round(isnCycle(speed)))}` },
  ];
}

const WITHOUT_CLOCK: Readonly<Record<Exclude<Isn['kind'], 'clock' | 'rfc6528'>, string>> = {
  fixed: 'the next of the list, or the same again: it does not move with time',
  successor: 'it does not move with time: it follows what the connection before it has sent',
  cookie: 'another: a cookie has the time in it',
  given: 'it does not move with time',
  random: 'another draw: it says nothing of this one',
};

/** Which numbers of an earlier connection the peer would take for new ones. */
function oldNumbers({ snd, iss }: Tcb): Pick<Item, 'value'> {
  const open = snd.una !== iss;
  const last = add(snd.una, Math.max(snd.wnd, 1) - 1);
  return open
    ? {
        value: shownText`from ${num(snd.una)} to ${num(last)} look new to the peer; ask mistaken(NUMBER)`,
      }
    : { value: shownText`only ${num(iss)} looks new to the peer; ask mistaken(NUMBER)` };
}

/** `mistaken(4000)`: whether the peer could take that number of an earlier connection for a new one of this. */
export function mistakenItem(name: string, tcb: Tcb, number: Seq, now: Instant): Item {
  const { mistaken, why } = judgeOldNumber(tcb, number);
  const { isn, settings, iss } = tcb;
  const until = isn && timeUntilIsn(isn, number, now, settings.isnClock);
  const children: readonly Item[] = [
    { name: 'why', value: why },
    { name: 'counted from ISS', value: distance(iss, number) | 0, type: 'number' },
    {
      name: 'the ISN clock is there',
      value:
        until === undefined ? 'never: there is no clock' : `in ${printDuration(Math.round(until))}`,
    },
    { name: 'a segment lives at most', value: `${printDuration(settings.msl)} (MSL)` },
  ];
  return {
    name,
    value: `${mistaken ? 'true' : 'false'}: ${why}`,
    type: 'boolean',
    children: named(children),
  };
}
