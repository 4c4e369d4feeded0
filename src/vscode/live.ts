/** The run that the views show: the last one begun, and what it tells them, also after its session has ended. */

import * as vscode from 'vscode';
import type { FromView, ToView } from '../views/contract.js';
import type { CustomEvent, RunAdapter } from './adapter.js';
import { LANGUAGE, uriOf } from './documents.js';

/** Requests and events of the session that are not the protocol's own. */
const VIEW = 'tcpflow/view';
const MOVED = 'tcpflow/moved';
const OPEN = 'tcpflow/open';

/** A statement of a script that a view asks for. Counted from 1. */
interface Statement {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

export interface Live {
  /** What a view is told. */
  readonly onDidTell: vscode.Event<ToView>;
  /** Another run is shown, and it has something to show: views ask for all of it. */
  readonly onDidBegin: vscode.Event<void>;
  /** The cursor is at another place, or what surrounds it has changed. */
  readonly onDidMove: vscode.Event<void>;
  /** What a view asks or tells. Without a run nothing comes of it. */
  readonly tell: (message: FromView) => void;
  /** A request of the session shown; undefined without one, or when it is refused. */
  readonly ask: (command: string, args: unknown) => Promise<unknown>;
  /** Whether there is a run to show. */
  readonly exists: () => boolean;
  /** A session begins to live in this adapter. */
  readonly add: (session: vscode.DebugSession, adapter: RunAdapter) => void;
}

/** Keeps the adapters of all sessions that go on, and of the one shown. */
export function createLive(subscriptions: vscode.Disposable[]): Live {
  const told = new vscode.EventEmitter<ToView>();
  const begun = new vscode.EventEmitter<void>();
  const moved = new vscode.EventEmitter<void>();
  const going = new Map<string, RunAdapter>();
  const moving = new WeakSet<RunAdapter>();
  let shown: RunAdapter | undefined;

  const show = (adapter: RunAdapter) => {
    if (shown === adapter) return;
    const before = shown;
    shown = adapter;
    if (before && ![...going.values()].includes(before)) before.forget();
    if (moving.has(adapter)) begun.fire();
  };
  const receive = (adapter: RunAdapter, { event, body }: CustomEvent) => {
    const isFirst = event === MOVED && !moving.has(adapter);
    if (isFirst) moving.add(adapter);
    if (adapter !== shown) return;
    if (event === VIEW) told.fire(body as ToView);
    if (event === OPEN) void openStatement(body as Statement);
    if (event === MOVED) (isFirst ? begun : moved).fire();
  };
  const add = (session: vscode.DebugSession, adapter: RunAdapter) => {
    going.set(session.id, adapter);
    adapter.onDidSendCustomEvent((event) => receive(adapter, event));
    adapter.onDidRestart(() => {
      if (adapter === shown) begun.fire();
    });
    show(adapter);
  };
  const ask = async (command: string, args: unknown) => shown?.ask(command, args);

  subscriptions.push(
    told,
    begun,
    moved,
    vscode.debug.onDidChangeActiveDebugSession((session) => {
      const adapter = session?.type === LANGUAGE ? going.get(session.id) : undefined;
      if (adapter) show(adapter);
    }),
    vscode.debug.onDidTerminateDebugSession(({ id }) => {
      const adapter = going.get(id);
      going.delete(id);
      if (adapter !== shown) adapter?.forget();
    }),
    { dispose: () => shown?.forget() },
  );
  return {
    onDidTell: told.event,
    onDidBegin: begun.event,
    onDidMove: moved.event,
    tell: (message) => void ask(VIEW, message),
    ask,
    exists: () => shown !== undefined,
    add,
  };
}

/** In the column where the script is open already, if it is. */
async function openStatement({ path, line, column }: Statement): Promise<void> {
  const uri = uriOf(path);
  const visible = vscode.window.visibleTextEditors.find(
    ({ document }) => document.uri.toString() === uri.toString(),
  );
  const position = new vscode.Position(line - 1, column - 1);
  await vscode.window.showTextDocument(uri, {
    viewColumn: visible?.viewColumn ?? vscode.ViewColumn.One,
    selection: new vscode.Range(position, position),
  });
}
