/** Why the debugger stopped, in the protocol's words and in ours. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import { decidedLines, differenceLines, placed } from '../run/explain.js';
import { FILTERS } from '../run/filters.js';
import { failureAt } from '../run/run.js';
import { isFailure } from '../run/script-rules.js';
import type { Hit } from '../run/stop.js';
import { headingOf } from '../tcp/rules.js';
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
  if (hits.length === 0) {
    const { microstep } = moment;
    const text = microstep && `${headingOf(microstep)}: ${microstep.why()}`;
    const step = { reason: 'step', description: words.afterStep };
    return text === undefined ? step : { ...step, text };
  }
  const met = hits.map(({ breakpoint: { id }, why }) => ({
    id,
    why,
    target: breakpoints.targetOf(id),
  }));
  const filters = met.flatMap(({ target }) => (target?.kind === 'filter' ? [target.filter] : []));
  const text = allOf(met.map(({ why }) => why));
  return {
    reason: filters.length > 0 ? 'exception' : reasonFor(met.map(({ target }) => target)),
    description: words.onSeveral([
      ...new Set(met.map(({ target, why }) => describe(moment, target, why))),
    ]),
    text,
    // The client knows filters by their names, not by numbers.
    hitBreakpointIds: met.flatMap(({ id, target }) => (target?.kind === 'filter' ? [] : [id])),
    ...(filters.length === 0 ? {} : { exception: exceptionAt(moment, filters, text) }),
  };
}

function allOf(texts: readonly string[]): string {
  return [...new Set(texts)].join('; ');
}

function reasonFor(targets: readonly (Target | undefined)[]): string {
  if (targets.some((target) => target?.kind === 'function')) return 'function breakpoint';
  return targets.some((target) => target?.kind === 'data') ? 'data breakpoint' : 'breakpoint';
}

/** What is stopped at, to stand behind "Paused on". */
function describe({ microstep }: Moment, target: Target | undefined, why: string): string {
  switch (target?.kind) {
    case 'filter':
      return labelOf(target.filter);
    case 'function':
    case 'rfc':
      return (microstep && (words.entering(microstep) ?? headingOf(microstep))) ?? why;
    case 'data':
      return words.change;
    default:
      return words.breakpoint;
  }
}

function labelOf(filter: string): string {
  return FILTERS.find(({ id }) => id === filter)?.label ?? filter;
}

type Exception = DebugProtocol.ExceptionInfoResponse['body'];

/** What the editor shows in the script: a failure field by field, or the rule with its reason. */
function exceptionAt(moment: Moment, filters: readonly string[], why: string): Exception {
  const { run, step, microstep } = moment;
  const failure =
    step && microstep && isFailure(microstep) ? failureAt(run, step.index) : undefined;
  const label = filters.map(labelOf).join(', ');
  const details = filters.flatMap((filter) => detailLines(moment, filter));
  const [first, ...rest] = failure ? placed(failure, run.program).split('\n') : [why];
  const lines = [...rest, ...new Set(details)];
  return {
    exceptionId: label,
    description: failure?.summary ?? why,
    breakMode: 'always',
    details: {
      message: [first, ...lines].join('\n'),
      typeName: label,
      stackTrace: lines.map(byHeading).join('\n'),
    },
  };
}

/** Without the rule's id before its heading: VS Code, which shows this, takes a slash for the beginning of a path. */
function byHeading(line: string): string {
  return line.replace(/(decided at .*? by )[a-z-]+\/[\w-]+ (?=")/, '$1');
}

/** Field by field what would have been right and what is, and the rule that decided. */
function detailLines({ run, step, microstep, place }: Moment, filter: string): readonly string[] {
  const found = FILTERS.find(({ id }) => id === filter);
  if (step === undefined || found?.details === undefined) return [];
  const { columns, rows, decided } = found.details({ run, step, microstep, place });
  return [
    ...differenceLines(rows, columns),
    ...decidedLines(decided && { rule: decided.rule, why: decided.why(), at: step.at }),
  ];
}

export function exceptionInfo(debugging: Debugger): Answer {
  const { stopped } = stoppedSession(debugging, 'exceptionInfo');
  if (stopped?.exception === undefined) throw errors.notAnException();
  return { body: stopped.exception };
}
