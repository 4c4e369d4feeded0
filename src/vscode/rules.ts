/** The RFC's procedures as read-only documents, with the numbers of the event at the cursor. */

import * as vscode from 'vscode';
import {
  documentName,
  documentUri,
  placeOfRule,
  RFC_SCHEME,
  type RfcText,
  rfcText,
} from '../debug/rfc-document.js';
import { PROCEDURES } from '../tcp/rules.js';
import type { Stop } from './adapter.js';
import { LANGUAGE, RULES_LANGUAGE } from './documents.js';
import type { Live } from './live.js';
import { createRulesGroup } from './rules-group.js';

const TEXT_REQUEST = 'tcpflow/rfc';

export interface Rules {
  /**
   * Opens the top frame's document where the script stays in sight, before VS Code opens it on top of the script. A
   * failure is explained within the script, which then needs the room.
   */
  readonly prepare: (stop: Stop) => Promise<void>;
  /** Lets the user pick a procedure to read. */
  readonly show: () => Promise<void>;
}

export function createRules(live: Live, subscriptions: vscode.Disposable[]): Rules {
  const group = createRulesGroup();
  provideTexts(live, subscriptions);
  subscriptions.push(
    vscode.debug.onDidTerminateDebugSession(({ type }) => {
      if (type === LANGUAGE) void group.close(); // what it showed was that session's moment
    }),
  );
  return {
    prepare: async ({ reason, frames: [top] }) => {
      const path = top?.source?.path ?? '';
      if (path.startsWith(`${RFC_SCHEME}:`)) await group.open(vscode.Uri.parse(path));
      else if (reason === 'exception') await group.close();
    },
    show: async () => {
      const firsts = PROCEDURES.flatMap(({ rules }) => rules.slice(0, 1));
      const documents = firsts.flatMap((rule) => placeOfRule(rule)?.document ?? []);
      const title = 'Event Processing, RFC 9293 §3.10';
      const picked = await vscode.window.showQuickPick(documents, { title });
      if (picked !== undefined) await group.open(vscode.Uri.parse(documentUri(picked)));
    },
  };
}

/** Gives the documents their texts, and again whenever the cursor has moved. */
function provideTexts(live: Live, subscriptions: vscode.Disposable[]): void {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const lines = new Map<string, RfcText['lines']>();
  const decorate = createDecorations(subscriptions);
  const decorateAll = () => {
    for (const editor of vscode.window.visibleTextEditors) {
      const { uri } = editor.document;
      if (uri.scheme === RFC_SCHEME) decorate(editor, lines.get(uri.toString()) ?? []);
    }
  };
  const refresh = () => {
    for (const { uri } of vscode.workspace.textDocuments) {
      if (uri.scheme === RFC_SCHEME) changed.fire(uri);
    }
  };
  const provideTextDocumentContent = async (uri: vscode.Uri) => {
    const filled = await live.ask(TEXT_REQUEST, { uri: uri.toString() });
    // Without a run: the headings alone.
    const text = (filled ?? rfcText(documentName(uri.path) ?? '', undefined)) as RfcText;
    lines.set(uri.toString(), text.lines);
    decorateAll(); // the lines may differ where the text does not
    return text.text;
  };
  subscriptions.push(
    changed,
    vscode.workspace.registerTextDocumentContentProvider(RFC_SCHEME, {
      onDidChange: changed.event,
      provideTextDocumentContent,
    }),
    vscode.workspace.onDidOpenTextDocument((document) => {
      if (document.uri.scheme !== RFC_SCHEME || document.languageId === RULES_LANGUAGE) return;
      void vscode.languages.setTextDocumentLanguage(document, RULES_LANGUAGE);
    }),
    vscode.workspace.onDidChangeTextDocument(decorateAll),
    vscode.window.onDidChangeVisibleTextEditors(decorateAll),
    live.onDidMove(refresh),
    live.onDidBegin(refresh),
  );
}

/** Rules not made yet stand back. The debugger's own arrow is at the one just made. */
function createDecorations(subscriptions: vscode.Disposable[]) {
  const heading = vscode.window.createTextEditorDecorationType({ fontWeight: 'bold' });
  const later = vscode.window.createTextEditorDecorationType({ opacity: '0.6' });
  subscriptions.push(heading, later);
  return (editor: vscode.TextEditor, lines: RfcText['lines']) => {
    const ranges = (wanted: RfcText['lines']) =>
      wanted.map(({ line }) =>
        editor.document.validateRange(new vscode.Range(line - 1, 0, line, 0)),
      );
    editor.setDecorations(heading, ranges(lines.filter(({ when }) => when !== 'later')));
    editor.setDecorations(later, ranges(lines.filter(({ when }) => when === 'later')));
  };
}
