/** What is to happen next, by choice: a segment's fate, a timer, a user's call, as targets of "step into". */

import type { DebugProtocol } from '@vscode/debugprotocol';
import { spaced } from '../base/spaced.js';
import { printDuration } from '../base/time.js';
import { durationText } from '../lang/numbers.js';
import type { RunEdit } from '../run/edit.js';
import { fateStatement, meetNow, spokenOf, underWay } from '../run/in-flight.js';
import { calledConnection, viewOf } from '../run/view.js';
import type { Delivery } from '../sim/delivery.js';
import * as edits from '../sim/edits.js';
import type { World } from '../sim/world.js';
import { nameOf } from '../tcp/host.js';
import { printSegment } from '../tcp/segment.js';
import { armedTimers, type TimerName } from '../tcp/timers.js';
import { type Answer, type Debugger, type Session, stoppedSession } from './debugger.js';
import { editedWorld, statementEdit } from './edits.js';
import * as errors from './errors.js';
import { joinPath, splitPath } from './handles.js';

/** How much later a segment arrives that is delayed by choice: beyond a usual first RTO. */
const LATE = 1_000_000;

/** Segments and connections whose choices are offered. */
const MANY = 30;

interface Choice {
  /** What the choice is, to be found again: `deliver/3`, `timer/client/1/retransmission`, `say/client: close`. */
  readonly path: string;
  readonly label: string;
}

export function stepInTargets(debugging: Debugger): Answer {
  const session = stoppedSession(debugging, 'stepInTargets');
  const targets = choicesOf(editedWorld(session)).map(
    ({ path, label }): DebugProtocol.StepInTarget => ({
      id: debugging.handles.idOf(joinPath('choice', path)),
      label,
    }),
  );
  return { body: { targets } };
}

/** The edit that a target stands for; throws when it is none, or no longer possible. */
export function chosenEdit(debugging: Debugger, session: Session, id: number): RunEdit {
  const [kind, path = ''] = splitPath(debugging.handles.pathOf(id) ?? '');
  const choice =
    kind === 'choice'
      ? choicesOf(editedWorld(session)).find((one) => one.path === path)
      : undefined;
  if (choice === undefined) throw errors.unknownChoice(id);
  return editOf(session, choice);
}

function choicesOf(world: World): readonly Choice[] {
  const all = underWay(world);
  const moving = all
    .slice(0, Math.min(MANY, world.queue.length))
    .flatMap((delivery) => segmentChoices(delivery, FATES));
  const held = all
    .slice(world.queue.length)
    .slice(0, MANY)
    .flatMap((delivery) => segmentChoices(delivery, ['deliver', 'drop', 'corrupt']));
  const hosts = [...world.hosts.keys()].filter((name) => !world.down.has(name));
  return [
    ...moving,
    ...held,
    ...hosts.flatMap((name) => timerChoices(world, name)),
    ...hosts.flatMap((name) => callChoices(world, name)),
  ];
}

const FATES = ['deliver', 'drop', 'duplicate', 'delay', 'corrupt'] as const;
type Fate = (typeof FATES)[number];

function segmentChoices(delivery: Delivery, fates: readonly Fate[]): readonly Choice[] {
  const { id, from, to, segment } = delivery;
  const what = `#${id} ${from} -> ${to} ${printSegment(segment)}`;
  return fates.map((fate) => {
    const by = fate === 'delay' ? ` by ${printDuration(LATE)}` : '';
    return { path: joinPath(fate, String(id)), label: `${fate} ${what}${by}` };
  });
}

function timerChoices(world: World, name: string): readonly Choice[] {
  const connections = [...(world.hosts.get(name)?.connections.values() ?? [])];
  return connections.slice(-MANY).flatMap((connection) =>
    armedTimers(connection.tcb.timers).map(({ name: timer, at }) => {
      const left = printDuration(Math.max(0, at - world.now));
      const label = `fire ${name}.${nameOf(connection)}: ${spaced(timer)} timer (due in ${left})`;
      return { path: joinPath('timer', name, String(connection.ref.id), timer), label };
    }),
  );
}

function callChoices(world: World, name: string): readonly Choice[] {
  const subject = { host: name, connection: undefined, port: undefined };
  if (calledConnection(viewOf(world), subject) === undefined) return [];
  return ['close', 'abort'].map((call) => {
    const label = `${name}: ${call}`;
    return { path: joinPath('say', label), label };
  });
}

function editOf(session: Session, { path, label: text }: Choice): RunEdit {
  const [kind, first = '', id, timer] = splitPath(path);
  const number = Number(first);
  switch (kind) {
    case 'deliver':
      return {
        text,
        statement: ({ world }) => `deliver ${spokenOf(world, number)}`,
        chosen: { kind: 'arrival' },
        apply: ({ world }) => edits.deliverIn(world, number, 0),
      };
    case 'drop':
    case 'duplicate':
    case 'delay':
    case 'corrupt':
      return fateEdit(text, number, kind);
    case 'timer':
      return timerEdit(session, text, first, Number(id), timer as TimerName);
    default:
      return statementEdit(session, first);
  }
}

function fateEdit(text: string, id: number, fate: Exclude<Fate, 'deliver'>): RunEdit {
  const by = fate === 'delay' ? durationText(LATE) : undefined;
  return {
    text,
    statement: ({ world }) => fateStatement(world, id, fate, by),
    apply: ({ world }) => meetNow(world, id, fate, { by: LATE, as: '' }),
  };
}

/** The timer is due at once, and goes off before anything else happens. */
function timerEdit(
  session: Session,
  text: string,
  host: string,
  id: number,
  timer: TimerName,
): RunEdit {
  const connection = editedWorld(session).hosts.get(host)?.connections.get(id);
  return {
    text,
    statement: `fire ${host}.${connection && nameOf(connection)}.timers.${timer}`,
    chosen: { kind: 'timeout', timer: { connection: { host, id }, timer } },
    apply: ({ world }) => {
      const connection = world.hosts.get(host)?.connections.get(id);
      if (connection === undefined) return `${host} has no such connection here.`;
      return edits.fireTimer(world, connection.ref, timer, text);
    },
  };
}
