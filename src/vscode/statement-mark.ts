/** While the debugger stands in the RFC's rules: a mark on the statement of the script that led there. */

import * as vscode from 'vscode';
import { RFC_SCHEME } from '../debug/rfc-document.js';
import type { Frame, Stop } from './adapter.js';
import { LANGUAGE, uriOf } from './documents.js';

export interface StatementMark {
  /** Marks the script's frame of a stop's stack, unless it is the top one: VS Code marks that. */
  readonly update: (stop: Stop) => void;
}

export function createStatementMark(subscriptions: vscode.Disposable[]): StatementMark {
  // The colours that VS Code has for a frame that is not the top one.
  const mark = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor('editor.focusedStackFrameHighlightBackground'),
    overviewRulerColor: new vscode.ThemeColor('editor.focusedStackFrameHighlightBackground'),
  });
  let marked: { readonly uri: string; readonly line: number } | undefined;

  const draw = (editor: vscode.TextEditor) => {
    const here = marked?.uri === editor.document.uri.toString() ? marked : undefined;
    const range = here && new vscode.Range(here.line - 1, 0, here.line - 1, 0);
    editor.setDecorations(mark, range ? [range] : []);
    if (range) editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  };
  const drawAll = () => {
    const { visibleTextEditors } = vscode.window;
    visibleTextEditors.filter(({ document }) => document.languageId === LANGUAGE).forEach(draw);
  };
  const set = (frame: Frame | undefined) => {
    const path = frame?.source?.path;
    marked = frame && path ? { uri: uriOf(path).toString(), line: frame.line } : undefined;
    drawAll();
  };
  subscriptions.push(
    mark,
    vscode.debug.onDidTerminateDebugSession(() => set(undefined)),
    vscode.window.onDidChangeVisibleTextEditors((editors) => {
      if (marked && editors.some(({ document }) => document.uri.toString() === marked?.uri))
        drawAll();
    }),
  );
  return {
    update: ({ frames }) => {
      const inRules = isRules(frames[0]);
      set(inRules ? frames.find((frame) => frame.source?.path && !isRules(frame)) : undefined);
    },
  };
}

function isRules(frame: Frame | undefined): boolean {
  return frame?.source?.path?.startsWith(`${RFC_SCHEME}:`) === true;
}
