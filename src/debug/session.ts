/** The Debug Adapter Protocol: which request is answered by what. */

import { DebugSession, Event, Response } from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { checkedArguments } from './arguments.js';
import { setExpression, setVariable } from './assign.js';
import { createBreakpoints } from './breakpoints.js';
import { stepInTargets } from './choices.js';
import { completions } from './completions.js';
import { evaluate } from './console.js';
import { dataBreakpointInfo } from './data-breakpoints.js';
import type { Answer, Debugger, Environment, Handler } from './debugger.js';
import { terminateThreads } from './edits.js';
import * as errors from './errors.js';
import { goTo, gotoTargets } from './goto.js';
import { createHandles } from './handles.js';
import { initialize } from './initialize.js';
import { inlineValues } from './inline-values.js';
import { goToLastChange } from './last-change.js';
import * as launch from './launch.js';
import { locations } from './locations.js';
import { readMemory, writeMemory } from './memory.js';
import * as moves from './moves.js';
import { createOutput } from './output.js';
import { saveRun } from './save.js';
import * as setBreakpoints from './set-breakpoints.js';
import * as stack from './stack.js';
import { exceptionInfo } from './stops.js';
import * as variables from './variables.js';
import * as views from './view-requests.js';

const REQUESTS: Readonly<Record<string, Handler<never>>> = {
  initialize,
  launch: launch.launch,
  attach: launch.attach,
  configurationDone: launch.configurationDone,
  restart: launch.restart,
  terminate: launch.terminate,
  disconnect: launch.disconnect,

  setBreakpoints: setBreakpoints.setBreakpoints,
  breakpointLocations: setBreakpoints.breakpointLocations,
  setFunctionBreakpoints: setBreakpoints.setFunctionBreakpoints,
  setExceptionBreakpoints: setBreakpoints.setExceptionBreakpoints,
  dataBreakpointInfo,
  setDataBreakpoints: setBreakpoints.setDataBreakpoints,

  exceptionInfo,
  threads: stack.threads,
  stackTrace: stack.stackTrace,
  scopes: variables.scopes,
  variables: variables.variables,
  source: stack.source,
  locations,
  evaluate,
  completions,

  continue: moves.resume,
  next: moves.next,
  stepIn: moves.stepIn,
  stepOut: moves.stepOut,
  stepBack: moves.stepBack,
  reverseContinue: moves.reverseContinue,
  restartFrame: moves.restartFrame,
  gotoTargets,
  goto: goTo,
  pause: moves.pause,
  cancel: moves.cancel,
  'tcpflow/reverseOver': moves.reverseOver,
  'tcpflow/reverseOut': moves.reverseOut,
  'tcpflow/eventAtHost': moves.eventAtHost,

  stepInTargets,
  terminateThreads,
  setVariable,
  setExpression,
  readMemory,
  writeMemory,

  'tcpflow/view': views.view,
  'tcpflow/travel': views.travel,
  'tcpflow/inlineValues': inlineValues,
  'tcpflow/lastChange': goToLastChange,
  'tcpflow/rfc': views.rfc,
  'tcpflow/hex': views.hex,
  'tcpflow/numbers': views.numbers,
  'tcpflow/script': saveRun,
};

/** A session of the protocol: inline in VS Code, or started on a pair of streams. */
export class TcpFlowSession extends DebugSession {
  private readonly debugging: Debugger;
  /** The client asks for what is none of the protocol's own: only then it is told such things. */
  private knowsUs: boolean;

  /** `close` ends the connection, or the process, that serves this session alone. */
  constructor(environment: Environment, close: () => void = () => undefined) {
    super();
    this.knowsUs = environment.documents === 'uri';
    this.debugging = {
      environment,
      handles: createHandles(),
      breakpoints: createBreakpoints(),
      output: createOutput(),
      send: (event, body) => this.tell(event, body),
      close,
      client: {
        firstLine: 1,
        firstColumn: 1,
        invalidated: false,
        memory: false,
        progress: false,
        uris: false,
        isVsCode: false,
      },
      phase: 'new',
      session: undefined,
      numbers: { hex: false, relative: false },
    };
  }

  private tell(event: string, body: object | undefined): void {
    if (isOurs(event) && !this.knowsUs) return;
    this.sendEvent(withBody(new Event(event), body));
  }

  /** Every request is answered here, and by nothing else. */
  protected override dispatchRequest(request: DebugProtocol.Request): void {
    void this.answer(request);
  }

  private async answer(request: DebugProtocol.Request): Promise<void> {
    const response: DebugProtocol.Response = new Response(request);
    const { command } = request;
    this.knowsUs ||= isOurs(command);
    let answer: Answer;
    try {
      const handler = Object.hasOwn(REQUESTS, command) ? REQUESTS[command] : undefined;
      if (handler === undefined) throw errors.unknownCommand(command);
      const args = checkedArguments(command, request.arguments);
      const given = handler(this.debugging, args as never);
      answer = given instanceof Promise ? await given : given;
    } catch (error) {
      this.refuse(response, error);
      return;
    }
    const { body, after } = answer;
    this.sendResponse(body === undefined ? response : Object.assign(response, { body }));
    try {
      await after?.();
    } catch (error) {
      this.confess(command, error);
    }
  }

  /** A defect of ours that no response can tell of any more: the console tells, and the session ends. */
  private confess(command: string, error: unknown): void {
    const { message } = errors.ourDefect(command, error, whereOf(this.debugging));
    this.debugging.phase = 'ended';
    this.debugging.send('output', { category: 'stderr', output: `${message}\n` });
    this.debugging.send('terminated');
  }

  private refuse(response: DebugProtocol.Response, error: unknown): void {
    const { command } = response;
    const known = error instanceof errors.UserError;
    const { id, message, shown } = known
      ? error
      : errors.ourDefect(command, error, whereOf(this.debugging));
    // The text is a value, not the format: braces in it are the script's.
    const told = { id, format: '{text}', variables: { text: message }, showUser: shown };
    this.sendResponse(Object.assign(response, { success: false, message, body: { error: told } }));
  }

  /** The record is kept for the views until the editor forgets the session. */
  override dispose(): void {
    if (this.debugging.session) this.debugging.session.cancelled = true;
    this.debugging.session = undefined;
  }
}

export function createSession(environment: Environment): TcpFlowSession {
  return new TcpFlowSession(environment);
}

function isOurs(name: string): boolean {
  return name.startsWith('tcpflow/');
}

function withBody(event: DebugProtocol.Event, body: object | undefined): DebugProtocol.Event {
  return body === undefined ? event : Object.assign(event, { body });
}

/** What a report of a defect needs to be followed up. */
function whereOf({ session }: Debugger): string {
  if (session === undefined) return 'before launch';
  const { step, microstep } = session.cursor;
  return `at step ${step}, microstep ${microstep}, seed ${session.launched.run.seed}`;
}
