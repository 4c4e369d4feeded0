/** The extension: which part of it listens to which. */

import * as vscode from 'vscode';
import type { Stop } from './adapter.js';
import { breakOnState } from './breakpoints.js';
import { registerCompletion } from './completion.js';
import { registerConnections } from './connections.js';
import { registerDebugging } from './debugging.js';
import { registerDiagnostics } from './diagnostics.js';
import { createDiagram } from './diagram.js';
import { LANGUAGE } from './documents.js';
import { registerExpressions } from './expressions.js';
import { registerHovers } from './hovers.js';
import { registerLanguage } from './language.js';
import { createLive } from './live.js';
import { newScript } from './messages.js';
import { registerNames } from './names.js';
import { registerNumbers } from './numbers.js';
import { createRules } from './rules.js';
import { registerSignatures } from './signatures.js';
import { createStatementMark } from './statement-mark.js';

export function activate({
  subscriptions,
  extensionUri,
  globalState,
}: vscode.ExtensionContext): void {
  // The script as text.
  subscriptions.push(
    registerLanguage(),
    registerCompletion(),
    registerNames(),
    registerSignatures(),
    registerDiagnostics(),
    registerHovers(),
  );

  // The run, and what shows it: each view asks `live`, whatever session that is.
  const live = createLive(subscriptions);
  const context = { extensionUri, memory: globalState, live };
  const rules = createRules(live, subscriptions);
  const mark = createStatementMark(subscriptions);
  const diagram = createDiagram(context, subscriptions);
  const beforeShown = async (stop: Stop) => {
    mark.update(stop);
    await rules.prepare(stop);
  };
  subscriptions.push(
    registerDebugging(live, beforeShown),
    registerExpressions(),
    registerConnections(context),
    registerNumbers(live),
    vscode.commands.registerCommand('tcpflow.showDiagram', diagram.show),
    vscode.commands.registerCommand('tcpflow.showRules', rules.show),
    vscode.commands.registerCommand('tcpflow.breakOnState', breakOnState),
    vscode.commands.registerCommand('tcpflow.newScript', () => openNew(newScript)),
    vscode.commands.registerCommand('tcpflow.saveRun', saveRun),
    // VS Code has this in the menu of the editor only.
    vscode.commands.registerCommand('tcpflow.choose', () =>
      vscode.commands.executeCommand('workbench.action.debug.stepIntoTarget'),
    ),
    vscode.commands.registerCommand('tcpflow.reverseOver', () => ask('tcpflow/reverseOver')),
    vscode.commands.registerCommand('tcpflow.reverseOut', () => ask('tcpflow/reverseOut')),
    vscode.commands.registerCommand('tcpflow.lastChange', (item?: unknown) =>
      ask('tcpflow/lastChange', rowOf(item)),
    ),
    vscode.commands.registerCommand('tcpflow.nextAtHost', (item?: unknown) =>
      ask('tcpflow/eventAtHost', { threadId: threadOf(item) }),
    ),
    vscode.commands.registerCommand('tcpflow.previousAtHost', (item?: unknown) =>
      ask('tcpflow/eventAtHost', { threadId: threadOf(item), back: true }),
    ),
  );
}

/** The run with its edits as a new script, which nobody has to keep. */
async function saveRun(): Promise<void> {
  const saved = (await ask('tcpflow/script')) as { readonly text: string } | undefined;
  if (saved) await openNew(saved.text);
}

/**
 * A request of our own to the session that has the focus; a session of another debugger is left alone. Undefined without an answer:
 * why there is none, the user is told.
 */
async function ask(request: string, body?: object): Promise<unknown> {
  const session = vscode.debug.activeDebugSession;
  if (session?.type !== LANGUAGE) return undefined;
  try {
    return await session.customRequest(request, body);
  } catch (error) {
    void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

/** The thread of an item of the call stack, else of what is chosen there: menus name it `thread:SESSION:NUMBER`. */
function threadOf(item: unknown): number | undefined {
  const named =
    typeof item === 'object' && item !== null && 'threadId' in item ? item.threadId : '';
  const number = /(\d+)$/.exec(String(named))?.[1];
  return number === undefined ? vscode.debug.activeStackItem?.threadId : Number(number);
}

/** The row of the Variables view that a menu was opened on, and what holds it. */
function rowOf(item: unknown): object {
  const { variable, container } = (item ?? {}) as {
    readonly variable?: { readonly name?: string; readonly evaluateName?: string };
    readonly container?: { readonly variablesReference?: number };
  };
  return {
    variablesReference: container?.variablesReference,
    name: variable?.name,
    expression: variable?.evaluateName,
  };
}

/** A script that is in no file yet. */
async function openNew(content: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language: LANGUAGE, content });
  await vscode.window.showTextDocument(document);
}
