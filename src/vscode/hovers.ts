/** What a word of a script means: keywords, settings, states, and the RFC's variables. */

import * as vscode from 'vscode';
import { meaningOf } from '../lang/docs.js';
import { LANGUAGE } from './documents.js';

/** A word as it is hovered over: `SND.NXT`, `syn-retries`, `SYN-RECEIVED`. */
const WORD = /\p{L}[\p{L}\p{N}_-]*(\.\p{L}[\p{L}\p{N}_-]*)*/u;

export function registerHovers(): vscode.Disposable {
  return vscode.languages.registerHoverProvider(LANGUAGE, { provideHover });
}

function provideHover(
  document: vscode.TextDocument,
  position: vscode.Position,
): vscode.Hover | undefined {
  const range = document.getWordRangeAtPosition(position, WORD);
  if (!range || inComment(document, position)) return undefined;
  const text = meaningOf(document.getText(range));
  return text === undefined ? undefined : new vscode.Hover(new vscode.MarkdownString(text), range);
}

/** From `#` to the end of the line, unless the `#` is in a quoted text. */
function inComment(document: vscode.TextDocument, position: vscode.Position): boolean {
  const before = document.lineAt(position.line).text.slice(0, position.character);
  return before.replace(/"(\\.|[^"\\])*("|$)/g, '').includes('#');
}
