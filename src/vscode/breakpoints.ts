/** `Break on State...`: function breakpoints on states, picked from a list instead of typed. */

import * as vscode from 'vscode';
import { rfcName, STATES, type State } from '../tcp/states.js';
import { currentScript } from './documents.js';
import { hostNamesOf } from './scripts.js';

interface StateItem extends vscode.QuickPickItem {
  /** The function breakpoint's name; undefined for a heading. */
  readonly breakpoint?: string;
}

/** Lets the user pick a state of a host; picking one that has its breakpoint takes it away. */
export async function breakOnState(): Promise<void> {
  const picked = await vscode.window.showQuickPick(items(), {
    title: 'Break on State',
    placeHolder: 'Stop when a connection of this host enters...',
    matchOnDescription: true,
  });
  if (picked?.breakpoint === undefined) return;
  const existing = breakpointsNamed(picked.breakpoint);
  if (existing.length > 0) vscode.debug.removeBreakpoints(existing);
  else vscode.debug.addBreakpoints([new vscode.FunctionBreakpoint(picked.breakpoint)]);
}

function items(): readonly StateItem[] {
  const group = (label: string, prefix: string): readonly StateItem[] => [
    { label, kind: vscode.QuickPickItemKind.Separator },
    ...STATES.map((state) => stateItem(state, prefix)),
  ];
  return [...hosts().flatMap((host) => group(host, `${host}:`)), ...group('any host', '')];
}

function stateItem(state: State, prefix: string): StateItem {
  const breakpoint = `${prefix}${state}`;
  const set = breakpointsNamed(breakpoint).length > 0;
  const spelled = rfcName(state) === state ? '' : rfcName(state);
  return {
    label: `${set ? '$(debug-breakpoint-function)' : '$(blank)'} ${breakpoint}`,
    description: set ? `${spelled} is set; pick it to remove it` : spelled,
    breakpoint,
  };
}

function breakpointsNamed(name: string): readonly vscode.FunctionBreakpoint[] {
  return vscode.debug.breakpoints.filter(
    (breakpoint): breakpoint is vscode.FunctionBreakpoint =>
      breakpoint instanceof vscode.FunctionBreakpoint && breakpoint.functionName === name,
  );
}

/** The hosts with a TCP that the script looked at declares. */
function hosts(): readonly string[] {
  const script = currentScript();
  return script ? hostNamesOf(script.document) : [];
}
