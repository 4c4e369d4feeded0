/** The mistakes of open scripts as problems, while they are being typed; quick fixes where there is one. */

import * as vscode from 'vscode';
import { compileScript } from '../debug/script.js';
import { type Diagnostic, diagnosticText, isError } from '../lang/diagnostics.js';
import { DEFAULT_PROFILE, PROFILE_NAMES } from '../tcp/profiles.js';
import { isScript, LANGUAGE, pathOf, textOf } from './documents.js';
import { environment } from './environment.js';
import { mistakeIn } from './messages.js';
import { rangeOf } from './scripts.js';

/** Milliseconds without a key press: a word half typed is no mistake yet. */
const PAUSE = 250;

export function registerDiagnostics(): vscode.Disposable {
  const problems = vscode.languages.createDiagnosticCollection(LANGUAGE);
  const mistakes = new Map<string, readonly Diagnostic[]>();
  const timers = new Map<string, ReturnType<typeof setTimeout>>();

  const check = async (document: vscode.TextDocument) => {
    const { version } = document;
    const path = pathOf(document.uri);
    const { diagnostics } = await compileScript(
      environment,
      document.getText(),
      path,
      DEFAULT_PROFILE,
    );
    // Typed on, or closed, while included files were read.
    if (document.isClosed || document.version !== version) return;
    mistakes.set(document.uri.toString(), diagnostics);
    problems.set(document.uri, diagnostics.map(problemOf));
  };
  const checkSoon = (document: vscode.TextDocument, pause: number) => {
    if (!isScript(document)) return;
    const key = document.uri.toString();
    clearTimeout(timers.get(key));
    timers.set(
      key,
      setTimeout(() => void check(document), pause),
    );
  };
  const forget = ({ uri }: vscode.TextDocument) => {
    clearTimeout(timers.get(uri.toString()));
    timers.delete(uri.toString());
    mistakes.delete(uri.toString());
    problems.delete(uri);
  };
  const checkAll = () => {
    for (const document of vscode.workspace.textDocuments) checkSoon(document, 0);
  };
  checkAll();
  return vscode.Disposable.from(
    problems,
    { dispose: () => [...timers.values()].map(clearTimeout) },
    vscode.workspace.onDidOpenTextDocument((document) => checkSoon(document, 0)),
    vscode.workspace.onDidChangeTextDocument(({ document }) => checkSoon(document, PAUSE)),
    vscode.workspace.onDidSaveTextDocument(checkAll), // one may include the other
    vscode.workspace.onDidCloseTextDocument(forget),
    vscode.languages.registerCodeActionsProvider(
      LANGUAGE,
      {
        provideCodeActions: (document, _range, { diagnostics }) =>
          diagnostics.flatMap((problem) => {
            const known = mistakes.get(document.uri.toString()) ?? [];
            const mistake = known.find((one) => isAbout(problem, one));
            return mistake?.fix === undefined ? [] : [fixOf(document, problem, mistake.fix)];
          }),
      },
      { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
    ),
  );
}

/**
 * Shows the first of the mistakes for which a script cannot run, in its editor and in words. Whether there is one: what has none, or
 * cannot be read, is the session's affair.
 */
export async function showMistake(
  uri: vscode.Uri,
  scenario: string | undefined,
  profile: string = DEFAULT_PROFILE,
): Promise<boolean> {
  const text = await textOf(uri).catch(() => undefined);
  if (text === undefined || !PROFILE_NAMES.includes(profile)) return false;
  const compiled = await compileScript(environment, text, pathOf(uri), profile, scenario);
  const mistakes = compiled.diagnostics.filter(isError);
  const [first] = mistakes;
  if (compiled.program !== undefined || first === undefined) return false;
  await vscode.window.showTextDocument(uri, { selection: rangeOf(first.range) });
  const line = first.range.start.line + 1;
  void vscode.window.showErrorMessage(mistakeIn(line, diagnosticText(first), mistakes.length - 1));
  return true;
}

function problemOf(mistake: Diagnostic): vscode.Diagnostic {
  const severity = vscode.DiagnosticSeverity[isError(mistake) ? 'Error' : 'Warning'];
  const problem = new vscode.Diagnostic(rangeOf(mistake.range), diagnosticText(mistake), severity);
  problem.source = 'TCP Flow';
  problem.code = mistake.code;
  return problem;
}

/** VS Code gives back copies of the problems. */
function isAbout(problem: vscode.Diagnostic, mistake: Diagnostic): boolean {
  return problem.code === mistake.code && problem.range.isEqual(rangeOf(mistake.range));
}

function fixOf(
  document: vscode.TextDocument,
  problem: vscode.Diagnostic,
  text: string,
): vscode.CodeAction {
  const action = new vscode.CodeAction(`Change to "${text}"`, vscode.CodeActionKind.QuickFix);
  action.edit = new vscode.WorkspaceEdit();
  action.edit.replace(document.uri, problem.range, text);
  action.diagnostics = [problem];
  action.isPreferred = true;
  return action;
}
