/** Random scripts: two TCPs with random settings, what their users do, what befalls their segments, and forged ones. */

import { ICMP_WORDS } from '../../src/lang/keywords.js';
import type { SettingInfo } from '../../src/tcp/settings.js';
import { SETTINGS } from '../../src/tcp/settings.js';
import type { Dice } from './dice.js';
import { createDice } from './dice.js';
import { type HostPart, type ScriptParts, SILENCE } from './script.js';

/** The script of this seed. */
export function generate(seed: number): ScriptParts {
  const dice = createDice(seed, 'script');
  const network = dice.chance(0.7) ? '10.0.0.' : 'fd00::';
  const names = dice.chance(0.3) ? ['a', 'b', 'c'] : ['a', 'b'];
  const hosts = names.map((name, i) => host(name, `${network}${i + 1}`, dice));
  const count = 3 + dice.below(28);
  const forged = dice.chance(0.6);
  const story = Array.from({ length: count }, () => statement(dice, forged, names));
  const end = dice.chance(0.3) ? [SILENCE] : [];
  const statements = [...opening(dice), ...playable(story), ...end];
  return { seed, hosts, link: link(dice), statements };
}

/** What is held, and what counts, has a name of its own; what is released must have been held before. */
function playable(statements: readonly string[]): readonly string[] {
  const first = (word: string) => statements.findIndex((one) => one.startsWith(word));
  const [held, counted] = [first('hold'), first('repeat')];
  return statements.filter((one, i) => {
    if (one.startsWith('hold')) return i === held;
    if (one.startsWith('repeat')) return i === counted;
    return !one.startsWith('release') || (held >= 0 && i > held);
  });
}

function host(name: string, address: string, dice: Dice): HostPart {
  const profile = dice.weighted([
    [3, []],
    [1, ['profile linux']],
    [1, ['profile freebsd']],
  ]);
  const settings = new Map<string, string>();
  for (let i = dice.below(7); i > 0; i--) {
    const info = dice.one(...SETTINGS);
    const value = settingValue(info, dice);
    if (value !== undefined) settings.set(info.word, value);
  }
  // Ports may not be fewer than the script needs, nor in the wrong order.
  settings.delete('first-port');
  settings.delete('last-port');
  return { name, address, settings: [...profile, ...[...settings].map((pair) => pair.join(' '))] };
}

const counts = [0, 1, 2, 3, 7, 14, 100, 1_000, 65_535];
const octetCounts = [0, 1, 2, 10, 100, 536, 1_000, 1_460, 5_000, 65_535, 100_000];
const durations = ['0ms', '1ms', '50ms', '200ms', '1s', '3s', '30s', '60s', '120s', '7200s'];

/** A value that the setting may have; undefined where chance finds none. */
function settingValue(info: SettingInfo, dice: Dice): string | undefined {
  const [min, max] = info.range ?? [0, 0];
  const within = (all: readonly number[]) => all.filter((n) => n >= min && n <= max).map(String);
  const some = (all: readonly string[]) => (all.length === 0 ? undefined : dice.one(...all));
  switch (info.kind) {
    case 'isn':
      return dice.one('4294967290', '100,4294967295,7', 'rfc6528', 'clock', 'random');
    case 'switch':
      return dice.one('on', 'off');
    case 'choice':
      return some(info.choices ?? []);
    case 'count':
      return some(within(counts));
    case 'count-or-off':
      return some(['off', ...within(counts)]);
    case 'octets':
      return some(within(octetCounts));
    case 'duration':
      return some(durations.filter((text) => isWithin(text, min, max)));
    default:
      return undefined;
  }
}

function isWithin(text: string, min: number, max: number): boolean {
  const time = text.endsWith('ms')
    ? Number.parseInt(text, 10) * 1_000
    : Number.parseInt(text, 10) * 1_000_000;
  return time >= min && time <= max;
}

function link(dice: Dice): readonly string[] {
  const options: readonly (readonly [number, string, readonly string[]])[] = [
    [0.5, 'delay', ['0ms', '1ms', '40ms', '700ms']],
    [0.3, 'jitter', ['5ms', '300ms']],
    [0.4, 'loss', ['2%', '20%', '50%']],
    [0.3, 'duplicate', ['5%', '40%']],
    [0.3, 'reorder', ['5%', '40%']],
    [0.1, 'rate', ['64kbps', '10Mbps']],
    [0.1, 'mtu', ['68', '576', '1500']],
  ];
  return options
    .filter(([often]) => dice.chance(often))
    .map(([, word, values]) => `${word} ${dice.one(...values)}`);
}

/** How most stories begin. */
function opening(dice: Dice): readonly string[] {
  const server = `b: listen 80${dice.chance(0.2) ? ` backlog ${dice.below(3)}` : ''}`;
  return dice.weighted([
    [6, [server, 'a: connect b:80 from 1000']],
    [3, [server, 'a: connect b:80 from 1000', `wait ${dice.one('15ms', '1s')}`, 'b: accept']],
    [2, ['a: connect b:80 from 1000', 'b: connect a:1000 from 80']],
    [1, [server]],
    [2, [server, given(dice)]],
  ]);
}

/** A connection from the middle of its life, or a half-open one; its numbers may be about to wrap. */
function given(dice: Dice): string {
  const state = dice.one('ESTABLISHED', 'FIN_WAIT_1', 'FIN_WAIT_2', 'CLOSE_WAIT', 'LAST_ACK');
  const other = dice.one('', '', ' CLOSED');
  const number = () => dice.one('100', '4294967290', '2147483648', '0');
  return `given a:1000 ${state} with b:80${other} { snd.nxt ${number()}, rcv.nxt ${number()} }`;
}

function statement(dice: Dice, forged: boolean, hosts: readonly string[]): string {
  const make = dice.weighted([
    [9, (one: Dice) => userCall(one, hosts)],
    [2, opens],
    [hosts.length > 2 ? 2 : 0, thirdOpens],
    [1, reopens],
    [forged ? 6 : 0, injection],
    [forged ? 1 : 0, flood],
    [1, icmp],
    [4, fault],
    [2, disaster],
    [8, pause],
  ]);
  return make(dice);
}

function userCall(dice: Dice, hosts: readonly string[]): string {
  const name = dice.one(...hosts);
  const which = dice.chance(0.15) ? `.${dice.one('c1', 'c2', 'l1')}` : '';
  const call = dice.weighted([
    [3, `send ${dice.one('1', '10', '500', '3000', '10000')} bytes`],
    [2, 'send "hello"'],
    [1, 'send "now" urgent'],
    [3, 'receive'],
    [1, `receive ${dice.one('1', '3', '1000')} bytes`],
    [3, 'close'],
    [1, 'shutdown'],
    [1, 'abort'],
    [1, 'status'],
    [1, 'accept'],
  ]);
  return `${name}${call === 'accept' ? '' : which}: ${call}`;
}

function opens(dice: Dice): string {
  return dice.one(
    'b: listen 80',
    'b: listen 80 for a:1000',
    'a: listen 1000',
    'a: connect b:80 from 1000',
    'a: connect b:80',
    'a: connect b:80 send "GET /"',
    `a: connect b:80 send ${dice.one('1', '600', '3000')} bytes`,
    'a: connect b:81 from 1000',
    'b: connect a:1000 from 80 send "crossing"',
    'b: connect a:1000 from 80',
    'b: connect a:1000',
  );
}

function thirdOpens(dice: Dice): string {
  return dice.one(
    'c: connect b:80',
    'c: connect b:80 from 1000',
    'c: listen 80',
    'a: connect c:80',
  );
}

/** The same two sockets again, soon after the end: TIME_WAIT, or what is left of it. */
function reopens(dice: Dice): string {
  const [one, other] = dice.one(['a', 'b'] as const, ['b', 'a'] as const);
  return [
    `${one}: close`,
    'wait 1s',
    `${other}: close`,
    'wait 1s',
    'a: connect b:80 from 1000',
  ].join('\n');
}

/** More SYNs than a queue may hold, from a peer that never answers. */
function flood(dice: Dice): string {
  const count = dice.one('2', '5', '130');
  return `repeat ${count} as i {\n  inject p -> b SYN from 2000+i to 80 seq=i\n}`;
}

const bits = ['SYN', 'FIN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR'];

/** A segment in the name of one end, with numbers at the edges of what the other waits for. */
function injection(dice: Dice): string {
  const [from, to] = dice.one(['a', 'b'] as const, ['b', 'a'] as const);
  const flags = dice.chance(0.8)
    ? dice.one('RST', 'RST,ACK', 'SYN', 'SYN,ACK', 'ACK', 'FIN,ACK', 'PSH,ACK', 'FIN')
    : bits.filter(() => dice.chance(0.3)).join(',') || 'none';
  const offset = () => dice.one('', '', '+1', '-1', '+10', '-10', '+1000', '-70000', '+2147483648');
  const seq = dice.one(
    `${to}.RCV.NXT${offset()}`,
    `${to}.RCV.NXT+${to}.RCV.WND${offset()}`,
    `${to}.IRS${offset()}`,
    '4294967295',
  );
  const ack = dice.one(`${to}.SND.NXT${offset()}`, `${to}.SND.UNA${offset()}`, '0');
  const fields = [
    ...(dice.chance(0.3) ? [`len=${dice.one('1', '10', '500', '1400')}`] : []),
    ...(dice.chance(0.2) ? [`win=${dice.one('0', '1', '100')}`] : []),
    ...(dice.chance(0.2) ? [`ts=${dice.one('0', '1', '100000', '4294967295')}:0`] : []),
    ...(dice.chance(0.15)
      ? [dice.one('mss=1', 'mss=0', 'wscale=14', 'wscale=255', 'sackok', 'uto=1', 'uto=0', 'up=5')]
      : []),
  ];
  const ports = from === 'a' ? 'from 1000 to 80' : 'from 80 to 1000';
  const acknowledges = flags.includes('ACK') ? [`ack=${ack}`] : [];
  const where = dice.chance(0.9) ? [ports] : [dice.one('from 9 to 80', 'from 1000 to 9')];
  return [
    `inject ${from} -> ${to} ${flags}`,
    ...where,
    `seq=${seq}`,
    ...acknowledges,
    ...fields,
  ].join(' ');
}

/** What a router, or the other host, may say of a segment; now and then of one that was never sent. */
function icmp(dice: Dice): string {
  const way = dice.one('a -> b', 'a -> b', 'b -> a');
  const ports = dice.one('', '', '', way === 'a -> b' ? ' from 1000 to 80' : ' from 80 to 1000');
  const number = dice.one('', '', '', ' seq=5', ' seq=4294967295');
  const error = dice.one(
    ...ICMP_WORDS,
    ...['too-big mtu=68', 'too-big mtu=576', 'too-big mtu=1280', 'too-big mtu=65535'],
  );
  return `icmp ${error} ${way}${ports}${number}`;
}

function fault(dice: Dice): string {
  const way = dice.one('a -> b', 'b -> a');
  const flags = dice.one('SYN', 'SYN,ACK', 'ACK', 'FIN,ACK', 'RST', 'ACK len=0');
  const count = dice.one('', '', '2 ', '5 ');
  return dice.one(
    `drop ${count}${way} ${flags}`,
    `duplicate ${count}${way} ${flags}`,
    `corrupt ${count}${way} ${flags}`,
    `delay ${count}${way} ${flags} by ${dice.one('5ms', '900ms', '100s')}`,
    `hold ${count}${way} ${flags} as old`,
  );
}

function disaster(dice: Dice): string {
  return dice.one(
    'cut a -- b',
    'mend a -- b',
    'mend a -- b',
    'restart a',
    'restart b',
    'crash a',
    'release old',
    'release old',
  );
}

function pause(dice: Dice): string {
  const time = dice.weighted([
    [3, '1ms'],
    [6, '15ms'],
    [4, '300ms'],
    [4, '2s'],
    [2, '40s'],
    [1, '2msl'],
    [1, '1h'],
  ]);
  return `wait ${time}`;
}
