/** A moment as call stacks: RFC check, event, script statement, then the host's history. */

import { spaced } from '../base/spaced.js';
import { printInstant } from '../base/time.js';
import type { Program, Place as Written } from '../lang/program.js';
import { isScripted } from '../run/script-rules.js';
import type { Place, Step } from '../sim/step.js';
import { moveOf, type RuleInfo } from '../tcp/rule.js';
import { headingOf } from '../tcp/rules.js';
import { printSegment } from '../tcp/segment.js';
import { joinPath, splitPath } from './handles.js';
import type { History } from './history.js';
import { arrivingAt, focusOf, type Moment, momentAt, subjectAt } from './moment.js';
import { placeOfRule, type RfcPlace } from './rfc-document.js';

export type Where =
  | { readonly kind: 'script'; readonly written: Written }
  | { readonly kind: 'rfc'; readonly rfc: RfcPlace };

export interface Frame {
  /** The same from stop to stop for what plays the same part: `server/check`, `server/history/12/3`. */
  readonly path: string;
  readonly name: string;
  readonly where: Where | undefined;
  readonly look: 'normal' | 'label' | 'subtle';
  /** The moment that its variables show. */
  readonly place: Place;
  /** Undefined: the network. */
  readonly host: string | undefined;
  /** Where "restart frame" goes; undefined: it has no beginning. */
  readonly beginning: Place | undefined;
}

/** What has no host: links and the clock. Also the name of its thread. */
export const NETWORK = 'network';

export interface Stack {
  readonly frames: readonly Frame[];
  /** How many there are in all, whatever part was asked for. */
  readonly total: number;
}

/** The frames of a host's thread, or the network's, from the `start`-th on, at most `levels`. */
export function stackOf(
  moment: Moment,
  history: History,
  host: string | undefined,
  start: number,
  levels: number,
): Stack {
  const top = topFrames(moment, history, host);
  const until = pastOf(moment, host);
  const past = host === undefined ? 0 : history.transitionCount(host, until);
  const label = past > 0 ? [historyLabel(moment, host)] : [];
  const head = [...top, ...label];
  const frames = head.slice(start, start + levels);
  const left = levels - frames.length;
  if (host !== undefined && past > 0 && left > 0) {
    const from = Math.max(0, start - head.length);
    const acts = focusOf(moment) === host;
    for (const place of history.transitions(host, until, from, left)) {
      const earlier = pastFrame(moment, host, place);
      // Editors mark the first frame with a source of every thread: the past of a host that rests has none.
      frames.push(acts ? earlier : { ...earlier, where: undefined });
    }
  }
  return { frames, total: head.length + past };
}

/** Up to where a host's history goes: the transition that the top frame is about is not past yet. */
function pastOf(moment: Moment, host: string | undefined): Place {
  const { place } = moment;
  const isTop = place.microstep >= 0 && focusOf(moment) === host;
  return isTop ? { ...place, microstep: place.microstep - 1 } : place;
}

/** The part that stands for whichever frame is on top. */
const NOW = 'now';

/**
 * The path under which a frame's variables are known: the same for all frames of a host that show the cursor's moment, and from
 * stop to stop, whatever the host has to do there.
 */
export function ownerPath({ path, look, host, place }: Frame, now: Place): string {
  const past = look === 'label' || place.step !== now.step || place.microstep !== now.microstep;
  return past ? path : joinPath(host ?? NETWORK, NOW);
}

/** The frame of this path at this moment; undefined when it is not there. */
export function frameAt(moment: Moment, history: History, path: string): Frame | undefined {
  const [owner, part, step, microstep] = splitPath(path);
  const host = owner === NETWORK ? undefined : owner;
  if (part === 'history' && host !== undefined && step !== undefined) {
    const place = { step: Number(step), microstep: Number(microstep) };
    if (place.step >= moment.run.timeline.length()) return undefined;
    return pastFrame(moment, host, place);
  }
  if (part === 'label') return historyLabel(moment, host);
  if (part === NOW) return topFrames(moment, history, host)[0];
  return topFrames(moment, history, host).find((frame) => frame.path === path);
}

/**
 * The frame on top of the host's stack now, in place of one that was there at an earlier stop: an editor may still ask about it after
 * the cursor has gone on. What stands for the past is only itself.
 */
export function standInAt(moment: Moment, history: History, path: string): Frame | undefined {
  const [owner = '', part] = splitPath(path);
  return part === 'history' ? undefined : frameAt(moment, history, joinPath(owner, NOW));
}

function topFrames(moment: Moment, history: History, host: string | undefined): readonly Frame[] {
  const { step, place } = moment;
  if (step === undefined) return [endFrame(moment, host)];
  if (focusOf(moment) !== host) return [restingFrame(moment, history, host)];
  const statement = statementFrame(moment, history, host, step);
  const event =
    place.microstep < 0 && step.cause.kind === 'statement' ? [] : eventFrame(moment, host, step);
  const frames = [...checkFrame(moment, host), ...event, ...statement];
  // Before a statement that was typed is settled: it stands in no script.
  return frames.length > 0 ? frames : [restingFrame(moment, history, host)];
}

function frame(
  moment: Moment,
  host: string | undefined,
  part: string,
  rest: Partial<Frame>,
): Frame {
  return {
    path: joinPath(host ?? NETWORK, part),
    name: part,
    where: undefined,
    look: 'normal',
    place: moment.place,
    host,
    beginning: undefined,
    ...rest,
  };
}

function checkFrame(moment: Moment, host: string | undefined): readonly Frame[] {
  const { microstep, place, step } = moment;
  if (microstep === undefined || step === undefined) return [];
  const move = moveOf(microstep);
  const heading = headingOf(microstep);
  const name = move ? `${heading}: ${move}` : heading;
  const where = isScripted(microstep.rule)
    ? scriptWhere(moment, step.origin)
    : rfcWhere(microstep.rule);
  return [
    frame(moment, host, 'check', {
      name,
      where,
      beginning: { ...place, microstep: place.microstep - 1 },
    }),
  ];
}

function eventFrame(moment: Moment, host: string | undefined, step: Step): readonly Frame[] {
  const first = step.microsteps[0];
  // A statement that is no call has no event below it: its own line says it all.
  const own = step.cause.kind === 'statement' || step.cause.kind === 'settled';
  if (own && (first === undefined || isScripted(first.rule))) return [];
  const procedure = first && placeOfRule(first.rule);
  const where: Where | undefined = procedure && { kind: 'rfc', rfc: { ...procedure, line: 1 } };
  const beginning = { step: step.index, microstep: -1 };
  return [
    frame(moment, host, 'event', { name: eventName(moment.run.program, step), where, beginning }),
  ];
}

/** `segment arrives <SEQ=100><CTL=SYN> from client`, `time-out: retransmission`, `user call: client: close`. */
export function eventName(program: Program, step: Step): string {
  const { cause } = step;
  switch (cause.kind) {
    case 'arrival':
      return `segment arrives ${printSegment(cause.delivery.segment)} from ${cause.delivery.from}`;
    case 'timeout':
      return `time-out: ${spaced(cause.timer)}`;
    case 'statement':
    case 'settled': {
      const procedure = step.microsteps[0] && placeOfRule(step.microsteps[0].rule)?.document;
      const heading = procedure?.replace(/^[\d.]+ |\.txt$/g, '');
      const call = heading?.replace(/ call$/i, '');
      // What the network does with a segment that a statement forges is no call.
      if (heading !== undefined && call === heading) return heading;
      return `user call: ${call ?? program.instructions[cause.statement]?.text ?? ''}`;
    }
    case 'edit':
      return `edit: ${cause.text}`;
  }
}

function statementFrame(
  moment: Moment,
  history: History,
  host: string | undefined,
  step: Step,
): readonly Frame[] {
  const instruction = moment.run.program.instructions[step.origin];
  if (instruction === undefined) return [];
  const beginning = beginningOf(history, step);
  return [
    frame(moment, host, 'statement', {
      name: instruction.text,
      where: { kind: 'script', written: instruction.place },
      beginning,
    }),
  ];
}

/** Where the statement that a step goes back to was reached. */
function beginningOf(history: History, { index, origin }: Step): Place | undefined {
  const step = history.begun(origin, index);
  return step === undefined ? undefined : { step, microstep: -1 };
}

/** A host that has no part in this event: its state, and the statement that last concerned it. */
function restingFrame(moment: Moment, history: History, host: string | undefined): Frame {
  if (host === undefined) {
    const { queue, now } = moment.view.world;
    const moving = queue.length - (arrivingAt(moment) === undefined ? 0 : 1);
    const name = `${printInstant(now)} s, ${moving} in flight`;
    return frame(moment, host, 'state', { name, look: 'subtle' });
  }
  const last = history.lastEvent(host, moment.place);
  const step = last === undefined ? undefined : moment.run.timeline.step(last);
  const entry = subjectAt(moment, host);
  const state = entry ? `${entry.name}: ${entry.tcb.state}` : 'no connection';
  const since = step
    ? `, since ${printInstant(step.at)} s: ${eventName(moment.run.program, step)}`
    : '';
  // Without a source: editors mark the top frame of every thread, and this is not where anything happens.
  return frame(moment, host, 'state', { name: `${state}${since}`, look: 'subtle' });
}

function endFrame(moment: Moment, host: string | undefined): Frame {
  const { instructions } = moment.run.program;
  const where = scriptWhere(moment, instructions.length - 1);
  return frame(moment, host, 'end', { name: 'end of the run', where });
}

function historyLabel(moment: Moment, host: string | undefined): Frame {
  return frame(moment, host, 'label', { name: 'history', look: 'label' });
}

/** An earlier transition: its variables show the world as it was just after it. */
function pastFrame(moment: Moment, host: string, place: Place): Frame {
  const step = moment.run.timeline.step(place.step);
  const microstep = step.microsteps[place.microstep];
  const move = microstep ? moveOf(microstep) : undefined;
  return frame(moment, host, 'history', {
    path: joinPath(host, 'history', String(place.step), String(place.microstep)),
    name: `${printInstant(step.at)} s ${move ?? ''}: ${microstep ? headingOf(microstep) : ''}`,
    where: scriptWhere(moment, step.origin),
    look: 'subtle',
    place,
    beginning: place,
  });
}

/** The moment that a frame's variables show. */
export function momentOf(moment: Moment, { place }: Frame): Moment {
  return place === moment.place ? moment : momentAt(moment.run, place);
}

function scriptWhere({ run }: Moment, statement: number): Where | undefined {
  const instruction = run.program.instructions[statement];
  return instruction && { kind: 'script', written: instruction.place };
}

function rfcWhere(rule: RuleInfo): Where | undefined {
  const rfc = placeOfRule(rule);
  return rfc && { kind: 'rfc', rfc };
}
