/** A place of the record in one sentence: what the live region says and the cursor's line shows. */

import { printInstant } from '../base/time.js';
import type { Place, Step } from '../sim/step.js';
import { moveOf } from '../tcp/rule.js';
import { headingOf } from '../tcp/rules.js';
import { printCtl } from '../tcp/segment.js';
import { timerText } from './happenings.js';

/** `0.010000 s, server: SYN from client arrives`; after a rule: its heading and, if it made one, the state change. */
export function momentText(
  step: Step | undefined,
  { microstep }: Place,
  statement: (index: number) => string,
): string {
  if (step === undefined) return 'the end of the run';
  const at = `${printInstant(step.at)} s`;
  const text = what(step, microstep, statement);
  // A statement that is a call says itself whose it is.
  if (step.host === undefined || text.startsWith(`${step.host}:`)) return `${at}: ${text}`;
  return `${at}, ${step.host}: ${text}`;
}

function what(step: Step, index: number, statement: (index: number) => string): string {
  const microstep = step.microsteps[index];
  if (microstep === undefined) return causeText(step, statement);
  return moveOf(microstep) ?? headingOf(microstep);
}

function causeText({ cause }: Step, statement: (index: number) => string): string {
  switch (cause.kind) {
    case 'statement':
      return statement(cause.statement);
    case 'settled':
      return `settled: ${statement(cause.statement)}`;
    case 'arrival':
      return `${printCtl(cause.delivery.segment.ctl)} from ${cause.delivery.from} arrives`;
    case 'timeout':
      return timerText(cause.timer);
    case 'edit':
      return cause.text;
  }
}
