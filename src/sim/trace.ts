/** The readable record: one line an event, one column a host, the rule at the right. The same bytes everywhere. */

import { printDuration, printInstant } from '../base/time.js';
import type { UserCall } from '../tcp/calls.js';
import type { ConnectionRef, Effect, Microstep, Outcome } from '../tcp/rule.js';
import { moveOf } from '../tcp/rule.js';
import { printSegment } from '../tcp/segment.js';
import type { TimerName } from '../tcp/timers.js';
import type { Delivery } from './delivery.js';
import type { Link } from './link.js';
import { DEFAULT_LINK, percent } from './link.js';
import * as rules from './rules.js';
import type { CallRecord, Step } from './step.js';
import type { World } from './world.js';

/** The columns of a trace: hosts and peers in the order of declaration. */
export interface Lanes {
  readonly names: readonly string[];
}

/** Where the rule ids begin. A longer line pushes its rule to the right. */
const ruleColumn = 74;
/** Lanes beyond this one share its column: their names tell them apart. */
const lastLane = 5;

/** Timers as people call them. */
const TIMERS: Readonly<Record<TimerName, string>> = {
  user: 'user',
  retransmission: 'retransmission',
  timeWait: 'TIME_WAIT',
  persist: 'persist',
  delayedAck: 'delayed ACK',
  keepalive: 'keep-alive',
  finWait2: 'FIN_WAIT_2',
};

export function lanesOf(world: World): Lanes {
  return { names: world.names };
}

/** `# seed 1   link client--server 10 ms`, for a world at its beginning. */
export function traceHeader(world: World): string {
  const links = [...world.links.values()].map(printLink);
  const { names } = world;
  const pairs = (names.length * (names.length - 1)) / 2;
  const [a, b] = names;
  if (pairs === 1 && links.length === 0) links.push(`link ${a}--${b} ${delayOf(DEFAULT_LINK)}`);
  else if (links.length < pairs) links.push(`other links ${delayOf(DEFAULT_LINK)}`);
  return [`# seed ${world.seed}`, ...links].join('   ');
}

/** The whole record as text, each line ended. `world` is as at the beginning. */
export function trace(world: World, steps: Iterable<Step>): string {
  const lanes = lanesOf(world);
  const lines = [traceHeader(world)];
  for (const step of steps) lines.push(...traceStep(step, lanes));
  return lines.map((line) => `${line}\n`).join('');
}

/** The lines of one step: none when it did nothing that a reader looks for. */
export function traceStep(step: Step, lanes: Lanes): readonly string[] {
  return linesOf(step, lanes).map(({ lane, text, rule }) => {
    const at = printInstant(step.at).padStart(10);
    const column = ' '.repeat(indentOf(lane, lanes));
    const line = `${at}  ${column}${lane ?? 'network'}  ${text}`;
    return rule === undefined ? line : `${line.padEnd(ruleColumn)}  ${rule}`;
  });
}

interface Line {
  /** A host or peer; undefined for the network. */
  readonly lane: string | undefined;
  readonly text: string;
  readonly rule: string | undefined;
}

function linesOf(step: Step, lanes: Lanes): readonly Line[] {
  const lines: Line[] = [];
  const headed = heading(step);
  if (headed !== undefined) lines.push(headed.line);
  const departures = [...step.departures];
  for (const microstep of step.microsteps) {
    const lane = microstep.connection?.host ?? step.host;
    const rule = microstep.rule.id;
    const move = microstep === headed?.told ? undefined : moveOf(microstep);
    if (tellsItself(microstep, step)) lines.push({ lane, text: microstep.why(), rule });
    if (move !== undefined) lines.push({ lane, text: move, rule });
    for (const effect of microstep.effects) {
      if (effect.kind === 'send') lines.push(...sent(departures, lanes));
      else if (isWorthALine(effect, step)) {
        lines.push({ lane, text: printEffect(effect, step), rule });
      }
    }
  }
  for (const departure of departures) lines.push(printDeparture(departure, lanes));
  if (lines.length === 0 && step.cause.kind === 'arrival') {
    const text = `<-- ${printSegment(step.cause.delivery.segment)}`;
    lines.push({ lane: step.host, text, rule: step.microsteps.at(-1)?.rule.id });
  }
  return lines;
}

/** What began the step, with the move that it made at once: `OPEN active   CLOSED -> SYN_SENT`. */
function heading(step: Step) {
  const { cause, call, host: lane } = step;
  if (call === undefined && cause.kind !== 'timeout') return undefined;
  const what =
    call === undefined && cause.kind === 'timeout'
      ? `${TIMERS[cause.timer]} time-out`
      : printCallRecord(call as CallRecord);
  const told = step.microsteps.find((one) => one.connection !== undefined && moveOf(one));
  const move = told && moveOf(told);
  const deciding = told ?? decision(step.microsteps, step.connection);
  const text = move === undefined ? what : `${what}   ${move}`;
  const line: Line = { lane, text, rule: deciding?.rule.id };
  return { line, told };
}

/** The last rule of TCP that was asked: the one that returned. */
function decision(microsteps: readonly Microstep[], connection: ConnectionRef | undefined) {
  const own = microsteps.filter((one) => one.connection !== undefined);
  return (connection === undefined ? undefined : own.at(-1)) ?? microsteps[0];
}

/** The deliveries of the next `send`: the segment itself, and its duplicate if it has one. */
function sent(departures: Delivery[], lanes: Lanes): readonly Line[] {
  const lines: Line[] = [];
  do {
    const departure = departures.shift();
    if (departure !== undefined) lines.push(printDeparture(departure, lanes));
  } while (departures[0]?.kind === 'duplicate');
  return lines;
}

/** `--> <SEQ=100><CTL=SYN>`; `--x` and the rule when it will not arrive. */
function printDeparture(departure: Delivery, lanes: Lanes): Line {
  const { from, to, segment, fate, kind, corrupt, decidedBy } = departure;
  const arrow = fate === 'deliver' ? '-->' : fate === 'hold' ? '--|' : '--x';
  const target = lanes.names.length > 2 ? `${to} ` : '';
  const remarks = [
    ...(kind === 'first' ? [] : [kind]),
    ...(corrupt ? ['damaged'] : []),
    ...(fate === 'deliver' ? [] : [{ lose: 'lost', hold: 'held', cut: 'cut' }[fate]]),
  ];
  const text = `${arrow} ${target}${[printSegment(segment), ...remarks].join(' ')}`;
  return { lane: from, text, rule: fate === 'deliver' ? undefined : decidedBy };
}

/** What the director did is told in its own words; what links decided shows in the segment's line. */
const DIRECTED: ReadonlySet<string> = new Set(
  [rules.ARM, rules.RELEASE, rules.MEND, rules.CRASH, rules.RESTART, rules.GIVEN].map(
    ({ id }) => id,
  ),
);

function tellsItself(microstep: Microstep, step: Step): boolean {
  const { id } = microstep.rule;
  if (id === rules.CUT.id) return step.departures.length === 0;
  return DIRECTED.has(id) && moveOf(microstep) === undefined;
}

/** That a call succeeded goes without saying, unless it has something for the user; its own step says the rest. */
function isWorthALine(effect: Effect, { call }: Step): boolean {
  if (effect.kind !== 'complete') return true;
  const { outcome } = effect;
  if (effect.call === call?.id || outcome.kind === 'pending') return false;
  return outcome.kind === 'error' || outcome.data !== undefined || outcome.text !== undefined;
}

function printEffect(effect: Exclude<Effect, { kind: 'send' }>, step: Step): string {
  switch (effect.kind) {
    case 'signal':
      return `user: ${effect.text}`;
    case 'complete':
      return `call ${effect.call}: ${printOutcome(effect.outcome)}`;
    case 'discard': {
      const { cause } = step;
      const segment = cause.kind === 'arrival' ? ` ${printSegment(cause.delivery.segment)}` : '';
      return `discards${segment}: ${effect.reason}`;
    }
  }
}

function printCallRecord({ id, call, outcome }: CallRecord): string {
  const what = printCall(call);
  if (outcome.kind === 'pending') return `${what} (call ${id})`;
  if (outcome.kind === 'ok' && outcome.data === undefined && outcome.text === undefined)
    return what;
  return `${what}: ${printOutcome(outcome)}`;
}

/** `OPEN active`, `SEND 18 octets`, `CLOSE`. */
function printCall(call: UserCall): string {
  switch (call.kind) {
    case 'OPEN':
      return `OPEN ${call.open}`;
    case 'SEND':
      return `SEND ${octets(call.data.length)}${call.urgent ? ', urgent' : ''}`;
    case 'RECEIVE':
      return call.count === undefined ? 'RECEIVE' : `RECEIVE ${octets(call.count)}`;
    default:
      return call.kind;
  }
}

/** `ok`, `ok, 18 octets`, `error: connection refused`. */
function printOutcome(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'pending':
      return 'pending';
    case 'error':
      return `error: ${outcome.text}`;
    case 'ok': {
      const parts = ['ok'];
      if (outcome.text !== undefined) parts.push(outcome.text);
      if (outcome.data !== undefined) parts.push(octets(outcome.data.length));
      if (outcome.push) parts.push('PUSH');
      return parts.join(', ');
    }
  }
}

function octets(count: number): string {
  return `${count} octet${count === 1 ? '' : 's'}`;
}

function indentOf(lane: string | undefined, { names }: Lanes): number {
  const longest = Math.max(...names.map(({ length }) => length));
  const column = lane === undefined ? 0 : Math.max(0, names.indexOf(lane));
  return Math.min(column, lastLane) * (longest + 2);
}

function printLink({ a, b, settings }: Link): string {
  const { jitter, loss, duplicate, reorder, rate, mtu } = settings;
  const parts = [`link ${a}--${b} ${delayOf(settings)}`];
  if (jitter > 0) parts.push(`jitter ${printDuration(jitter)}`);
  if (loss > 0) parts.push(`loss ${percent(loss)} %`);
  if (duplicate > 0) parts.push(`duplicate ${percent(duplicate)} %`);
  if (reorder > 0) parts.push(`reorder ${percent(reorder)} %`);
  if (rate !== undefined) parts.push(`rate ${printRate(rate)}`);
  if (mtu !== DEFAULT_LINK.mtu) parts.push(`mtu ${mtu}`);
  return parts.join(', ');
}

/** `10 Mbit/s`, `9600 bit/s`: the largest unit of which it is a whole number. */
function printRate(rate: number): string {
  const units = [
    [1e9, 'Gbit/s'],
    [1e6, 'Mbit/s'],
    [1e3, 'kbit/s'],
  ] as const;
  const [unit, name] = units.find(([size]) => rate % size === 0) ?? [1, 'bit/s'];
  return `${rate / unit} ${name}`;
}

function delayOf({ delay }: { readonly delay: number }): string {
  return printDuration(delay);
}
