/** Debug sessions in VS Code: the adapter, the configurations, and the commands that begin a run. */

import * as vscode from 'vscode';
import { createSession } from '../debug/session.js';
import { type BeforeShown, RunAdapter } from './adapter.js';
import {
  configurationFor,
  configurationProvider,
  scenarioConfigurations,
} from './configurations.js';
import { currentScript, LANGUAGE } from './documents.js';
import { environment } from './environment.js';
import { DEBUG_SCENARIO, RUN_SCENARIO } from './language.js';
import type { Live } from './live.js';
import { noScript } from './messages.js';

/** `beforeShown` sees the stack of each stop before VS Code does. */
export function registerDebugging(live: Live, beforeShown: BeforeShown): vscode.Disposable {
  const { debug, commands, DebugConfigurationProviderTriggerKind: Trigger } = vscode;
  return vscode.Disposable.from(
    debug.registerDebugAdapterDescriptorFactory(LANGUAGE, {
      createDebugAdapterDescriptor(session) {
        const adapter = new RunAdapter(createSession(environment), beforeShown);
        live.add(session, adapter);
        return new vscode.DebugAdapterInlineImplementation(adapter);
      },
    }),
    debug.registerDebugConfigurationProvider(LANGUAGE, configurationProvider),
    debug.registerDebugConfigurationProvider(LANGUAGE, scenarioConfigurations, Trigger.Dynamic),
    commands.registerCommand('tcpflow.debug', (uri?: vscode.Uri) => start(uri, {})),
    commands.registerCommand('tcpflow.run', (uri?: vscode.Uri) => start(uri, { noDebug: true })),
    commands.registerCommand(DEBUG_SCENARIO, (uri: vscode.Uri, scenario?: string) =>
      start(uri, {}, scenario),
    ),
    commands.registerCommand(RUN_SCENARIO, (uri: vscode.Uri, scenario?: string) =>
      start(uri, { noDebug: true }, scenario),
    ),
  );
}

async function start(
  uri: vscode.Uri | undefined,
  options: vscode.DebugSessionOptions,
  scenario?: string,
): Promise<void> {
  const script = uri ?? currentScript()?.document.uri;
  if (!script) return void vscode.window.showInformationMessage(noScript);
  const folder = vscode.workspace.getWorkspaceFolder(script);
  await vscode.debug.startDebugging(folder, configurationFor(script, scenario), options);
}
