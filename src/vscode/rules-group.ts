/** Where the RFC's documents stand: in a group of their own below the script, which stays in sight. */

import * as vscode from 'vscode';
import { RFC_SCHEME } from '../debug/rfc-document.js';
import { currentScript } from './documents.js';

export interface RulesGroup {
  /** A document that is open stays where it is, wherever the user has put it. */
  readonly open: (uri: vscode.Uri) => Promise<void>;
  /** Closes all of them: the group goes, and the script gets its room. */
  readonly close: () => Promise<void>;
}

export function createRulesGroup(): RulesGroup {
  // One after the other: two at once would make two groups.
  let last: Promise<void> = Promise.resolve();
  const then = (next: () => Promise<void>) => {
    last = last.catch(() => undefined).then(next);
    return last;
  };
  return { open: (uri) => then(() => open(uri)), close: () => then(close) };
}

async function open(uri: vscode.Uri): Promise<void> {
  const ours = tabsOfRules();
  if (ours.some((tab) => uriOf(tab)?.toString() === uri.toString())) return;
  const document = await vscode.workspace.openTextDocument(uri);
  const [other] = ours;
  if (other) {
    const { viewColumn } = other.group;
    const options = { viewColumn, preview: false, preserveFocus: true };
    await vscode.window.showTextDocument(document, options);
  } else await openBelowScript(document);
}

/** A group is split off the active one, so the script has to be that for a moment. */
async function openBelowScript(document: vscode.TextDocument): Promise<void> {
  const script = currentScript();
  const toScript = async () => {
    if (!script) return;
    const viewColumn = script.viewColumn ?? vscode.ViewColumn.One;
    await vscode.window.showTextDocument(script.document, { viewColumn });
  };
  await toScript();
  await vscode.commands.executeCommand('workbench.action.newGroupBelow');
  await vscode.window.showTextDocument(document, { preview: false });
  await toScript();
}

async function close(): Promise<void> {
  const ours = tabsOfRules();
  if (ours.length > 0) await vscode.window.tabGroups.close(ours);
}

function tabsOfRules(): readonly vscode.Tab[] {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  return tabs.filter((tab) => uriOf(tab)?.scheme === RFC_SCHEME);
}

function uriOf(tab: vscode.Tab): vscode.Uri | undefined {
  return tab.input instanceof vscode.TabInputText ? tab.input.uri : undefined;
}
