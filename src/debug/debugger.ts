/** What a debug session knows: its client, the run, the cursor in it, and the breakpoints. */

import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Grain } from '../run/stop.js';
import type { Place } from '../sim/step.js';
import type { Feed } from '../views/feed.js';
import type { Breakpoints } from './breakpoints.js';
import * as errors from './errors.js';
import type { Handles } from './handles.js';
import type { History } from './history.js';
import type { Launched } from './launch.js';
import { type Moment, momentAt } from './moment.js';
import type { Numbers } from './numbers.js';
import type { Output } from './output.js';
import type { Past } from './table-items.js';

/** What the session needs of its surroundings: they differ between Node, VS Code and VS Code in a browser. */
export interface Environment {
  /** The text of a file; rejects when it cannot be read. */
  readonly readFile: (path: string) => Promise<string>;
  /** The path of a file that the client names by it or by a URI. */
  readonly pathOf: (name: string) => string;
  readonly uriOf: (path: string) => string;
  /** One spelling for each file, so that two ways to write a path can be compared. */
  readonly normalise: (path: string) => string;
  /** The path of a file that an `include` names, relative to the file that it stands in; undefined: it may not be read. */
  readonly resolve: (from: string, relative: string) => string | undefined;
  /**
   * How the RFC's procedures are shown: by URIs of the scheme `tcpflowrfc`, whose texts the client asks for with the request
   * `tcpflow/rfc`, or as the protocol's own generated sources.
   */
  readonly documents: 'uri' | 'reference';
}

/** What the client said of itself in `initialize`. */
export interface Client {
  /** 0 or 1: what the client adds to our numbers, which count from 0. */
  readonly firstLine: number;
  readonly firstColumn: number;
  readonly invalidated: boolean;
  readonly memory: boolean;
  readonly progress: boolean;
  /** It names files by URIs, not by paths. */
  readonly uris: boolean;
  /** VS Code or one of its kind. */
  readonly isVsCode: boolean;
}

/** `new`: not launched. `ready`: launched, waiting for `configurationDone`. */
export type Phase = 'new' | 'launching' | 'ready' | 'stopped' | 'running' | 'ended';

/** Why the run stands still: what the protocol's `stopped` says, and what `exceptionInfo` adds. */
export interface Stopped {
  readonly reason: string;
  readonly description: string;
  readonly text?: string;
  readonly hitBreakpointIds?: readonly number[];
  readonly exception?: DebugProtocol.ExceptionInfoResponse['body'];
}

/** The launched script, and where we are in it. */
export interface Session {
  readonly launched: Launched;
  /** Counts the runs of this session, from 1: a restart makes a new one. */
  readonly serial: number;
  readonly history: History;
  /** What became of connections. */
  readonly past: Past;
  readonly feed: Feed;
  cursor: Place;
  stopped: Stopped | undefined;
  /** Where each step of the user began: "step back" undoes the last one. */
  readonly trail: Place[];
  /** Of the last step forward. */
  lastGrain: Grain | undefined;
  /** The user asks a search to stop where it is. */
  pausing: boolean;
  /** The progress that the client shows of a long search; undefined: none. */
  progress: string | undefined;
  /** How many searches had their progress shown. */
  searches: number;
  /** A long record is being laid out for the diagram. */
  layingOut: boolean;
  /** Nobody waits for this run any more. */
  cancelled: boolean;
  /** Up to where each log point has spoken, by the breakpoint's id. */
  readonly logged: Map<number, Place>;
}

export interface Debugger {
  readonly environment: Environment;
  readonly handles: Handles;
  readonly breakpoints: Breakpoints;
  readonly output: Output;
  readonly send: (event: string, body?: object) => void;
  /** Ends the connection, or the process, that serves this session alone, if there is one. */
  readonly close: () => void;
  client: Client;
  phase: Phase;
  session: Session | undefined;
  numbers: Numbers;
}

/** What a request is answered with, and what follows once the answer is sent. */
export interface Answer {
  readonly body?: object;
  readonly after?: () => void | Promise<void>;
}

export type Handler<Arguments> = (
  debugging: Debugger,
  args: Partial<Arguments>,
) => Answer | Promise<Answer>;

/** The session of a run that was launched; otherwise the request came too early. */
export function launchedSession({ session }: Debugger, command: string): Session {
  if (session === undefined) throw errors.notLaunched(command);
  return session;
}

/** The session of a run that stands still: what looks at it or moves it needs that. */
export function stoppedSession(debugging: Debugger, command: string): Session {
  const session = launchedSession(debugging, command);
  if (debugging.phase === 'running') throw errors.stillRunning(command);
  if (debugging.phase === 'ended') throw errors.runEnded(command);
  if (debugging.phase !== 'stopped') throw errors.notLaunched(command);
  return session;
}

/** Lets whatever else is to be done be done: a request that came in the meantime, the editor's own work. */
export function othersTurn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

/** The moment at the cursor. */
export function momentNow({ launched, cursor }: Session): Moment {
  return momentAt(launched.run, cursor, launched.run.timeline.passing);
}
