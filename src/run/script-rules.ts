/** The script's own rules: what a statement that is no user call leaves in the record. */

import type { Effect, Microstep, RuleInfo } from '../tcp/rule.js';

function rule(step: string, title: string): RuleInfo {
  return { id: `script/${step}`, rfc: 'script', title, moves: [] };
}

/** By name; each is `script/...` in the record. */
export const SCRIPT = {
  callFailed: rule('call-failed', 'The call met an error'),
  wait: rule('wait', 'Let time pass'),
  waited: rule('waited', 'Time has passed'),
  expect: rule('expect', 'Wait for what is expected'),
  met: rule('expect-met', 'What was expected came to be'),
  failed: rule('expect-failed', 'What was expected did not come to be'),
  blank: rule('blank', 'Not answered yet'),
  never: rule('never', 'Watch that it does not happen'),
  fault: rule('fault', 'Arm a fault'),
  repeat: rule('repeat', 'Repeat'),
  let: rule('let', 'Name a value'),
  environment: rule('environment', 'Set up the host'),
  unsupported: rule('unsupported', 'Not supported'),
  print: rule('print', 'Print'),
  limit: rule('limit', "Reach the run's limit"),
} as const;

/** A microstep of the script itself, with its reason. */
export function scripted(
  info: RuleInfo,
  why: () => string,
  effects?: readonly Effect[],
): Microstep {
  return {
    rule: info,
    why,
    connection: undefined,
    before: undefined,
    after: undefined,
    effects: effects ?? [],
  };
}

/** Whether a rule is one of the script's own, not one of TCP's or of a link. */
export function isScripted(info: RuleInfo): boolean {
  return info.rfc === 'script';
}

/** Whether a microstep says that an expectation failed. */
export function isFailure(microstep: Microstep): boolean {
  return microstep.rule.id === SCRIPT.failed.id;
}
