/** Data breakpoints: where a value changes, or where numbers of the sequence space are sent, arrive or are acknowledged. */

import { CONNECTION_FIELDS } from '../lang/fields.js';
import { INJECT } from '../sim/rules.js';
import type { Step } from '../sim/step.js';
import type { ConnectionRef, Microstep } from '../tcp/rule.js';
import { headingOf } from '../tcp/rules.js';
import { printSegment, type Segment, segLen } from '../tcp/segment.js';
import { add, before, distance, num, type Seq } from '../tcp/seq.js';
import type { Look, Predicate } from './breakpoint.js';
import { evaluateText } from './evaluate.js';
import { connectionField, connectionFieldAt, hostField } from './fields.js';
import { environmentAt, isCalledAround } from './look.js';
import { printValue, type Value } from './values.js';

/** Whose value it is; undefined members leave it open. */
export interface Owner {
  readonly host: string | undefined;
  readonly connection: string | undefined;
}

/** `server.c1`, `server`, or nothing. */
export function ownerName({ host, connection }: Owner): string {
  if (host === undefined) return '';
  return connection === undefined ? host : `${host}.${connection}`;
}

// Variables ---------------------------------------------------------------------------------------

/** Where a rule changes a variable of a connection: `server`, `c1` or undefined for any, `snd.una`. */
export function variableBreakpoint(
  host: string,
  connection: string | undefined,
  path: string,
): Predicate {
  return ({ run, step, microstep, stateBefore }) => {
    const { connection: ref, before: old, after } = microstep ?? {};
    if (ref?.host !== host || !old || !after || old === after) return undefined;
    const [was, is] = [connectionField(old, path), connectionField(after, path)];
    if (!was || !is || same(was, is)) return undefined;
    if (connection !== undefined && !isCalledAround(run, step, ref, connection, stateBefore))
      return undefined;
    const [from = was, to = is] = [old, after].map((tcb) => connectionFieldAt(tcb, path, step.at));
    return `${host}: ${variableName(path)} changed ${fromTo(from, to)}: ${microstep && headingOf(microstep)}`;
  };
}

/** `SND.NXT`, `retransmission timer`; paths that no RFC names as they are. */
export function variableName(path: string): string {
  const [, timer] = /^timers\.(.+)$/.exec(path) ?? [];
  if (timer !== undefined) return `${timer} timer`;
  return CONNECTION_FIELDS.some(({ name }) => name === path) ? path.toUpperCase() : path;
}

/** Where a counter of a host changes: `connections`, `syn-queue`. It does with the last rule of a step. */
export function counterBreakpoint(host: string, field: string): Predicate {
  return ({ run: { timeline }, step, microstep, place, stateBefore = timeline.stateBefore }) => {
    if (place.microstep !== step.microsteps.length - 1 || !mayCount(step, host)) return undefined;
    const [was, is] = [place.step, place.step + 1].map((index) => {
      const there = stateBefore(index).world.hosts.get(host);
      return there && hostField(there, field);
    });
    if (!was || !is || same(was, is)) return undefined;
    const rule = step.microsteps.filter((one) => changesTable(one, host)).at(-1)?.rule;
    return `${host}: ${field} changed ${fromTo(was, is)}: ${(rule ?? microstep?.rule)?.title}`;
  };
}

/** Whether a step can change what a host counts: an entry that comes, goes or changes its state, or is accepted. */
function mayCount({ microsteps, host: at, call }: Step, host: string): boolean {
  if (call?.call.kind === 'ACCEPT' && at === host) return true;
  return microsteps.some((one) => changesTable(one, host));
}

function changesTable({ connection, before: old, after }: Microstep, host: string): boolean {
  return connection?.host === host && (old === undefined || old.state !== after?.state);
}

/** Where the value of an expression changes; names without a host are the owner's. */
export function expressionBreakpoint(text: string, owner: Owner): Predicate {
  const valueAt = (look: Look, microstep: number): Value | undefined => {
    const env = environmentAt(look.run, { ...look.place, microstep }, owner.host, look);
    const { host, connection } = owner;
    const own = host === undefined || connection === undefined;
    const subject = own ? env.subject : { host, connection, port: undefined };
    const value = evaluateText(text, { ...env, subject });
    return value.kind === 'problem' ? undefined : value;
  };
  return (look) => {
    const { place, step, microstep } = look;
    const last = place.microstep === step.microsteps.length - 1;
    if (!microstep || (microstep.before === microstep.after && !last)) return undefined;
    const [was, is] = [valueAt(look, place.microstep - 1), valueAt(look, place.microstep)];
    if (!was || !is || same(was, is)) return undefined;
    return `${text} changed ${fromTo(was, is)}: ${headingOf(microstep)}`;
  };
}

function same(was: Value, is: Value): boolean {
  if (was.kind === 'parts' && is.kind === 'parts') {
    return (
      was.parts.length === is.parts.length &&
      was.parts.every(({ name, value }, i) => {
        const other = is.parts[i];
        return other?.name === name && same(value, other.value);
      })
    );
  }
  return was.kind === is.kind && printValue(was) === printValue(is);
}

/** `from 0 to 300`; of a value with parts, those that are others. */
function fromTo(was: Value, is: Value): string {
  if (was.kind !== 'parts' || is.kind !== 'parts') {
    return `from ${shown(was)} to ${shown(is)}`;
  }
  const old = new Map(was.parts.map(({ name, value }) => [name, value]));
  const others = is.parts.filter(({ name, value }) => {
    const before = old.get(name);
    return before === undefined || !same(before, value);
  });
  if (was.parts.length === is.parts.length) {
    return `in ${others.map(({ name }) => name).join(', ')}`;
  }
  return `from ${elements(was.parts.length)} to ${elements(is.parts.length)}`;
}

function shown(value: Value): string {
  return value.kind === 'absent' ? 'none' : printValue(value);
}

function elements(count: number): string {
  return `${count} element${count === 1 ? '' : 's'}`;
}

// Sequence numbers --------------------------------------------------------------------------------

/** What may happen to a sequence number, from where its owner stands. */
export const HAPPENINGS = ['sent', 'received', 'acknowledged'] as const;
export type Happening = (typeof HAPPENINGS)[number];

/** Numbers of the sequence space, `count` of them from `first` on, modulo 2^32. */
export interface Numbers {
  readonly first: Seq;
  /** 1 or more. */
  readonly count: number;
}

/** Where one of these numbers is sent by the owner, arrives at it, or is acknowledged to it. */
export function numbersBreakpoint(
  numbers: Numbers,
  owner: Owner,
  happenings: ReadonlySet<Happening>,
): Predicate {
  return (look) => {
    for (const happening of HAPPENINGS) {
      if (!happenings.has(happening)) continue;
      const found = FINDERS[happening](look, numbers);
      if (found && isOwned(look, found, owner)) return found.why;
    }
    return undefined;
  };
}

interface Found {
  readonly host: string;
  readonly ref: ConnectionRef | undefined;
  readonly why: string;
}

const FINDERS: Readonly<Record<Happening, (look: Look, numbers: Numbers) => Found | undefined>> = {
  sent: findSent,
  received: findReceived,
  acknowledged: findAcknowledged,
};

function isOwned({ run, step, stateBefore }: Look, { host, ref }: Found, owner: Owner): boolean {
  if (owner.host === undefined) return true;
  if (owner.host !== host) return false;
  if (owner.connection === undefined) return true;
  return ref !== undefined && isCalledAround(run, step, ref, owner.connection, stateBefore);
}

/** By a rule, or injected as if by the host. */
function findSent({ step, microstep }: Look, numbers: Numbers): Found | undefined {
  if (microstep === undefined) return undefined;
  const segment = segmentsOf(step, microstep).find((one) => occupies(one, numbers));
  const host = microstep.connection?.host ?? step.host;
  if (segment === undefined || host === undefined) return undefined;
  const why = `${host} sends ${rangeText(numbers)} in ${printSegment(segment)}`;
  return { host, ref: microstep.connection, why };
}

function segmentsOf({ departures }: Step, { rule, effects }: Microstep): readonly Segment[] {
  if (rule.id === INJECT.id) return departures.slice(0, 1).map(({ segment }) => segment);
  return effects.flatMap((effect) => (effect.kind === 'send' ? [effect.segment] : []));
}

/** With the first rule that looks at the segment, whatever the rules make of it. */
function findReceived({ step, place }: Look, numbers: Numbers): Found | undefined {
  const { cause, connection } = step;
  if (place.microstep !== 0 || cause.kind !== 'arrival') return undefined;
  const { segment, to } = cause.delivery;
  if (!occupies(segment, numbers)) return undefined;
  const why = `${rangeText(numbers)} arrive at ${to} in ${printSegment(segment)}`;
  return { host: to, ref: connection, why };
}

/** SND.UNA passes one of them. */
function findAcknowledged({ microstep }: Look, numbers: Numbers): Found | undefined {
  const { before: old, after, connection } = microstep ?? {};
  // Before there is an ISN, the zero of SND.UNA is no number of anybody.
  if (!old?.isn || !after || !connection) return undefined;
  const [was, is] = [old.snd.una, after.snd.una];
  if (!before(was, is)) return undefined;
  if (!overlap({ first: was, count: distance(was, is) }, numbers)) return undefined;
  const why = `${rangeText(numbers)} of ${connection.host} are acknowledged: SND.UNA ${num(was)} -> ${num(is)}: ${microstep && headingOf(microstep)}`;
  return { host: connection.host, ref: connection, why };
}

function occupies(segment: Segment, numbers: Numbers): boolean {
  const count = segLen(segment);
  return count > 0 && overlap({ first: segment.seq, count }, numbers);
}

function overlap(a: Numbers, b: Numbers): boolean {
  return distance(a.first, b.first) < a.count || distance(b.first, a.first) < b.count;
}

/** `100..199`, or `100`. */
export function rangeText({ first, count }: Numbers): string {
  return count === 1 ? `${num(first)}` : `${num(first)}..${num(add(first, count - 1))}`;
}
