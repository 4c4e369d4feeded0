/** What a run remembers between its steps: the world, where the script is, and what it waits for. */

import type { Pieces } from '../base/pieces.js';
import type { Instruction, Program, ProgramSegment } from '../lang/program.js';
import type { Delivery } from '../sim/delivery.js';
import type { World } from '../sim/world.js';
import { copyWorld } from '../sim/world.js';
import type { ConnectionTimer } from '../tcp/host.js';
import type { ConnectionRef, Duration, Instant, Outcome } from '../tcp/rule.js';
import type { Segment } from '../tcp/segment.js';
import type { Mismatch } from './expectations.js';
import { copyPackets, type PacketState } from './packetdrill/state.js';
import type { Queue } from './queue.js';
import type { Value } from './values.js';

/** Reaching one is an ordinary end of the run, with a reason. */
export interface Limits {
  readonly steps: number;
  /** Virtual time. */
  readonly time: Duration;
  /** Turns of all `repeat`s together. */
  readonly turns: number;
}

export const DEFAULT_LIMITS: Limits = {
  steps: 100_000,
  time: 30 * 86_400_000_000,
  turns: 1_000_000,
};

/** How a run is started. */
export interface Setup {
  readonly program: Program;
  readonly seed: number;
  readonly limits: Limits;
  /** A failed expectation ends the run, or is noted and the script goes on. */
  readonly afterFailure: 'end' | 'go-on';
  /** The directions in which the script expects segments: `client>server`. */
  readonly directions: ReadonlySet<string>;
}

/** A statement that has begun and is not settled. */
export interface Waiting {
  readonly statement: number;
  /** Until when, that instant included; undefined: until the world is quiet. */
  readonly deadline: Instant | undefined;
  /** It has come to be; the events that are due at this instant still happen. */
  readonly met: Met | undefined;
  /** The call whose outcome is awaited. */
  readonly call: number | undefined;
  /** How many events are still to happen, of `wait N events`. */
  readonly events?: number;
}

/** How an expectation came to be. `blank`: a student's `?` was passed over. */
export interface Met {
  readonly verdict: 'passed' | 'blank';
  readonly why: () => string;
}

/** The number of a statement that is none of the program's. */
export const TYPED = -1;

/** A statement that somebody typed while the run stood still, and that waits; then the script goes on as it stood. */
export interface Typed {
  readonly instruction: Instruction;
  readonly resumed: Waiting | undefined;
  /** One that waited already. */
  readonly before: Typed | undefined;
}

/** A `never` without `for`: it holds till the end of the scenario. */
export interface Watch {
  readonly statement: number;
}

/** A turn of a `repeat`, the innermost last. */
export interface Loop {
  readonly start: number;
  readonly turn: number;
}

/** How a statement that expects something came out. */
export interface Settled {
  readonly statement: number;
  /** The step in which it was settled. */
  readonly step: number;
  readonly verdict: 'passed' | 'failed' | 'blank';
  readonly mismatch: Mismatch | undefined;
}

/** A call made by the script: what is known of its outcome. */
export interface Called {
  readonly statement: number;
  /** The step in which it was made. */
  readonly step: number;
  /** `connect`, `send`, ... */
  readonly call: string;
  readonly connection: ConnectionRef | undefined;
  readonly outcome: Outcome;
}

/** What a user was told in the last step in which anything was said. */
export interface Told {
  readonly texts: readonly string[];
  readonly step: number;
}

/** Why the run is over. */
export interface Ended {
  readonly kind: 'end' | 'failed' | 'limit' | 'unsupported';
  readonly reason: string;
}

/** The event that is to happen before the script goes on. */
export type Chosen =
  | { readonly kind: 'arrival' }
  | { readonly kind: 'timeout'; readonly timer: ConnectionTimer };

/** A list that copies share, newest item first. */
export interface List<T> {
  readonly item: T;
  readonly before: List<T> | undefined;
}

/** Changed in place by `advance`; copied by `copyState`. */
export interface RunState {
  /** An edit may name what the script does not: then its program's scope is larger from there on. */
  setup: Setup;
  readonly world: World;
  /** The instruction that is next, or that waits. */
  pc: number;
  waiting: Waiting | undefined;
  typed: Typed | undefined;
  loops: readonly Loop[];
  turns: number;
  watches: readonly Watch[];
  readonly variables: Map<string, Value>;
  /** Segments named by `as`. */
  readonly segments: Map<string, Segment>;
  /** Departures that no expectation has matched, by direction; only of directions that the script expects. */
  readonly unmatched: Map<string, Queue<Delivery>>;
  /** Of the segments that an `eventually` passed over, the most like the one it waits for. */
  nearest: Delivery | undefined;
  nextCall: number;
  /** Calls whose outcome is pending or awaited, by number. */
  readonly calls: Map<number, Called>;
  /** Octets given to users by RECEIVE, by connection, in order. */
  readonly given: Map<string, Pieces<Uint8Array>>;
  /** What users were told last, by connection and by host. */
  readonly told: Map<string, Told>;
  /** What a `never` forbids has happened in the last step. */
  violation: Mismatch | undefined;
  /** Newest first. */
  settled: List<Settled> | undefined;
  ended: Ended | undefined;
  /** What a debugger's user chose to happen next: the arrival that is due first, or a timer of a host. */
  chosen: Chosen | undefined;
  /** The run was edited after the script was over: what that began is still to happen. */
  aftermath: boolean;
  /** Of a program made of a packetdrill script. */
  packets: PacketState | undefined;
}

/** A copy that shares nothing that changes. Made field by field: what a spread makes is slower to work with than its original. */
export function copyState(state: RunState): RunState {
  return {
    setup: state.setup,
    world: copyWorld(state.world),
    pc: state.pc,
    waiting: state.waiting,
    typed: state.typed,
    loops: state.loops,
    turns: state.turns,
    watches: state.watches,
    variables: new Map(state.variables),
    segments: new Map(state.segments),
    unmatched: new Map(state.unmatched),
    nearest: state.nearest,
    nextCall: state.nextCall,
    calls: new Map(state.calls),
    given: new Map(state.given),
    told: new Map(state.told),
    violation: state.violation,
    settled: state.settled,
    ended: state.ended,
    chosen: state.chosen,
    aftermath: state.aftermath,
    packets: state.packets && copyPackets(state.packets),
  };
}

/** A statement of the program, or the typed one that waits. */
export function instructionOf(state: RunState, statement: number): Instruction | undefined {
  if (statement === TYPED) return state.typed?.instruction;
  return state.setup.program.instructions[statement];
}

/** The direction of a segment as a key: `client>server`. */
export function direction(segment: Pick<ProgramSegment, 'from' | 'to'>): string {
  return `${segment.from}>${segment.to}`;
}

/** The items of a list, oldest first. */
export function oldestFirst<T>(list: List<T> | undefined): readonly T[] {
  const items: T[] = [];
  for (let at = list; at !== undefined; at = at.before) items.push(at.item);
  return items.reverse();
}
