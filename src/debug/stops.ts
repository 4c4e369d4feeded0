/** Why the debugger stopped, in the protocol's words and in ours. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import { FILTERS } from '../run/filters.js';
import { failureAt } from '../run/run.js';
import { isFailure } from '../run/script-rules.js';
import type { Hit } from '../run/stop.js';
import type { Target } from './breakpoints.js';
import { type Answer, type Debugger, type Stopped, stoppedSession } from './debugger.js';
import * as errors from './errors.js';
import type { Moment } from './moment.js';
import * as words from './words.js';

/** The stop at a moment to which a step or these breakpoints led. Several reasons are all said. */
export function stoppedOn(
  { breakpoints }: Debugger,
  moment: Moment,
  hits: readonly Hit[],
): Stopped {
  const targets = hits.flatMap(({ breakpoint }) => breakpoints.targetOf(breakpoint.id) ?? []);
  const [hit] = hits;
  if (hit === undefined) return { reason: 'step', description: words.afterStep };
  const filter = targets.find((target) => target.kind === 'filter')?.filter;
  const text = [...new Set(hits.map(({ why }) => why))].join('; ');
  // The client knows filters by their names, not by numbers.
  const ids = hits.map(({ breakpoint: { id } }) => id);
  const hitBreakpointIds = ids.filter((id) => breakpoints.targetOf(id)?.kind !== 'filter');
  return {
    reason: filter !== undefined ? 'exception' : reasonFor(targets),
    description: describe(moment, targets, filter),
    text,
    hitBreakpointIds,
    ...(filter === undefined ? {} : { exception: exceptionAt(moment, filter, text) }),
  };
}

function reasonFor(targets: readonly Target[]): string {
  if (targets.some(({ kind }) => kind === 'function')) return 'function breakpoint';
  return targets.some(({ kind }) => kind === 'data') ? 'data breakpoint' : 'breakpoint';
}

function describe(
  { step, microstep }: Moment,
  targets: readonly Target[],
  filter: string | undefined,
): string {
  if (filter !== undefined) return words.onFilter(labelOf(filter));
  if (step === undefined || microstep === undefined) return words.onBreakpoint;
  const isData = targets.every(({ kind }) => kind === 'data');
  if (isData) return words.onChange;
  const byName = targets.some(({ kind }) => kind === 'function' || kind === 'rfc');
  if (!byName) return words.onBreakpoint;
  return words.onTransition(microstep) ?? words.onRule(microstep);
}

function labelOf(filter: string): string {
  return FILTERS.find(({ id }) => id === filter)?.label ?? filter;
}

/** What the editor shows in the script: a failure field by field, or the rule with its reason. */
function exceptionAt(
  { run, step, microstep }: Moment,
  filter: string,
  why: string,
): DebugProtocol.ExceptionInfoResponse['body'] {
  const label = labelOf(filter);
  const failure =
    step && microstep && isFailure(microstep) ? failureAt(run, step.index) : undefined;
  const rule = microstep?.rule;
  const detail = failure
    ? failure.message.split('\n').slice(1).join('\n')
    : `${rule?.title ?? ''} (${rule?.id ?? ''}, ${rule?.rfc ?? ''})\n  ${microstep?.why() ?? ''}`;
  return {
    exceptionId: label,
    description: failure?.summary ?? why,
    breakMode: 'always',
    details: { message: failure?.message ?? why, typeName: label, stackTrace: detail },
  };
}

export function exceptionInfo(debugging: Debugger): Answer {
  const { stopped } = stoppedSession(debugging, 'exceptionInfo');
  if (stopped?.exception === undefined) throw errors.notAnException();
  return { body: stopped.exception };
}
