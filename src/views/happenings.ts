/** What a step shows besides segments: user calls, time-outs, state changes, what the user is told, notes. */

import type { Step } from '../sim/step.js';
import type { ConnectionRef, Microstep } from '../tcp/rule.js';
import type { State } from '../tcp/states.js';
import type { TimerName } from '../tcp/timers.js';
import type { MarkItem, NoteItem } from './contract.js';

/** Texts are thunks: laying out a long record builds none of them. */
export type Happening =
  | {
      readonly kind: 'mark';
      readonly what: MarkItem['what'];
      readonly host: string;
      readonly microstep: number;
      readonly text: () => string;
      readonly detail: () => string;
    }
  | {
      readonly kind: 'state';
      readonly host: string;
      readonly connection: ConnectionRef;
      readonly from: State;
      readonly to: State;
      readonly microstep: number;
      readonly detail: () => string;
    }
  | {
      readonly kind: 'note';
      readonly what: NoteItem['what'];
      readonly microstep: number;
      readonly text: () => string;
      readonly detail: () => string;
    };

const TIMERS: Readonly<Record<TimerName, string>> = {
  retransmission: 'retransmission timeout',
  timeWait: '2 MSL timeout',
  user: 'user timeout',
  delayedAck: 'delayed ACK is due',
  persist: 'persist timeout',
  keepalive: 'keepalive timeout',
  finWait2: 'FIN_WAIT_2 timeout',
};

/** Rules of scripts and links that concern the whole figure. */
const NOTES: Readonly<Record<string, NoteItem['what']>> = {
  'script/expect-failed': 'failure',
  'script/call-failed': 'note',
  'script/limit': 'failure',
  'script/path': 'fault',
  'script/print': 'note',
};

const POWER: Readonly<Record<string, string>> = {
  'host/crash': 'crash',
  'host/restart': 'restart',
};

const nothing = () => '';

/** What a timer is called where it goes off. */
export function timerText(timer: TimerName): string {
  return TIMERS[timer];
}

/** All that a step shows besides segments, in the order in which it happens. `statement`: its text, as written. */
export function happeningsOf(
  step: Step,
  statement: (index: number) => string,
): readonly Happening[] {
  const found: Happening[] = [];
  const { cause } = step;
  if (cause.kind === 'edit') {
    found.push({
      kind: 'note',
      what: 'edit',
      microstep: -1,
      text: () => cause.text,
      detail: nothing,
    });
  }
  if (cause.kind === 'timeout') {
    found.push(mark('timeout', cause.connection.host, 0, () => timerText(cause.timer)));
  }
  if (cause.kind === 'statement' && step.host !== undefined && step.microsteps.some(isOfTcp)) {
    found.push(mark('call', step.host, 0, () => callText(statement(cause.statement))));
  }
  const told = new Set<string>();
  for (let i = 0; i < step.microsteps.length; i++) {
    ofMicrostep(step, step.microsteps[i] as Microstep, i, told, found);
  }
  return found;
}

function ofMicrostep(
  step: Step,
  microstep: Microstep,
  index: number,
  told: Set<string>,
  found: Happening[],
): void {
  const { rule, before, after, connection, why } = microstep;
  const note = NOTES[rule.id];
  if (note !== undefined) {
    found.push({ kind: 'note', what: note, microstep: index, text: why, detail: () => rule.title });
  }
  const power = POWER[rule.id];
  const host = connection?.host ?? step.host;
  if (host === undefined) return;
  if (power !== undefined && !told.has(power)) {
    told.add(power);
    found.push(mark('crash', host, index, () => power, why));
  }
  for (const effect of microstep.effects) {
    const error = effect.kind === 'complete' && effect.outcome.kind === 'error';
    const text = effect.kind === 'signal' ? effect.text : error ? effect.outcome.text : undefined;
    if (text !== undefined && !told.has(text)) {
      told.add(text);
      found.push(mark('signal', host, index, () => text, why));
    }
    if (effect.kind === 'discard') {
      found.push(mark('discard', host, index, () => 'discarded', why));
    }
  }
  if (connection && after && before?.state !== after.state) {
    // A connection that is given was not there before.
    const [from, to] = [before?.state ?? 'CLOSED', after.state];
    if (from === to) return;
    found.push({ kind: 'state', host, connection, from, to, microstep: index, detail: why });
  }
}

/** A segment that arrives with other fields than it was sent with. `changes`: those it arrives with; `sent`: those it was sent with. */
export function changeMark(host: string, changes: string, sent: string): Happening {
  const detail = () => `It was sent with ${sent}.`;
  return mark('change', host, -1, () => `changed: ${changes}`, detail);
}

function mark(
  what: MarkItem['what'],
  host: string,
  microstep: number,
  text: () => string,
  detail: () => string = nothing,
): Happening {
  return { kind: 'mark', what, host, microstep, text, detail };
}

function isOfTcp({ rule }: Microstep): boolean {
  return rule.rfc.startsWith('RFC') || rule.id === 'script/call';
}

/** `connect server:80` of `client: connect server:80`, `listen(3, 1) = 0` of `+0 listen(3, 1) = 0`. */
function callText(statement: string): string {
  const at = statement.indexOf(': ');
  return at < 0 ? statement.replace(/^[+*]?[\d.]* +/, '') : statement.slice(at + 2).trim();
}
