/** The syntax tree of an open script, parsed once for each of its versions. */

import * as vscode from 'vscode';
import { type Item, isStatement, type Scenario, type Script } from '../lang/ast.js';
import { parse } from '../lang/parser.js';
import type { Range } from '../lang/range.js';
import type { Statement } from '../lang/statement-tree.js';

const parsed = new WeakMap<vscode.TextDocument, { version: number; script: Script }>();

export function scriptOf(document: vscode.TextDocument): Script {
  const known = parsed.get(document);
  if (known?.version === document.version) return known.script;
  const { script } = parse(document.getText());
  parsed.set(document, { version: document.version, script });
  return script;
}

/** The scenarios of a script, in its order. */
export function scenariosOf(document: vscode.TextDocument): readonly Scenario[] {
  return scriptOf(document).items.filter((item) => item.kind === 'scenario');
}

/** The scenario that a position lies in. */
export function scenarioAt(
  document: vscode.TextDocument,
  position: vscode.Position,
): Scenario | undefined {
  return scenariosOf(document).find(({ range }) => rangeOf(range).contains(position));
}

/** The editor's form of a range. Both count lines and UTF-16 code units from 0. */
export function rangeOf({ start, end }: Range): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}

/** The names of the hosts with a TCP. */
export function hostNamesOf(document: vscode.TextDocument): readonly string[] {
  return scriptOf(document).items.flatMap((item) =>
    item.kind === 'host' && item.role === 'host' ? [item.name.text] : [],
  );
}

/** All statements, those in blocks too. */
export function statementsOf(document: vscode.TextDocument): readonly Statement[] {
  return scriptOf(document).items.flatMap(statementsIn);
}

function statementsIn(item: Item): readonly Statement[] {
  if (item.kind === 'scenario' || item.kind === 'repeat') return item.body.flatMap(statementsIn);
  return isStatement(item) ? [item] : [];
}
