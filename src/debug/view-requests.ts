/** Requests that are none of the protocol's own: what the views ask, and the RFC's documents. */

import type { Run } from '../run/run.js';
import type { Place } from '../sim/step.js';
import type { FromView } from '../views/contract.js';
import { travelUnasked } from './cursor.js';
import { type Answer, type Debugger, launchedSession, stoppedSession } from './debugger.js';
import * as errors from './errors.js';
import { documentAtCursor, placeInSource } from './sources.js';
import { layOutRest, tellViews } from './view-feed.js';

/** A message of a view. Answered also after the end: the record stays. */
export function view(debugging: Debugger, message: Partial<FromView>): Answer {
  const session = launchedSession(debugging, 'tcpflow/view');
  switch (message.kind) {
    case 'travel':
      return travel(debugging, message);
    case 'open':
      return open(debugging, message.statement ?? -1);
    case 'ready':
    case 'rows':
    case 'page':
      tellViews(debugging, session.feed.answer(message as FromView));
      return { after: () => layOutRest(debugging, session) };
    default:
      return {};
  }
}

/** Shows a statement of the script: the editor is asked to. */
function open(debugging: Debugger, statement: number): Answer {
  const session = launchedSession(debugging, 'tcpflow/view');
  const instruction = session.launched.run.program.instructions[statement];
  if (instruction === undefined) return {};
  const { source, line, column } = placeInSource(debugging, instruction.place);
  debugging.send('tcpflow/open', { ...source, line, column });
  return {};
}

/** A click on an arrow: the cursor goes to that place of the record. */
export function travel(debugging: Debugger, args: Partial<Place>): Answer {
  const over = debugging.phase === 'ended';
  const session = (over ? launchedSession : stoppedSession)(debugging, 'tcpflow/travel');
  const { timeline } = session.launched.run;
  const { step, microstep = -1 } = args;
  if (step === undefined || !isRecorded(timeline, { step, microstep })) {
    throw errors.wrongPlace(step, microstep, timeline.length());
  }
  return { after: () => travelUnasked(debugging, session, { step, microstep }) };
}

function isRecorded(timeline: Run['timeline'], { step, microstep }: Place): boolean {
  if (!Number.isInteger(step) || step < 0 || step >= timeline.length()) return false;
  const { microsteps } = timeline.step(step);
  return Number.isInteger(microstep) && microstep >= -1 && microstep < microsteps.length;
}

/** A document of the RFC with the numbers of the event at the cursor. Answered also after the end. */
export function rfc(debugging: Debugger, args: { readonly uri?: unknown }): Answer {
  const session = launchedSession(debugging, 'tcpflow/rfc');
  const text = documentAtCursor(session, String(args.uri));
  if (text === undefined) throw errors.unknownSource(args.uri);
  return { body: text };
}

/** Numbers in hexadecimal, or no longer. */
export function hex(debugging: Debugger, args: { readonly hex?: unknown }): Answer {
  const wanted = typeof args.hex === 'boolean' ? args.hex : !debugging.numbers.hex;
  return numbers(debugging, { hex: wanted });
}

/** How numbers are shown from now on: in variables, what is evaluated, hovers, inline values. What is left out stays. */
export function numbers(
  debugging: Debugger,
  args: { readonly hex?: unknown; readonly relative?: unknown },
): Answer {
  const before = debugging.numbers;
  debugging.numbers = {
    hex: typeof args.hex === 'boolean' ? args.hex : before.hex,
    relative: typeof args.relative === 'boolean' ? args.relative : before.relative,
  };
  const after = () => {
    const stopped = debugging.phase === 'stopped';
    if (stopped && debugging.client.invalidated) {
      debugging.send('invalidated', { areas: ['variables'] });
    }
  };
  return { body: { ...debugging.numbers }, after };
}
