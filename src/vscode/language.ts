/** The language in the editor: formatting, outline, folding, and Run | Debug above each scenario. */

import * as vscode from 'vscode';
import { type Item, isStatement } from '../lang/ast.js';
import { format } from '../lang/formatter.js';
import type { Range } from '../lang/range.js';
import type { Statement } from '../lang/statement-tree.js';
import { type ScriptSymbol, symbols } from '../lang/symbols.js';
import { LANGUAGE } from './documents.js';
import { rangeOf, scenariosOf, scriptOf } from './scripts.js';

/** Commands behind the lenses: a script's URI and a scenario's name. */
export const RUN_SCENARIO = 'tcpflow.runScenario';
export const DEBUG_SCENARIO = 'tcpflow.debugScenario';

export function registerLanguage(): vscode.Disposable {
  const { languages } = vscode;
  return vscode.Disposable.from(
    languages.registerDocumentFormattingEditProvider(LANGUAGE, { provideDocumentFormattingEdits }),
    languages.registerDocumentSymbolProvider(LANGUAGE, { provideDocumentSymbols }),
    languages.registerFoldingRangeProvider(LANGUAGE, { provideFoldingRanges }),
    languages.registerCodeLensProvider(LANGUAGE, { provideCodeLenses }),
  );
}

function provideDocumentFormattingEdits(document: vscode.TextDocument): vscode.TextEdit[] {
  const text = document.getText();
  const formatted = format(text);
  if (formatted === text) return [];
  const whole = new vscode.Range(0, 0, document.lineCount, 0);
  return [vscode.TextEdit.replace(document.validateRange(whole), formatted)];
}

function provideDocumentSymbols(document: vscode.TextDocument): vscode.DocumentSymbol[] {
  return symbols(scriptOf(document)).map(symbolOf);
}

const symbolKinds: Readonly<Record<ScriptSymbol['kind'], vscode.SymbolKind>> = {
  host: vscode.SymbolKind.Object,
  peer: vscode.SymbolKind.Object,
  link: vscode.SymbolKind.Interface,
  scenario: vscode.SymbolKind.Function,
  connection: vscode.SymbolKind.Variable,
  segment: vscode.SymbolKind.Event,
  value: vscode.SymbolKind.Constant,
};

function symbolOf(symbol: ScriptSymbol): vscode.DocumentSymbol {
  const { name, detail, kind, range, selection, children } = symbol;
  const made = new vscode.DocumentSymbol(
    name,
    detail,
    symbolKinds[kind],
    rangeOf(range),
    rangeOf(selection),
  );
  made.children = children.map(symbolOf);
  return made;
}

function provideFoldingRanges(document: vscode.TextDocument): vscode.FoldingRange[] {
  const { items, comments } = scriptOf(document);
  const blocks = items.flatMap(blocksOf).filter(({ start, end }) => end.line > start.line);
  const { Comment } = vscode.FoldingRangeKind;
  return [
    // The line with the closing brace stays in sight.
    ...blocks.map(({ start, end }) => new vscode.FoldingRange(start.line, end.line - 1)),
    ...runsOf(comments.filter(isWholeLine(document)).map(({ range }) => range.start.line))
      .filter(([first, last]) => last > first)
      .map(([first, last]) => new vscode.FoldingRange(first, last, Comment)),
  ];
}

/** The ranges of an item that have braces, its own and those of the statements in it. */
function blocksOf(item: Item | Statement): readonly Range[] {
  switch (item.kind) {
    case 'host':
    case 'link':
      return item.block ? [item.block.range] : [];
    case 'given':
      return item.block ? [item.block] : [];
    case 'scenario':
    case 'repeat':
      return [item.range, ...item.body.flatMap(blocksOf)];
    default:
      return [];
  }
}

function isWholeLine(document: vscode.TextDocument) {
  return ({ range }: { readonly range: Range }) =>
    document.lineAt(range.start.line).firstNonWhitespaceCharacterIndex === range.start.character;
}

/** Runs of adjacent numbers: first and last of each. */
function runsOf(lines: readonly number[]): readonly (readonly [number, number])[] {
  const runs: [number, number][] = [];
  for (const line of lines) {
    const run = runs.at(-1);
    if (run && run[1] === line - 1) run[1] = line;
    else runs.push([line, line]);
  }
  return runs;
}

function provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
  return runnable(document).flatMap(({ range, scenario }) => {
    const lens = (title: string, tooltip: string, command: string) => {
      const args = [document.uri, scenario];
      return new vscode.CodeLens(rangeOf(range), { title, tooltip, command, arguments: args });
    };
    return [
      lens('$(run) Run', 'Run to the end and check all expectations', RUN_SCENARIO),
      lens('$(debug-alt) Debug', 'Step through, from the first statement on', DEBUG_SCENARIO),
    ];
  });
}

/** The scenarios; a script without any is one, from its first statement on. */
function runnable(
  document: vscode.TextDocument,
): readonly { readonly range: Range; readonly scenario: string | undefined }[] {
  const scenarios = scenariosOf(document);
  if (scenarios.length > 0) {
    return scenarios.map(({ name, head }) => ({ range: head, scenario: name.text }));
  }
  const first = scriptOf(document).items.find(isStatement);
  return first ? [{ range: first.range, scenario: undefined }] : [];
}
