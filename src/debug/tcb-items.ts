/** A connection as variables: the TCB under its RFC names, its timers, and how its ISN came about. */

import { printDuration, printInstant } from '../base/time.js';
import { hashOf, type Isn } from '../tcp/isn.js';
import type { Instant } from '../tcp/rule.js';
import type { Tcb } from '../tcp/tcb.js';
import { displayName, type Item, itemOf, named } from './items.js';

/** Parts of the TCB that have a scope of their own. */
const ELSEWHERE = new Set(['isn', 'timers']);
/** Parts whose members are RFC variables with a dot: SND.UNA. */
const DOTTED = new Set(['snd', 'rcv']);

/** The TCB's variables: `STATE`, `ISS`, `SND.UNA` ...; `owner` is what reaches it in an expression. */
export function tcbItems(tcb: Tcb, owner: string): readonly Item[] {
  return leaves(tcb).map(({ path, name, value }) => {
    if (path === 'rto') return rtoItem(tcb, owner);
    const simple = typeof value !== 'object' || value === null;
    return itemOf(
      name,
      value,
      path.split('.').at(-1),
      simple ? `${owner}.${displayName(path)}` : undefined,
    );
  });
}

/** The retransmission variables, each with the expression that reaches it: they can be set. */
function rtoItem({ rto }: Tcb, owner: string): Item {
  const whole = itemOf('rto', rto);
  const parts = Object.entries(rto).map(([key, value]) =>
    itemOf(words(key), value, key, `${owner}.rto.${key}`),
  );
  return { ...whole, children: named(parts) };
}

interface Leaf {
  readonly path: string;
  readonly name: string;
  readonly value: unknown;
}

/** Simple variables that the RFC names. */
const RFC_NAMES = new Set(['state', 'iss', 'irs']);

/** The TCB laid flat: the RFC's variables, then other simple values, then what has parts. */
function leaves(tcb: Tcb): readonly Leaf[] {
  const rfc: Leaf[] = [];
  const simple: Leaf[] = [];
  const structured: Leaf[] = [];
  for (const [key, value] of Object.entries(tcb)) {
    if (ELSEWHERE.has(key)) continue;
    if (DOTTED.has(key)) {
      for (const [part, inner] of Object.entries(value)) {
        const path = `${key}.${part}`;
        rfc.push({ path, name: displayName(path), value: inner });
      }
    } else if (RFC_NAMES.has(key)) rfc.push({ path: key, name: displayName(key), value });
    else if (typeof value === 'object') structured.push({ path: key, name: words(key), value });
    else simple.push({ path: key, name: words(key), value });
  }
  return [...rfc, ...simple, ...structured];
}

/** `out of order` for `outOfOrder`. */
function words(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** What is different between two TCBs of one connection: `SND.NXT: 300 -> 301`. */
export function changedItems(before: Tcb, after: Tcb, owner: string): readonly Item[] {
  const old = new Map([...leaves(before), ...timerLeaves(before)].map((leaf) => [leaf.path, leaf]));
  return [...leaves(after), ...timerLeaves(after)].flatMap((leaf) => {
    const was = old.get(leaf.path)?.value;
    if (same(was, leaf.value)) return [];
    if (isRecord(was) && isRecord(leaf.value)) return [changedParts(leaf.name, was, leaf.value)];
    const expression = isSimple(leaf.value) ? `${owner}.${displayName(leaf.path)}` : undefined;
    return [changedItem(leaf.name, was, leaf.value, leaf.path.split('.').at(-1), expression)];
  });
}

function changedItem(
  name: string,
  was: unknown,
  value: unknown,
  key: string | undefined,
  expression?: string,
): Item {
  const item = itemOf(name, value, key, expression);
  return { ...item, value: `${itemOf(name, was, key).value} -> ${item.value}` };
}

/** A value with parts, of which some changed. */
function changedParts(name: string, was: ValueRecord, value: ValueRecord): Item {
  const parts = Object.keys(value).filter((key) => !same(was[key], value[key]));
  const items = parts.map((key) => changedItem(words(key), was[key], value[key], key));
  return { name, value: parts.map(words).join(', '), children: named(items) };
}

type ValueRecord = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is ValueRecord {
  const plain = typeof value === 'object' && value !== null && !Array.isArray(value);
  return plain && !(value instanceof Uint8Array);
}

function isSimple(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

/** Values that are equal need not be one object: rules make new ones. */
function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b) return false;
  const [keys, others] = [Object.keys(a), Object.keys(b)];
  return (
    keys.length === others.length &&
    keys.every((key) =>
      same((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
    )
  );
}

const TIMER_NAMES = [
  'retransmission',
  'timeWait',
  'user',
  'delayedAck',
  'persist',
  'keepalive',
  'finWait2',
] as const satisfies readonly (keyof Tcb['timers'])[];

function timerLeaves(tcb: Tcb): readonly Leaf[] {
  return TIMER_NAMES.map((timer) => {
    const at = tcb.timers[timer];
    return {
      path: `timers.${timer}`,
      name: `${words(timer)} timer`,
      value: at === undefined ? 'off' : `goes off at ${printInstant(at)}`,
    };
  });
}

/** Armed timers: the time left, and the instant at which each goes off. */
export function timerItems(tcb: Tcb, now: Instant, owner: string): readonly Item[] {
  return TIMER_NAMES.flatMap((timer) => {
    const at = tcb.timers[timer];
    if (at === undefined) return [];
    const left = at > now ? `in ${printDuration(at - now)}, at ${printInstant(at)}` : 'now';
    return [
      { name: words(timer), value: left, type: 'time', evaluateName: `${owner}.timers.${timer}` },
    ];
  });
}

/** How the ISS came about, part by part, and the sum. */
export function isnItems(isn: Isn): readonly Item[] {
  const iss = { name: 'ISS', value: isn.value, type: 'number' };
  switch (isn.kind) {
    case 'fixed':
      return [
        iss,
        { name: 'chosen by', value: `the script: number ${isn.index + 1} of the host's list` },
      ];
    case 'successor':
      return [
        iss,
        { name: 'chosen by', value: `the connection in TIME_WAIT: SND.NXT=${isn.nxt} and 65537` },
      ];
    case 'cookie':
      return [
        iss,
        { name: 'chosen by', value: `SYN cookie (RFC 4987): it remembers MSS ${isn.mss}` },
      ];
    case 'given':
      return [iss, { name: 'chosen by', value: 'the script: the connection was given' }];
    case 'random':
      return [iss, { name: 'chosen by', value: "a draw of the host's random stream" }];
    case 'clock':
      return [
        iss,
        { name: 'chosen by', value: 'the clock alone: one tick every 4 us' },
        ...clock(isn),
      ];
    case 'rfc6528':
      return [
        iss,
        { name: 'chosen by', value: 'RFC 6528: ISN = M + F(...), modulo 2^32' },
        { name: 'sum', value: `${isn.m} + ${isn.f} = ${isn.value}` },
        ...clock(isn),
        { name: 'F', value: isn.f, type: 'number' },
        { name: 'hash input', value: hashOf(isn).input },
        { name: 'digest', value: hashOf(isn).digest },
      ];
  }
}

function clock(isn: { readonly m: number; readonly at: number }): readonly Item[] {
  return [
    { name: 'M', value: isn.m, type: 'number' },
    { name: 'M was read at', value: `${printInstant(isn.at)} s` },
  ];
}

/** One line for a closed tree: `SYN_RCVD 10.0.0.2:80 <- 10.0.0.1:49152`. */
export function tcbSummary({ state, local, remote, open }: Tcb): string {
  const near = `${local.address}:${local.port}`;
  if (remote === undefined) return `${state} ${near}`;
  return `${state} ${near} ${open === 'active' ? '->' : '<-'} ${remote.address}:${remote.port}`;
}

/** A connection's whole entry: its variables, its timers and its ISN below it. */
export function tcbTree(tcb: Tcb, now: Instant, owner: string): readonly Item[] {
  const timers = timerItems(tcb, now, owner);
  return [
    ...tcbItems(tcb, owner),
    {
      name: 'timers',
      value: timers.length === 0 ? 'none armed' : timers.map(({ name }) => name).join(', '),
      ...(timers.length === 0 ? {} : { children: named(timers) }),
    },
    ...(tcb.isn ? [{ name: 'isn', value: tcb.isn.kind, children: named(isnItems(tcb.isn)) }] : []),
  ];
}
