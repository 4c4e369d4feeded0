/** The RFC's procedures as read-only documents with the numbers of the event at the cursor, below the script. */

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
import { currentScript, LANGUAGE, RULES_LANGUAGE } from './documents.js';
import type { Live } from './live.js';

const TEXT_REQUEST = 'tcpflow/rfc';

export interface Rules {
  /**
   * Opens the top frame's document where the script stays in sight; one that is open already stays where it is.
   * A failure is explained in the script, which then needs the room.
   */
  readonly prepare: (stop: Stop) => Promise<void>;
  /** Lets the user pick a procedure to read. */
  readonly show: () => Promise<void>;
}

export function createRules(live: Live, subscriptions: vscode.Disposable[]): Rules {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const lines = new Map<string, RfcText['lines']>();
  const decorations = createDecorations(subscriptions);

  const decorate = () => {
    for (const editor of vscode.window.visibleTextEditors) {
      if (editor.document.uri.scheme !== RFC_SCHEME) continue;
      decorations.apply(editor, lines.get(editor.document.uri.toString()) ?? []);
    }
  };
  const refresh = () => {
    for (const { uri } of vscode.workspace.textDocuments) {
      if (uri.scheme === RFC_SCHEME) changed.fire(uri);
    }
  };
  subscriptions.push(
    changed,
    vscode.workspace.registerTextDocumentContentProvider(RFC_SCHEME, {
      onDidChange: changed.event,
      provideTextDocumentContent: async (uri) => {
        const filled = (await live.ask(TEXT_REQUEST, { uri: uri.toString() })) as
          | RfcText
          | undefined;
        // Without a run: the headings alone.
        const text = filled ?? rfcText(documentName(uri.path) ?? '', undefined);
        lines.set(uri.toString(), text.lines);
        decorate(); // the lines may differ where the text does not
        return text.text;
      },
    }),
    vscode.workspace.onDidOpenTextDocument((document) => {
      if (document.uri.scheme !== RFC_SCHEME || document.languageId === RULES_LANGUAGE) return;
      void vscode.languages.setTextDocumentLanguage(document, RULES_LANGUAGE);
    }),
    vscode.workspace.onDidChangeTextDocument(decorate),
    vscode.window.onDidChangeVisibleTextEditors(decorate),
    vscode.debug.onDidTerminateDebugSession(({ type }) => {
      if (type === LANGUAGE) void closeAll();
    }),
    live.onDidMove(refresh),
    live.onDidBegin(refresh),
  );
  // One after the other: VS Code asks for a stack in parts, and must not get two groups for them.
  let opening: Promise<void> = Promise.resolve();
  return {
    prepare: ({ reason, frames: [top] }) => {
      const path = top?.source?.path ?? '';
      const inRules = path.startsWith(`${RFC_SCHEME}:`);
      if (!inRules && reason !== 'exception') return Promise.resolve();
      const step = () => (inRules ? open(vscode.Uri.parse(path)) : closeAll());
      opening = opening.catch(() => undefined).then(step);
      return opening;
    },
    show: async () => {
      const documents = PROCEDURES.flatMap(
        ({ rules: [first] }) => (first ? placeOfRule(first)?.document : undefined) ?? [],
      );
      const title = 'Event Processing, RFC 9293 §3.10';
      const picked = await vscode.window.showQuickPick(documents, { title });
      if (picked !== undefined) await open(vscode.Uri.parse(documentUri(picked)));
    },
  };
}

/** What one session shows is of no use after it, and its group would keep room from the script. */
async function closeAll(): Promise<void> {
  const ours = tabs().filter(({ tab }) => uriOfTab(tab)?.scheme === RFC_SCHEME);
  await vscode.window.tabGroups.close(ours.map(({ tab }) => tab));
}

/** Rules not made yet stand back; those made show what they decided. The debugger's own arrow is at the one just made. */
function createDecorations(subscriptions: vscode.Disposable[]) {
  const later = vscode.window.createTextEditorDecorationType({ opacity: '0.55' });
  const reason = vscode.window.createTextEditorDecorationType({
    color: new vscode.ThemeColor('textPreformat.foreground'),
  });
  const heading = vscode.window.createTextEditorDecorationType({ fontWeight: 'bold' });
  subscriptions.push(later, reason, heading);
  const line = (number: number) => new vscode.Range(number - 1, 0, number - 1, 1000);
  const apply = (editor: vscode.TextEditor, lines: RfcText['lines']) => {
    const made = lines.filter(({ when }) => when !== 'later');
    editor.setDecorations(heading, [line(1), ...made.map((at) => line(at.line))]);
    editor.setDecorations(
      reason,
      made.flatMap((at) => [line(at.line + 1), line(at.line + 2)]),
    );
    const rest = lines.filter(({ when }) => when === 'later');
    editor.setDecorations(
      later,
      rest.map((at) => line(at.line)),
    );
  };
  return { apply };
}

async function open(uri: vscode.Uri): Promise<void> {
  const isOpen = tabs().some(({ tab }) => uriOfTab(tab)?.toString() === uri.toString());
  if (!isOpen) await openBelowScript(uri);
}

/** With the other documents of the RFC if one is open, else in a new group below the script. */
async function openBelowScript(uri: vscode.Uri): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  const other = tabs().find(({ tab }) => uriOfTab(tab)?.scheme === RFC_SCHEME);
  const options = { preview: false, preserveFocus: true };
  if (other) {
    const viewColumn = other.group.viewColumn;
    await vscode.window.showTextDocument(document, { ...options, viewColumn });
    return;
  }
  const script = currentScript();
  const back = script && { viewColumn: script.viewColumn ?? vscode.ViewColumn.One };
  // A group is split off the active one, so the script has to be that for a moment.
  if (script) await vscode.window.showTextDocument(script.document, back);
  await vscode.commands.executeCommand('workbench.action.newGroupBelow');
  await vscode.window.showTextDocument(document, { preview: false });
  if (script) await vscode.window.showTextDocument(script.document, back);
}

function tabs() {
  return vscode.window.tabGroups.all.flatMap((group) => group.tabs.map((tab) => ({ group, tab })));
}

function uriOfTab(tab: vscode.Tab): vscode.Uri | undefined {
  return tab.input instanceof vscode.TabInputText ? tab.input.uri : undefined;
}
