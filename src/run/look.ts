/** A place as expressions see it: what names stand for there. */

import type { Scope } from '../lang/paths.js';
import * as links from '../sim/rules.js';
import type { Place, Step } from '../sim/step.js';
import type { Timeline } from '../sim/timeline.js';
import { childNumber, nameOf } from '../tcp/host.js';
import type { ConnectionRef, RuleInfo } from '../tcp/rule.js';
import type { Segment } from '../tcp/segment.js';
import { knowsPeer, type Tcb } from '../tcp/tcb.js';
import { type Environment, SEGMENT, type SegmentBases } from './environment.js';
import { stepAt } from './places.js';
import type { Run } from './run.js';
import type { RunState } from './state.js';
import type { Value } from './values.js';
import type { Subject, View } from './view.js';
import { refKey, viewOf, viewWithin } from './view.js';

/**
 * The segment at hand at a microstep: the one that a link decides about; else the one that arrived, which is the RFC's SEG (§3.3.1)
 * also where a check answers it; else the one that it sends.
 */
export function segmentAt(step: Step | undefined, microstep: number): Segment | undefined {
  if (step === undefined) return undefined;
  const at = step.microsteps[microstep];
  const leaving = at && OF_LINKS.has(at.rule) ? departingAt(step, microstep) : undefined;
  if (leaving !== undefined) return leaving;
  if (step.cause.kind === 'arrival') return step.cause.delivery.segment;
  for (const effect of at?.effects ?? []) if (effect.kind === 'send') return effect.segment;
  return undefined;
}

/** The rules that are asked of each segment that leaves; the last one of a segment is what it was decided by. */
const OF_LINKS: ReadonlySet<RuleInfo> = new Set([
  ...[links.NO_ROUTE, links.CUT, links.MTU, links.LOSE, links.CORRUPT, links.HOLD, links.DELAY],
  ...[links.REORDER, links.DUPLICATE, links.FULL, links.DELIVER, links.INJECT],
]);

/** Segments leave in the order in which links decide about them. */
function departingAt({ microsteps, departures }: Step, microstep: number): Segment | undefined {
  let decided = 0;
  for (let i = 0; i < microstep; i++) {
    if (microsteps[i]?.rule.id === departures[decided]?.decidedBy) decided++;
  }
  return departures[decided]?.segment;
}

/** The state of the run just before a step of the record. */
export type StateBefore = Timeline<RunState>['stateBefore'];

/** What those have at hand who go through the record step by step: the step of the place, and states in passing. */
export interface Passing {
  readonly step: Step;
  /** Without it, by the timeline's own means. */
  readonly stateBefore?: StateBefore | undefined;
  /** Without them, those of the state before the step. */
  readonly names?: Names | undefined;
}

/** What a script's own names stood for just before a step. */
export interface Names {
  readonly scope: Scope;
  readonly variables: ReadonlyMap<string, Value>;
}

/** A script has fewer variables than this, or they are not noted. */
const FEW = 64;

/** The names as the run has them at its end, noted before it goes on; undefined when that would take long. */
export function namesNow({ timeline }: Run): Names | undefined {
  const { setup, variables } = timeline.stateBefore(timeline.length());
  if (variables.size > FEW) return undefined;
  return { scope: setup.program.scope, variables: new Map(variables) };
}

/**
 * What names stand for at a place; those without a host are the event's connection's, or `host`'s. Whoever is in passing is done
 * with the answer before the next place. The world is made again when somebody asks for it: a condition about a variable never does.
 */
export function environmentAt(
  run: Run,
  place: Place,
  host?: string,
  passing?: Passing,
): Environment {
  const step = passing?.step ?? stepAt(run, place);
  const stateBefore = passing?.stateBefore ?? run.timeline.stateBefore;
  const microstep = step?.microsteps[place.microstep];
  const after = step !== undefined && place.microstep === step.microsteps.length - 1;
  const names = after ? undefined : passing?.names;
  const segment = segmentAt(step, place.microstep);
  const ref = microstep?.connection ?? step?.connection;
  const owner = host ?? ref?.host ?? step?.host;
  const state = once(() => stateBefore(after ? place.step + 1 : place.step));
  const view = once(() => viewAt(run, state(), step, place, ref));
  return {
    get view() {
      return view();
    },
    get scope() {
      return withSegment(names?.scope ?? state().setup.program.scope);
    },
    get variables() {
      return names?.variables ?? state().variables;
    },
    get segments() {
      const { segments } = state();
      return segment ? new Map([...segments, [SEGMENT, segment]]) : segments;
    },
    get bases() {
      return segment && segmentBases(view(), ref, segment);
    },
    get subject() {
      return subjectIn(view(), owner, ref);
    },
  };
}

/** Made when first asked for. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function subjectIn(
  view: View,
  owner: string | undefined,
  ref: ConnectionRef | undefined,
): Subject | undefined {
  if (owner === undefined || !view.world.hosts.has(owner)) return undefined;
  const connection = ref && ref.host === owner ? connectionName(view, ref) : undefined;
  return { host: owner, connection, port: undefined };
}

/** By the script's own scope: breakpoints ask for it again and again. */
const scopes = new WeakMap<Scope, Scope>();

function withSegment(scope: Scope): Scope {
  const known = scopes.get(scope);
  if (known !== undefined) return known;
  const made = { ...scope, segments: new Set([...scope.segments, SEGMENT]) };
  scopes.set(scope, made);
  return made;
}

/** The connection that a segment concerns knows where its numbers begin. */
function segmentBases(
  view: View,
  ref: ConnectionRef | undefined,
  segment: Segment,
): SegmentBases | undefined {
  const host = ref && view.world.hosts.get(ref.host);
  const known = host && (host.connections.get(ref.id) ?? host.latest);
  if (ref === undefined || known?.ref.id !== ref.id) return undefined;
  return segmentBasesOf(view.newer.get(refKey(ref)) ?? known.tcb, segment);
}

/** Where the numbers of a segment begin that a connection sends, or that arrives at it. */
export function segmentBasesOf(tcb: Tcb, segment: Segment): SegmentBases {
  const own = tcb.isn && tcb.iss;
  const other = knowsPeer(tcb) ? tcb.irs : undefined;
  const sends = segment.sourcePort === tcb.local.port;
  return sends ? { sender: own, other } : { sender: other, other: own };
}

/** The world at a place. A connection made in this very step is known too, as the microsteps so far have left it. */
function viewAt(
  { timeline }: Run,
  { world }: RunState,
  step: Step | undefined,
  place: Place,
  ref: ConnectionRef | undefined,
): View {
  if (step === undefined || place.microstep === step.microsteps.length - 1) return viewOf(world);
  const unborn =
    ref !== undefined && place.microstep >= 0 && connectionName(viewOf(world), ref) === undefined;
  return viewWithin(
    unborn ? timeline.stateBefore(place.step + 1).world : world,
    step,
    place.microstep,
  );
}

/** `c1`, or what `as` said; undefined when the host does not know the connection (any more). */
function connectionName({ world }: View, { host, id }: ConnectionRef): string | undefined {
  const there = world.hosts.get(host);
  const found = there?.connections.get(id) ?? there?.latest;
  return found?.ref.id === id ? nameOf(found) : undefined;
}

/** Whether a connection is called so around a step, before it or after it, or goes by that number (`c1`). */
export function isCalledAround(
  run: Run,
  step: Step,
  ref: ConnectionRef,
  name: string,
  stateBefore: StateBefore = run.timeline.stateBefore,
): boolean {
  const after = viewOf(stateBefore(step.index + 1).world);
  const known =
    connectionName(after, ref) ?? connectionName(viewOf(stateBefore(step.index).world), ref);
  if (known === name) return true;
  const host = after.world.hosts.get(ref.host);
  const number = host && !host.names.has(name) ? childNumber(host, ref.id) : undefined;
  return number !== undefined && name === `c${number}`;
}
