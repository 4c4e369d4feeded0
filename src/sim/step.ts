/** The record: a run is a list of steps, each the handling of one event by named rules. */

import type { UserCall } from '../tcp/calls.js';
import type { IcmpMessage } from '../tcp/icmp/messages.js';
import type { ConnectionRef, Instant, Microstep, Outcome } from '../tcp/rule.js';
import type { TimerName } from '../tcp/timers.js';
import type { Delivery } from './delivery.js';

/** What made a step happen. `statement` is an index into the program. */
export type Cause =
  /** The script reaches a statement and begins it. A place where a debugger stops before anything happens. */
  | { readonly kind: 'statement'; readonly statement: number }
  /** A statement that had to wait (an expectation, a wait) is settled, well or badly. */
  | { readonly kind: 'settled'; readonly statement: number }
  | { readonly kind: 'arrival'; readonly delivery: Delivery }
  | { readonly kind: 'timeout'; readonly timer: TimerName; readonly connection: ConnectionRef }
  /** An edit or a call made in the debugger; the run was forked here. */
  | {
      readonly kind: 'edit';
      readonly text: string;
      /** How a script says the same, if it can: lines. */
      readonly statement?: string | undefined;
    };

/** One event, handled. Every step has at least one microstep. */
export interface Step {
  /** Position in the timeline, from 0. */
  readonly index: number;
  readonly at: Instant;
  readonly cause: Cause;
  /** The host (or peer) whose event it is; undefined for the director's own statements and the network's. */
  readonly host: string | undefined;
  /** The connection it is about, if one. */
  readonly connection: ConnectionRef | undefined;
  /** The statement that it goes back to: an index into the program; -1 for none. */
  readonly origin: number;
  readonly microsteps: readonly Microstep[];
  /** What was put on a link in this step, in order; lost, held and duplicate ones too. */
  readonly departures: readonly Delivery[];
  /** The deliveries that were under way and were taken off their links in this step, if any. */
  readonly ended?: readonly Ended[] | undefined;
  /** The user call that was made in this step, if one. */
  readonly call?: CallRecord | undefined;
  /** The ICMP message that reached `host` in this step, if one. */
  readonly icmp?: IcmpMessage | undefined;
}

/** A delivery that does not go on, by its id: dropped, or held back. */
export interface Ended {
  readonly id: number;
  readonly fate: 'lose' | 'hold';
}

/** A user call and its immediate answer; a `pending` one completes in a later step under the same number. */
export interface CallRecord {
  readonly id: number;
  readonly call: UserCall;
  readonly outcome: Outcome;
}

/** What the world did for a statement or an event: the part of a step that does not depend on who asked. */
export interface Part {
  readonly microsteps: readonly Microstep[];
  readonly departures: readonly Delivery[];
  readonly ended?: readonly Ended[] | undefined;
  readonly host?: string | undefined;
  readonly connection?: ConnectionRef | undefined;
  readonly call?: CallRecord | undefined;
  /** How the call ended, as in `call`. */
  readonly outcome?: Outcome | undefined;
  readonly icmp?: IcmpMessage | undefined;
}

/** A part while it is being made. */
export interface Draft extends Part {
  microsteps: Microstep[];
  departures: Delivery[];
}

/** Lists of a draft to which nothing was added yet: whoever adds the first makes one. */
const NO_MICROSTEPS: Microstep[] = [];
const NO_DEPARTURES: Delivery[] = [];

/** A draft that begins with what a host did, or with nothing. `host` and `connection`: whose event it is. */
export function draft(
  host?: string,
  connection?: ConnectionRef,
  microsteps: readonly Microstep[] = NO_MICROSTEPS,
): Draft {
  const begun = microsteps.length === 0 ? NO_MICROSTEPS : microsteps.slice();
  return { microsteps: begun, departures: NO_DEPARTURES, host, connection };
}

/** One record more. The usual single one has a list of its own size. */
export function addMicrostep(out: Draft, microstep: Microstep): void {
  if (out.microsteps.length === 0) out.microsteps = [microstep];
  else out.microsteps.push(microstep);
}

/** One departure more, likewise. */
export function addDeparture(out: Draft, departure: Delivery): void {
  if (out.departures.length === 0) out.departures = [departure];
  else out.departures.push(departure);
}

/** A step made of what the world did and what made it happen. */
export function stepOf(
  part: Part,
  { index, at, cause, origin }: Pick<Step, 'index' | 'at' | 'cause' | 'origin'>,
): Step {
  const { host, connection, microsteps, departures, ended, call, icmp } = part;
  return {
    index,
    at,
    cause,
    host,
    connection,
    origin,
    microsteps,
    departures,
    ended,
    call,
    icmp,
  };
}

/**
 * A cursor in the record. `microstep` -1 is just before the step's first rule (a statement that is about to be
 * executed); k >= 0 is just after its k-th rule ran, with that rule's result in force.
 */
export interface Place {
  readonly step: number;
  readonly microstep: number;
}
