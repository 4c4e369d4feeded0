/** A connection as variables: the TCB under its RFC names, its timers, and how its ISN came about. */

import { spaced } from '../base/spaced.js';
import { printDuration, printInstant } from '../base/time.js';
import type { Instant } from '../tcp/rule.js';
import { printSocket, type Tcb } from '../tcp/tcb.js';
import { armedTimers, TIMER_NAMES } from '../tcp/timers.js';
import { wholeList } from '../tcp/whole-lists.js';
import { isnItems } from './isn-items.js';
import { displayName, type Item, itemOf, named, namedLater } from './items.js';
import { basesOf, shownText } from './numbers.js';

/** Parts of the TCB that have a scope of their own. */
const ELSEWHERE = new Set(['isn', 'timers']);
/** Parts whose members are RFC variables with a dot: SND.UNA. */
const DOTTED = new Set(['snd', 'rcv']);
/** A part whose members stand among the others: the RFC knows each of them, and nothing that holds them together. */
const FLAT = 'queued';

/**
 * The TCB's variables: `STATE`, `ISS`, `SND.UNA` ...; `owner` is what reaches it in an expression, if anything does. `before`: the connection as it
 * was before this step, so that what changed is marked.
 */
export function tcbItems(tcb: Tcb, owner: string | undefined, before?: Tcb): readonly Item[] {
  const old = before && before !== tcb ? leafMap(before) : undefined;
  const bases = basesOf(tcb);
  const formerly = before && basesOf(before);
  return leaves(tcb).map(({ path, name, value }) => {
    const was = old?.get(path)?.value;
    const differs = old !== undefined && !same(was, value);
    const mark = differs ? { was: itemOf(name, was, path, { bases: formerly }).value } : {};
    if (path === 'rto') return { ...rtoItem(tcb, owner), ...mark };
    const expression = owner && isSimple(value) ? `${owner}.${displayName(path)}` : undefined;
    const item = itemOf(name, value, path, { expression, bases });
    const whole = owner && !isSimple(value) ? reachable(item, `${owner}.${path}`) : item;
    return { ...whole, ...mark };
  });
}

/** A value with parts, and those below it, each with the expression that reaches it. Elements of lists have none. */
function reachable(item: Item, expression: string): Item {
  const { children } = item;
  if (children === undefined || children.indexed) return { ...item, evaluateName: expression };
  const parts = namedLater(children.size, () =>
    children.slice(0, children.size).map((part) => {
      const key = part.name.replace(/ (\w)/g, (_, letter: string) => letter.toUpperCase());
      return reachable(part, `${expression}.${key}`);
    }),
  );
  return { ...item, evaluateName: expression, children: parts };
}

function leafMap(tcb: Tcb): ReadonlyMap<string, Leaf> {
  return new Map(leaves(tcb).map((leaf) => [leaf.path, leaf]));
}

/** The retransmission variables, each with the expression that reaches it: they can be set. */
function rtoItem({ rto }: Tcb, owner: string | undefined): Item {
  const whole = itemOf('rto', rto);
  const parts = Object.entries(rto).map(([key, value]) =>
    itemOf(spaced(key), value, `rto.${key}`, {
      expression: owner && `${owner}.rto.${key}`,
    }),
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
  const plain = (leaf: Leaf) => (isSimple(leaf.value) ? simple : structured).push(leaf);
  for (const [key, part] of Object.entries(tcb)) {
    if (ELSEWHERE.has(key)) continue;
    const value = wholeList(key, part);
    if (key === FLAT) {
      for (const [part, inner] of Object.entries(tcb.queued)) {
        const path = `${key}.${part}`;
        plain({ path, name: spaced(part), value: wholeList(part, inner) });
      }
      continue;
    }
    if (DOTTED.has(key)) {
      for (const [field, inner] of Object.entries(part as object)) {
        const path = `${key}.${field}`;
        rfc.push({ path, name: displayName(path), value: inner });
      }
    } else if (RFC_NAMES.has(key)) rfc.push({ path: key, name: displayName(key), value });
    else plain({ path: key, name: spaced(key), value });
  }
  return [...rfc, ...simple, ...structured];
}

/** What is different between two TCBs of one connection: `SND.NXT: 300 -> 301`. */
export function changedItems(before: Tcb, after: Tcb, owner: string): readonly Item[] {
  const old = new Map([...leaves(before), ...timerLeaves(before)].map((leaf) => [leaf.path, leaf]));
  return [...leaves(after), ...timerLeaves(after)].flatMap((leaf) => {
    const { path, value } = leaf;
    const was = old.get(path)?.value;
    if (same(was, value)) return [];
    if (isRecord(was) && isRecord(value)) return [changedParts(leaf, was, value)];
    const expression = isSimple(value) ? `${owner}.${displayName(path)}` : undefined;
    return [changedItem(leaf, was, { before, after, expression })];
  });
}

interface Changed {
  readonly before?: Tcb;
  readonly after?: Tcb;
  readonly expression?: string | undefined;
}

function changedItem({ path, name, value }: Leaf, old: unknown, changed: Changed = {}): Item {
  const { before, after, expression } = changed;
  const item = itemOf(name, value, path, { expression, bases: after && basesOf(after) });
  const was = itemOf(name, old, path, { bases: before && basesOf(before) }).value;
  return { ...item, value: shownText`${was} -> ${item.value}`, was };
}

/** A value with parts, of which some changed. */
function changedParts({ path, name }: Leaf, was: ValueRecord, value: ValueRecord): Item {
  const parts = Object.keys(value).filter((key) => !same(was[key], value[key]));
  const items = parts.map((key) => {
    const [old, now] = [wholeList(key, was[key]), wholeList(key, value[key])];
    return changedItem({ path: `${path}.${key}`, name: spaced(key), value: now }, old);
  });
  return { name, value: parts.map(spaced).join(', '), children: named(items) };
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

function timerLeaves(tcb: Tcb): readonly Leaf[] {
  return TIMER_NAMES.map((timer) => {
    const at = tcb.timers[timer];
    return {
      path: `timers.${timer}`,
      name: `${spaced(timer)} timer`,
      value: at === undefined ? 'off' : `goes off at ${printInstant(at)}`,
    };
  });
}

/** Armed timers: the time left, and the instant at which each goes off. */
export function timerItems(
  tcb: Tcb,
  now: Instant,
  owner: string | undefined,
  before?: Tcb,
): readonly Item[] {
  return armedTimers(tcb.timers).map(({ name: timer, at }) => {
    const left = at > now ? `in ${printDuration(at - now)}, at ${printInstant(at)}` : 'now';
    const was = before?.timers[timer];
    const changed = before !== undefined && was !== at;
    return {
      name: spaced(timer),
      value: left,
      type: 'time',
      ...(owner ? { evaluateName: `${owner}.timers.${timer}` } : {}),
      ...(changed ? { was: was === undefined ? 'off' : `at ${printInstant(was)}` } : {}),
    };
  });
}

/** One line for a closed tree: `SYN_RCVD 10.0.0.2:80 <- 10.0.0.1:49152`. */
export function tcbSummary({ state, local, remote, open }: Tcb): string {
  const near = printSocket(local);
  if (remote === undefined) return `${state} ${near}`;
  return `${state} ${near} ${open === 'active' ? '->' : '<-'} ${printSocket(remote)}`;
}

/** The row that a name of the TCB (`snd.una`, in any case) leads to; undefined when none has that name. */
export function tcbRow(tcb: Tcb, now: Instant, owner: string, name: string): Item | undefined {
  return rowIn(tcbTree(tcb, now, owner), bare(`${owner}.${name}`));
}

function rowIn(rows: readonly Item[], wanted: string): Item | undefined {
  for (const row of rows) {
    const { evaluateName = '', children } = row;
    const name = bare(evaluateName);
    if (name === wanted) return row;
    const below = name === '' || wanted.startsWith(`${name}.`);
    const inner = below && children && !children.indexed ? children : undefined;
    const found = inner && rowIn(inner.slice(0, inner.size), wanted);
    if (found) return found;
  }
  return undefined;
}

/** Names are the same in any case, and with a hyphen or without. */
function bare(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, '');
}

/** A connection's whole entry: its variables, its timers and its ISN below it. */
export function tcbTree(
  tcb: Tcb,
  now: Instant,
  owner: string | undefined,
  before?: Tcb,
): readonly Item[] {
  const timers = timerItems(tcb, now, owner, before);
  return [
    ...tcbItems(tcb, owner, before),
    {
      name: 'timers',
      value: timers.length === 0 ? 'none armed' : timers.map(({ name }) => name).join(', '),
      ...(owner ? { evaluateName: `${owner}.timers` } : {}),
      ...(timers.length === 0 ? {} : { children: named(timers) }),
    },
    ...(tcb.isn ? [{ name: 'isn', value: tcb.isn.kind, children: named(isnItems(tcb, now)) }] : []),
  ];
}
