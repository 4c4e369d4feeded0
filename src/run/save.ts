/** A run with its edits as a script: each edit becomes a line at the place of the script where it was made. */

import type { Instruction } from '../lang/program.js';
import type { Delivery } from '../sim/delivery.js';
import { findDelivery } from '../sim/edits.js';
import type { Step } from '../sim/step.js';
import { moveOf } from '../tcp/rule.js';
import { ACK, has, printCtl, printSegment, type Segment } from '../tcp/segment.js';
import { num } from '../tcp/seq.js';
import { type Run, stepsOf } from './run.js';
import { isFailure } from './script-rules.js';
import { TYPED } from './state.js';

/** The text of the script, or why the run cannot be said as one. */
export type Saved =
  | { readonly kind: 'script'; readonly text: string }
  | { readonly kind: 'problem'; readonly message: string };

/** The statement that a step of the record belongs to: it is reached there, or waits. */
interface Standing {
  /** Undefined: the script is over. */
  readonly statement: number | undefined;
  /** The step in which it was reached. */
  readonly begun: number;
  /** Until when it waits, if it does and for no longer than some time. */
  readonly deadline: number | undefined;
}

/**
 * The script `text` with a line for each edit in the record. Whether it does the same is for a run of it to tell: two
 * things at one instant have an order that a script cannot always say.
 */
export function scriptOf(run: Run, text: string): Saved {
  const steps = stepsOf(run);
  const lines = text.split(/\r\n|\n|\r/);
  const added = new Map<number | undefined, Added[]>();
  for (const step of steps) {
    if (step.cause.kind !== 'edit') continue;
    const problem = addEdit(run, steps, step, added, lines);
    if (problem !== undefined) return { kind: 'problem', message: problem };
  }
  return { kind: 'script', text: written(run, lines, added) };
}

function addEdit(
  run: Run,
  steps: readonly Step[],
  step: Step,
  added: Map<number | undefined, Added[]>,
  lines: string[],
): string | undefined {
  const text = step.cause.kind === 'edit' ? step.cause.text : '';
  const fault = /^(drop|duplicate|delay|corrupt) #(\d+) .*?( by .*)?$/.exec(text);
  const sent = fault ? departureOf(steps, Number(fault[2])) : undefined;
  const line = fault
    ? sent && faultText(fault[1] ?? '', sent.delivery, fault[3] ?? '')
    : statementOf(run, steps, step);
  if (line === undefined) return cannotSay(text);
  const standing = standingAt(run, steps, sent?.step ?? step.index);
  const { statement } = standing;
  const instruction = statement === undefined ? undefined : run.program.instructions[statement];
  const misplaced = instruction && whyNotAt(run, steps, instruction);
  if (misplaced !== undefined) return misplaced;
  const before = added.get(statement) ?? [];
  added.set(statement, before);
  if (sent) {
    const at = steps[sent.step]?.at ?? step.at;
    before.splice(placeFor(before, at), 0, { at, end: undefined, lines: [line] });
    return undefined;
  }
  const since = endOf(before) ?? steps[standing.begun]?.at ?? step.at;
  const waited = statement === undefined ? 0 : step.at - since;
  const wait = waited > 0 ? [`wait ${waited}us`] : [];
  const settled = settledIn(steps, step);
  const end = settled?.at ?? step.at;
  // In the console it counted for nothing that it failed; its time passed all the same.
  const failed = settled?.microsteps.some(isFailure) ?? false;
  const said = failed ? `wait ${end - step.at}us # not so: ${line}` : line;
  before.push({ at: step.at, end, lines: [...wait, ...said.split('\n')] });
  const { deadline } = standing;
  if (end > since && instruction?.operation.kind === 'wait' && deadline !== undefined) {
    shorten(lines, instruction, Math.max(0, deadline - end));
  }
  return undefined;
}

/** Lines for an edit that was made, or a segment that was sent, at an instant. */
interface Added {
  readonly at: number;
  /** When the script goes on after it; undefined for a fault, which takes no time. */
  readonly end: number | undefined;
  readonly lines: readonly string[];
}

/** When the last of these edits was over. */
function endOf(before: readonly Added[]): number | undefined {
  return before.flatMap(({ end }) => end ?? []).at(-1);
}

/** The step in which a typed statement was settled that waited; undefined for any other edit. */
function settledIn(steps: readonly Step[], { index }: Step): Step | undefined {
  const next = steps.slice(index + 1).find(({ cause }) => cause.kind === 'edit' || isTyped(cause));
  return next && isTyped(next.cause) ? next : undefined;
}

function isTyped(cause: Step['cause']): boolean {
  return cause.kind === 'settled' && cause.statement === TYPED;
}

/** Where a fault has to be armed for what is sent at an instant: before the edit that makes it be sent then, if one did. */
function placeFor(before: readonly Added[], at: number): number {
  const later = before.findIndex((one) => one.at > at);
  const end = later < 0 ? before.length : later;
  return end > 0 && before[end - 1]?.at === at ? end - 1 : end;
}

function cannotSay(text: string): string {
  return `"${text}" has no statement in the script language: step back to before it and leave it out, or keep the session.`;
}

/** The statements that say the same as an edit; undefined when none do. */
function statementOf(run: Run, steps: readonly Step[], { cause, index }: Step): string | undefined {
  if (cause.kind !== 'edit') return undefined;
  const [, id] = /^deliver #(\d+) /.exec(cause.text) ?? [];
  const sent = id === undefined ? undefined : departureOf(steps, Number(id));
  return sent
    ? faultText('deliver', sent.delivery, '')
    : (cause.statement ?? alteration(run, index, cause.text));
}

/** `set A -> B SYN seq=100 with seq=7`: other fields of a segment under way; undefined where more of it is another. */
function alteration(run: Run, index: number, text: string): string | undefined {
  const id = Number(/^#(\d+)\b/.exec(text)?.[1]);
  const [was, is] = [index, index + 1].map((at) =>
    findDelivery(run.timeline.stateBefore(at).world, id),
  );
  if (!was || !is || was.corrupt !== is.corrupt || was.arrivesAt !== is.arrivesAt) return undefined;
  const [old, now] = [was.segment, is.segment];
  const { ctl, seq, ack, wnd, up } = now;
  const same = segmentKey({ ...old, ctl, seq, ack, wnd, up }) === segmentKey(now);
  const changes = [
    ...(old.ctl === ctl ? [] : [printCtl(ctl)]),
    ...(old.seq === seq ? [] : [`seq=${num(seq)}`]),
    ...(old.ack === ack ? [] : [`ack=${num(ack)}`]),
    ...(old.wnd === wnd ? [] : [`win=${wnd}`]),
    ...(old.up === up ? [] : [`up=${up}`]),
  ];
  return same && changes.length > 0
    ? `${faultText('set', was, '')} with ${changes.join(' ')}`
    : undefined;
}

/** All of a segment, to be compared. */
function segmentKey(segment: Segment): string {
  return JSON.stringify({ ...segment, data: [...segment.data] });
}

interface Sent {
  readonly delivery: Delivery;
  /** The step in which it left. */
  readonly step: number;
}

function departureOf(steps: readonly Step[], id: number): Sent | undefined {
  for (const { index, departures } of steps) {
    const delivery = departures.find((one) => one.id === id);
    if (delivery) return { delivery, step: index };
  }
  return undefined;
}

/** The fault that meets the segment when it leaves: `drop client -> server SYN seq=100`. */
function faultText(fault: string, { from, to, segment }: Delivery, by: string): string {
  const ack = has(segment, ACK) ? ` ack=${num(segment.ack)}` : '';
  const late = by.replace(/(\d) (\w)/, '$1$2');
  return `${fault} ${from} -> ${to} ${printCtl(segment.ctl)} seq=${num(segment.seq)}${ack}${late}`;
}

/** The statement that comes next at this step, or waits there. */
function standingAt(run: Run, steps: readonly Step[], index: number): Standing {
  const { pc, waiting } = run.timeline.stateBefore(index);
  const nowhere = { begun: index, deadline: undefined };
  if (run.program.instructions[pc] === undefined) return { statement: undefined, ...nowhere };
  if (waiting === undefined) return { statement: pc, ...nowhere };
  const begun = steps
    .slice(0, index)
    .filter(({ cause }) => cause.kind === 'statement' && cause.statement === pc)
    .at(-1);
  return { statement: pc, begun: begun?.index ?? index, deadline: waiting.deadline };
}

/** Why no line can be added before this statement: it is in a loop, or in another file. */
function whyNotAt(run: Run, steps: readonly Step[], { index, place, text }: Instruction) {
  const times = steps.filter(
    ({ cause }) => cause.kind === 'statement' && cause.statement === index,
  ).length;
  if (times > 1) return `"${text}" ran ${times} times: an edit in one turn of a loop is no line.`;
  return place.file === run.program.file ? undefined : `"${text}" is in another file.`;
}

/** What is left of a `wait` in the middle of which an edit was made. */
function shorten(lines: string[], { place: { range } }: Instruction, left: number): void {
  const { line, character } = range.start;
  const old = lines[line] ?? '';
  const rest = old.slice(character).replace(/^wait\s+\S+(\s*(us|ms|s|min|h|msl)\b)?/i, '');
  lines[line] = `${old.slice(0, character)}wait ${left}us${rest}`;
}

/** The script with its new lines, each indented as its statement. */
function written(
  { program }: Run,
  lines: readonly string[],
  added: ReadonlyMap<number | undefined, readonly Added[]>,
): string {
  const before = new Map<number, readonly string[]>();
  const own = program.instructions.filter(({ place }) => place.file === program.file);
  for (const [statement, parts] of added) {
    const texts = parts.flatMap((one) => one.lines);
    const line =
      statement === undefined ? undefined : program.instructions[statement]?.place.range.start.line;
    const last = own.reduce((most, { place }) => Math.max(most, place.range.end.line), 0);
    const at = line ?? last + 1;
    const indent = /^\s*/.exec(lines[line ?? last] ?? '')?.[0] ?? '';
    const all = line === undefined ? [...texts, 'wait quiet'] : texts;
    before.set(at, [...(before.get(at) ?? []), ...all.map((text) => indent + text)]);
  }
  const text = lines.flatMap((line, i) => [...(before.get(i) ?? []), line]);
  return [...text, ...(before.get(lines.length) ?? [])].join('\n');
}

/** What happens in a run, to be compared: each transition and each segment, with its time. */
export function happenings(run: Run): readonly string[] {
  return stepsOf(run).flatMap((step) => [
    ...step.microsteps.flatMap((microstep) => {
      const move = moveOf(microstep);
      return move ? [`${step.at} ${microstep.connection?.host}: ${move}`] : [];
    }),
    ...(step.cause.kind === 'arrival'
      ? [
          `${step.at} ${step.cause.delivery.to} receives ${printSegment(step.cause.delivery.segment)}`,
        ]
      : []),
  ]);
}
