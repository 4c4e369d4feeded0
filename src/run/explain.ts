/** Failed expectations in words: what was seen, what would have been right, which rule decided, what to do. */

import { printDuration, printInstant } from '../base/time.js';
import type { Instruction, Place, Program } from '../lang/program.js';
import { quote } from '../lang/text.js';
import type { Delivery } from '../sim/delivery.js';
import { printSegment } from '../tcp/segment.js';
import type { Tcb } from '../tcp/tcb.js';
import { armedTimers } from '../tcp/timers.js';
import { heldForUser } from '../tcp/window.js';
import { backFrom, type Decided, decider } from './decider.js';
import type { Difference, FieldText, Mismatch, Seen } from './expectations.js';
import { NO_OPTION } from './pattern.js';
import type { Run } from './run.js';
import type { RunState, Settled } from './state.js';
import { seenConnection, viewOf } from './view.js';

/** A failed expectation as people, editors and tests read it. */
export interface Failure {
  readonly statement: number;
  /** Where the statement stands; undefined for one that somebody typed. */
  readonly place: Place | undefined;
  readonly step: number;
  readonly expected: readonly FieldText[];
  readonly actual: readonly FieldText[];
  readonly differences: readonly Difference[];
  readonly seen: Seen;
  /** The rule that sent the wrong segment, or put the host where it is. */
  readonly decided: Decided | undefined;
  /** One line. */
  readonly summary: string;
  /** All of it, several lines; `placed` has the place in front. */
  readonly message: string;
}

/** One line: what was expected and what was seen. */
export function summary(mismatch: Mismatch, instruction: Instruction | undefined): string {
  const text = instruction?.text ?? '';
  const wanted = text.replace(/^(expect|eventually|wait until|never) +/, '');
  const { seen, what, unanswered } = mismatch;
  if (seen.kind === 'problem') return `${text}: ${seen.message.replace(/\.$/, '')}`;
  switch (what.kind) {
    case 'statement':
      return text;
    case 'segment': {
      if (what.mode === 'never')
        return `${forever(wanted)} must not be sent; ${sentText(mismatch)}`;
      const after = unanswered ? differencesText(mismatch) : segmentText(what.from, seen);
      return `expected ${wanted}; ${after}`;
    }
    case 'fact':
      if (what.mode === 'never') return `${forever(wanted)} must not hold, and it does`;
      if (what.mode === 'wait') return `waited until ${wanted}; ${what.text}`;
      return unanswered ? `expected ${wanted}` : `expected ${wanted}; ${what.text}`;
    case 'call':
      return callText(mismatch, wanted);
  }
}

/** Without how long it must not be. */
function forever(wanted: string): string {
  return wanted.replace(/ +for +\S+( *\S+)?$/, '');
}

function segmentText(from: string, seen: Seen): string {
  if (seen.kind === 'segment') return `${from} sent ${printSegment(seen.delivery.segment)}`;
  if (seen.kind === 'nothing' && seen.nearest) return `${from} sent nothing like it`;
  return `${from} sent nothing`;
}

/** A blank is not answered by what was sent. */
function sentText({ what, seen, unanswered }: Mismatch): string {
  if (what.kind !== 'segment' || seen.kind !== 'segment' || unanswered) return 'one was';
  return `${segmentText(what.from, seen)} at ${printInstant(seen.delivery.sentAt)}`;
}

function callText({ what, seen }: Mismatch, wanted: string): string {
  if (what.kind !== 'call' || seen.kind !== 'outcome') return wanted;
  const told = seen.told;
  const outcome =
    told !== undefined
      ? `it failed with ${quote(told)}`
      : seen.until === 'now'
        ? 'it succeeded'
        : 'there is no answer';
  return what.fails === undefined
    ? `expected ${wanted} to succeed; ${outcome}`
    : `expected ${wanted}; ${outcome}`;
}

function differencesText({ differences }: Mismatch): string {
  if (differences.length === 0) return 'nothing was sent';
  return differences
    .map(({ field, expected, actual }) => `${field} is ${actual}, not ${expected}`)
    .join(', ');
}

/** The failure that was settled in a step, with what decided it. */
export function explain(run: Run, settled: Settled, mismatch: Mismatch): Failure {
  const { program } = run;
  const instruction = program.instructions[mismatch.statement];
  const decided = mismatch.unanswered ? undefined : decider(run, settled.step, mismatch);
  const short = summary(mismatch, instruction);
  const blocks = [
    [`${short}.`],
    differenceLines(mismatch.differences),
    mismatch.unanswered ? [] : decidedLines(decided),
    mismatch.unanswered ? [] : circumstances(run, settled, mismatch),
    adviceLines(mismatch),
  ];
  return {
    statement: mismatch.statement,
    place: instruction?.place,
    step: settled.step,
    expected: mismatch.expected,
    actual: mismatch.actual,
    differences: mismatch.differences,
    seen: mismatch.seen,
    decided,
    summary: short,
    message: blocks.flat().join('\n'),
  };
}

/** The message with its line in front; a file that the program includes is named. */
export function placed({ place, message }: Failure, { file }: Program): string {
  if (place === undefined) return message;
  const name = place.file === file ? 'line' : `${place.file}, line`;
  return `${name} ${place.range.start.line + 1}: ${message}`;
}

/** One field a line, in columns: expected against actual, or what `columns` says. */
export function differenceLines(
  differences: readonly Difference[],
  [left, right]: readonly [string, string] = ['expected', 'actual'],
): readonly string[] {
  const width = (texts: readonly string[]) => Math.max(0, ...texts.map(({ length }) => length));
  const names = width(differences.map(({ field }) => field));
  const wanted = width(differences.map(({ expected }) => expected));
  return differences.map(({ field, expected, actual }) => {
    return `  ${field.padEnd(names)}  ${left} ${expected.padEnd(wanted)}  ${right} ${actual}`;
  });
}

/** The rule that decided, with its section and its reason. */
export function decidedLines(decided: Omit<Decided, 'place'> | undefined): readonly string[] {
  if (!decided) return [];
  const { rule, why, at } = decided;
  const where = rule.rfc.startsWith('RFC') ? `, ${rule.rfc}` : '';
  return [`  decided at ${printInstant(at)} by ${rule.id} "${rule.title}"${where}:`, `    ${why}`];
}

// Circumstances -----------------------------------------------------------------------------------

/** What else helps to understand it: losses, states, timers that are armed. */
function circumstances(run: Run, settled: Settled, mismatch: Mismatch): readonly string[] {
  const { seen, what } = mismatch;
  if (seen.kind === 'segment' || seen.kind === 'problem' || what.kind === 'statement') return [];
  const hosts =
    what.kind === 'segment'
      ? [what.from, what.to]
      : what.kind === 'fact'
        ? what.hosts
        : [what.host];
  const state = run.timeline.stateBefore(settled.step + 1);
  const lost = lastLost(run, settled.step, hosts);
  const refused = seen.kind === 'outcome' ? undefined : lastRefused(run, settled.step, hosts);
  return [
    ...(seen.kind === 'nothing' || seen.kind === 'fact' || seen.kind === 'outcome'
      ? untilText(seen.until, mismatch.at)
      : []),
    ...(refused === undefined ? [] : [`  ${refused}`]),
    ...(lost ? [`  ${lostText(lost)}`] : []),
    ...hosts.flatMap((host) => hostLines(state, host)),
  ];
}

function untilText(until: 'deadline' | 'quiet' | 'now', at: number): readonly string[] {
  switch (until) {
    case 'deadline':
      return [`  its time was over at ${printInstant(at)}`];
    case 'quiet':
      return [
        `  nothing was left to happen at ${printInstant(at)}: no segment on its way, no timer armed`,
      ];
    case 'now':
      return [];
  }
}

/** The last call of these hosts that met an error, which no line has asked about. */
function lastRefused(run: Run, step: number, hosts: readonly string[]): string | undefined {
  for (const { call, host = '', origin, at } of backFrom(run, step)) {
    if (call?.outcome.kind !== 'error' || !hosts.includes(host)) continue;
    const { operation, text } = run.program.instructions[origin] ?? {};
    if (operation?.kind !== 'call' || operation.mode === 'expect') continue;
    return `${text} met an error at ${printInstant(at)}: ${quote(call.outcome.text)}`;
  }
  return undefined;
}

const LOSING = /^link\/(lose|cut|hold|mtu|no-route|full)$/;

interface Lost {
  readonly delivery: Delivery;
  readonly rule: string;
}

/** The last segment between these hosts that did not get through. */
function lastLost(run: Run, step: number, hosts: readonly string[]): Lost | undefined {
  for (const one of backFrom(run, step)) {
    const delivery = one.departures
      .filter(({ from, to }) => hosts.includes(from) || hosts.includes(to))
      .filter(({ fate }) => fate !== 'deliver')
      .at(-1);
    if (!delivery) continue;
    const rules = one.microsteps.map(({ rule }) => rule.id).filter((id) => LOSING.test(id));
    return { delivery, rule: rules.at(-1) ?? `link/${delivery.fate}` };
  }
  return undefined;
}

function lostText({ delivery, rule }: Lost): string {
  const { from, to, segment, sentAt, fate } = delivery;
  const what = fate === 'hold' ? 'is held back' : 'was lost';
  return `${printSegment(segment)}, sent from ${from} to ${to} at ${printInstant(sentAt)}, ${what} (${rule})`;
}

/** `client is SYN_SENT; retransmission timer in 1 s`. */
function hostLines({ world }: RunState, host: string): readonly string[] {
  if (world.down.has(host)) return [`  ${host} is down`];
  if (!world.hosts.has(host)) return [];
  const seen = seenConnection(viewOf(world), { host, connection: undefined, port: undefined });
  if (!seen) return [`  ${host} has no connection (CLOSED)`];
  const { tcb } = seen;
  const timers = armedTimers(tcb.timers).map(
    ({ name, at }) => `${name} timer in ${printDuration(Math.max(0, at - world.now))}`,
  );
  return [
    `  ${[`${host} is ${tcb.state}`, ...timers].join('; ')}`,
    ...roomLines(tcb, host),
    ...othersLines(world, host, seen.name),
  ];
}

/** A user who does not receive keeps the other side from sending. */
function roomLines(tcb: Tcb, host: string): readonly string[] {
  const { rcv, settings } = tcb;
  const count = heldForUser(tcb);
  if (rcv.wnd >= settings.mss || rcv.wnd >= count) return [];
  return [`  RCV.WND is ${rcv.wnd}: ${count} octets wait for \`${host}: receive\``];
}

/** Without a name the most recent connection is meant: said where there are others. */
function othersLines({ hosts }: RunState['world'], host: string, name: string): readonly string[] {
  const all = [...(hosts.get(host)?.connections.values() ?? [])];
  const count = all.filter(({ tcb }) => tcb.state !== 'LISTEN').length;
  if (count < 2) return [];
  return [
    `  ${host} has ${count} connections; without a name the most recent is meant: ${host}.${name}`,
  ];
}

// Advice ------------------------------------------------------------------------------------------

/** What a pattern would have to say of the field; other flags are those of another segment. */
function rightField({ field, actual }: Difference): string | undefined {
  if (field === 'flags' || field.includes(' ')) return undefined;
  return actual === NO_OPTION ? `leave out ${field}` : `write ${field}=${actual}`;
}

/** What to do, when there is something plain to do. */
function adviceLines({ what, seen, differences, unanswered }: Mismatch): readonly string[] {
  if (seen.kind === 'problem') return [];
  if (unanswered) return ['  the `?` is yet to be answered'];
  if (what.kind === 'call' && seen.kind === 'outcome' && seen.told) {
    return [`  if the host is right, write: expect ... fails ${quote(seen.told)}`];
  }
  if (what.kind !== 'segment' || seen.kind !== 'segment') return [];
  if (what.mode === 'never' && seen.already) {
    return ['  it was sent before this line, and no line has expected it: expect it first'];
  }
  if (what.mode === 'expect') {
    const [first] = differences;
    if (seen.later) {
      const { segment, sentAt } = seen.later;
      return [
        `  ${printSegment(segment)}, sent at ${printInstant(sentAt)}, is as expected: expect what comes before it, or write \`eventually\``,
      ];
    }
    const advice = differences.length === 1 && first ? rightField(first) : undefined;
    if (advice !== undefined) return [`  if the host is right, ${advice}`];
    return ['  if another segment comes before it, expect that one first, or write `eventually`'];
  }
  return [];
}
