/** A program in a world: each call of `advance` begins a statement, lets one event happen, or settles what waited. */

import { printInstant } from '../base/time.js';
import type { Instruction } from '../lang/program.js';
import { advanceWorld, goOffNow, nextArrivalAt, nextEventAt, passTime } from '../sim/sim.js';
import { type Part, type Step, stepOf } from '../sim/step.js';
import type { Instant } from '../tcp/rule.js';
import { NOTHING, said } from './begun.js';
import type { Mismatch } from './expectations.js';
import { turningPoints } from './facts.js';
import { expire, judge } from './judge.js';
import { limitReached, timeLimit } from './limits.js';
import { turnLoops } from './loops.js';
import { observe } from './observe.js';
import { goOnWithCalls, overdue } from './packetdrill/call.js';
import { reachedAt } from './packetdrill/play.js';
import { SCRIPT } from './script-rules.js';
import { fail, meet, refuse } from './settling.js';
import { nextDeadline } from './sockets/sockets.js';
import { instructionOf, type Met, type RunState, type Waiting } from './state.js';
import { begin } from './statements.js';

/**
 * Records the next step of the run and changes `state` in place; undefined when the run is over, and then
 * `state.ended` says why. Depends on nothing but `state` and the step's `index`.
 */
export function advance(state: RunState, index: number): Step | undefined {
  if (state.ended) return undefined;
  const step = state.violation ? violate(state, state.violation, index) : nextStep(state, index);
  turnLoops(state);
  return step;
}

function nextStep(state: RunState, index: number): Step | undefined {
  const instruction = state.typed?.instruction ?? state.setup.program.instructions[state.pc];
  if (eventFirst(state, instruction, index)) return happen(state, index);
  if (!state.waiting && state.packets) {
    const step = beforeLine(state, instruction, index);
    if (step) return step;
  }
  if (!instruction) {
    state.ended = { kind: 'end', reason: 'the script is over' };
    return undefined;
  }
  const limit = limitReached(state, index);
  if (limit !== undefined) {
    state.ended = { kind: 'limit', reason: limit };
    return stopped(state, index);
  }
  if (state.waiting) return waitOn(state, instruction, state.waiting, index);
  return beginStep(state, instruction, index);
}

/** An event that the debugger's user chose comes before the script; after the script, whatever an edit began. */
function eventFirst(state: RunState, instruction: Instruction | undefined, index: number): boolean {
  const after = state.aftermath && !instruction && nextEventAt(state.world) !== undefined;
  return (state.chosen !== undefined || after) && limitReached(state, index) === undefined;
}

/** A line of a packetdrill script has its time: what happens before it, or what is wrong by then. */
function beforeLine(
  state: RunState,
  instruction: Instruction | undefined,
  index: number,
): Step | undefined {
  const until = reachedAt(state, instruction);
  const { world, setup } = state;
  if (until === undefined || until > setup.limits.time || limitReached(state, index)) {
    return undefined;
  }
  const next = nextHappening(state);
  if (next !== undefined && next <= until && !comesBefore(state, instruction, until, next))
    return happen(state, index);
  if (until > world.now) passTime(world, until);
  overdue(state);
  return state.violation && violate(state, state.violation, index);
}

/** Whether the line, due at `until`, comes before what is due next: what the peer sends arrives at once, and arrivals come before timers. */
function comesBefore(
  { world }: RunState,
  instruction: Instruction | undefined,
  until: Instant,
  next: Instant,
): boolean {
  const kind = instruction?.operation.kind;
  const sends = kind === 'pkt-in' || kind === 'pkt-icmp';
  return sends && next === until && nextArrivalAt(world) !== until;
}

/** The last step of a run that reached a limit. */
function stopped(state: RunState, index: number): Step {
  const reason = state.ended?.reason ?? '';
  const statement = Math.min(state.pc, state.setup.program.instructions.length - 1);
  return settledStep(state, said(SCRIPT.limit, reason), statement, index);
}

function settledStep(state: RunState, part: Part, statement: number, index: number): Step {
  const cause = { kind: 'settled', statement } as const;
  return stepOf(part, { index, at: state.world.now, cause, origin: statement });
}

// Statements --------------------------------------------------------------------------------------

/** The statement is reached: its own step, with its verdict when it does not have to wait. */
function beginStep(state: RunState, instruction: Instruction, index: number): Step {
  const statement = instruction.index;
  const at = state.world.now;
  const watching = state.watches.map((watch) => watch.statement);
  const begun = begin(state, instruction, index);
  if (begun.waiting) state.waiting = begun.waiting;
  // In a loop the same watch stands already.
  const known = state.watches.some((one) => one.statement === statement);
  if (begun.watch && !known) state.watches = [...state.watches, { statement }];
  const make = (part: Part): Step =>
    stepOf(part, { index, at, cause: { kind: 'statement', statement }, origin: statement });
  const part = goOnWithCalls(state, make(begun.part));
  observe(state, part, watching);
  if (begun.unsupported !== undefined) return make(refuse(state, part, begun.unsupported));
  if (begun.mismatch) return make(fail(state, part, begun.mismatch, index));
  if (begun.waiting) return make(waitOrSettle(state, instruction, part, begun.waiting, index));
  state.pc = begun.next ?? state.pc + 1;
  return make(part);
}

/** An expectation that is settled as soon as it is reached takes one step alone. */
function waitOrSettle(
  state: RunState,
  instruction: Instruction,
  part: Part,
  waiting: Waiting,
  index: number,
): Part {
  const judgement = judge(state, instruction, waiting);
  if (judgement.kind === 'failed') return fail(state, part, judgement.mismatch, index);
  if (judgement.kind === 'met') return meet(state, part, waiting, judgement.met, index);
  if (part.microsteps.length > 0) return part;
  const { deadline } = waiting;
  const until =
    deadline === undefined ? 'until the world is quiet' : `until ${printInstant(deadline)}`;
  return said(SCRIPT.expect, `not yet: time runs on ${until} at most`);
}

// Waiting -----------------------------------------------------------------------------------------

/** Lets the next event happen, or settles the statement that waits. */
function waitOn(state: RunState, instruction: Instruction, begun: Waiting, index: number): Step {
  const { world } = state;
  const settled = (part: Part) => settledStep(state, part, instruction.index, index);
  let waiting = begun;
  if (waiting.events === 0) {
    const met: Met = { verdict: 'passed', why: () => 'so much has happened' };
    return settled(meet(state, NOTHING, waiting, met, index));
  }
  for (;;) {
    if (!waiting.met) {
      const judgement = judge(state, instruction, waiting);
      if (judgement.kind === 'failed')
        return settled(fail(state, NOTHING, judgement.mismatch, index));
      if (judgement.kind === 'met') {
        waiting = { ...waiting, met: judgement.met };
        state.waiting = waiting;
      }
    }
    const next = nextHappening(state);
    if (waiting.met) {
      // What is due at this instant still happens before the script goes on.
      if (next !== undefined && next <= world.now) return happen(state, index);
      return settled(meet(state, NOTHING, waiting, waiting.met, index));
    }
    const turn = nextTurn(state, instruction, waiting, next);
    if (turn === undefined) {
      if (next !== undefined && next <= (waiting.deadline ?? next)) {
        const { events } = waiting;
        if (events !== undefined) state.waiting = { ...waiting, events: events - 1 };
        return happen(state, index);
      }
      return over(state, instruction, waiting, index);
    }
    passTime(world, turn);
  }
}

/** A fact about `time` may come to hold with no event at all: the next instant at which to look. */
function nextTurn(
  state: RunState,
  { operation }: Instruction,
  { deadline }: Waiting,
  next: Instant | undefined,
): Instant | undefined {
  if (operation.kind !== 'fact' && operation.kind !== 'wait-until') return undefined;
  const { world, setup } = state;
  const end = Math.min(deadline ?? Number.POSITIVE_INFINITY, next ?? Number.POSITIVE_INFINITY);
  const points = turningPoints(state, operation.fact);
  const ahead = points.filter((at) => at > world.now && at <= end && at <= setup.limits.time);
  return ahead.length === 0 ? undefined : Math.min(...ahead);
}

/** When something happens by itself next: an event of the world, or the time of a call that waits is over. */
function nextHappening({ world, packets }: RunState): Instant | undefined {
  const event = nextEventAt(world);
  const call = packets && nextDeadline(packets.table);
  return event !== undefined && call !== undefined ? Math.min(event, call) : (event ?? call);
}

/** One event of the world, or the end of a call's time. */
function happen(state: RunState, index: number): Step {
  const due = state.packets && nextDeadline(state.packets.table);
  if (due !== undefined && due < (nextEventAt(state.world) ?? Number.POSITIVE_INFINITY)) {
    passTime(state.world, due);
    const part = said(SCRIPT.waited, 'the time of a call is over');
    const over = goOnWithCalls(state, settledStep(state, part, state.pc, index));
    observe(state, over, []);
    return over;
  }
  const { chosen, world } = state;
  state.chosen = undefined;
  const event =
    chosen?.kind === 'timeout' ? goOffNow(world, chosen.timer, index) : advanceWorld(world, index);
  const step = event && goOnWithCalls(state, event);
  if (step === undefined) {
    state.ended = {
      kind: 'limit',
      reason: `stopped: ${state.world.ended ?? 'nothing is left to happen'}`,
    };
    return stopped(state, index);
  }
  const never = state.waiting && isNever(state, state.waiting.statement);
  const watching = state.watches.map(({ statement }) => statement);
  observe(state, step, never && state.waiting ? [...watching, state.waiting.statement] : watching);
  return step;
}

function isNever(state: RunState, statement: number): boolean {
  const operation = instructionOf(state, statement)?.operation;
  return (
    (operation?.kind === 'segment' || operation?.kind === 'fact') && operation.mode === 'never'
  );
}

/** The time is over, or nothing is left to happen. */
function over(state: RunState, instruction: Instruction, waiting: Waiting, index: number): Step {
  const { deadline, statement } = waiting;
  if (deadline !== undefined && deadline > state.setup.limits.time) {
    state.ended = { kind: 'limit', reason: timeLimit(state) };
    return stopped(state, index);
  }
  if (deadline !== undefined) passTime(state.world, deadline);
  const judgement = expire(state, instruction, deadline === undefined ? 'quiet' : 'deadline');
  if (judgement.kind === 'failed') {
    return settledStep(state, fail(state, NOTHING, judgement.mismatch, index), statement, index);
  }
  const met: Met =
    judgement.kind === 'met' ? judgement.met : { verdict: 'passed', why: () => 'it is over' };
  return settledStep(state, meet(state, NOTHING, waiting, met, index), statement, index);
}

/** What a `never` forbids has happened. */
function violate(state: RunState, mismatch: Mismatch, index: number): Step {
  state.violation = undefined;
  return settledStep(state, fail(state, NOTHING, mismatch, index), mismatch.statement, index);
}
