/** Parameter hints: the form of the statement or call that is being written. */

import * as vscode from 'vscode';
import { signatureAt } from '../lang/signature.js';
import { LANGUAGE } from './documents.js';

export function registerSignatures(): vscode.Disposable {
  return vscode.languages.registerSignatureHelpProvider(LANGUAGE, { provideSignatureHelp }, ' ');
}

/** One form, the one that fits: of several the arrow keys would choose, and no longer move the cursor. */
function provideSignatureHelp(
  document: vscode.TextDocument,
  { line, character }: vscode.Position,
): vscode.SignatureHelp | undefined {
  const found = signatureAt(document.lineAt(line).text.slice(0, character));
  if (found === undefined) return undefined;
  const signature = new vscode.SignatureInformation(found.form, found.doc);
  signature.parameters = found.parts.map(
    ([start, end]) => new vscode.ParameterInformation([start, end]),
  );
  const help = new vscode.SignatureHelp();
  help.signatures = [signature];
  help.activeParameter = found.next;
  return help;
}
