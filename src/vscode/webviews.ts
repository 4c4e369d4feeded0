/** The page of a webview, and the conversation between it and the run shown. */

import * as vscode from 'vscode';
import type { FromView, ToView, ViewName, ViewSettings } from '../views/contract.js';
import type { Live } from './live.js';
import { concernsNumbers, numberSettings, saveNumberSettings } from './numbers.js';

const FOLLOW = 'tcpflow.follow';

/** What the pages need of the extension. */
export interface ViewContext {
  readonly extensionUri: vscode.Uri;
  readonly memory: vscode.Memento;
  readonly live: Live;
}

/** Puts the page of a view into a webview and connects it with the run shown. Dispose when the webview goes. */
export function connect(
  webview: vscode.Webview,
  view: ViewName,
  { extensionUri, memory, live }: ViewContext,
): vscode.Disposable {
  const media = vscode.Uri.joinPath(extensionUri, 'media', 'webview');
  const post = (message: ToView) => void webview.postMessage(message);
  let listening = false;
  const begin = () => live.tell({ kind: 'ready', view });

  const subscriptions = [
    webview.onDidReceiveMessage((message: FromView) => {
      if (message.kind === 'setting') return void saveSettings(message.settings, memory);
      if (message.kind !== 'ready') return live.tell(message);
      listening = true; // a message sent before the page listens is lost
      post({ kind: 'settings', settings: settingsOf(memory) });
      begin();
    }),
    live.onDidTell((message) => {
      if (listening && concerns(message, view)) post(message);
    }),
    live.onDidBegin(() => {
      if (listening) begin();
    }),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (!listening || !concernsNumbers(change)) return;
      post({ kind: 'settings', settings: settingsOf(memory) });
    }),
  ];
  webview.options = { enableScripts: true, localResourceRoots: [media] };
  webview.html = page(webview, view, media);
  return vscode.Disposable.from(...subscriptions);
}

function concerns(message: ToView, view: ViewName): boolean {
  return message.kind === 'settings' || (message.kind === 'tables') === (view === 'tables');
}

function settingsOf(memory: vscode.Memento): ViewSettings {
  return { ...numberSettings(), follow: memory.get(FOLLOW, true) };
}

async function saveSettings(settings: ViewSettings, memory: vscode.Memento): Promise<void> {
  const { numbers, hex = false, follow } = settings;
  await memory.update(FOLLOW, follow);
  await saveNumberSettings({ numbers, hex });
}

/** Only our own script and style are let in: no remote content, no inline script. */
function page(webview: vscode.Webview, view: ViewName, media: vscode.Uri): string {
  const file = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(media, name));
  const nonce = newNonce();
  const policy = [
    `default-src 'none'`,
    `style-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
    `script-src 'nonce-${nonce}'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${file('style.css')}">
<title>TCP Flow</title>
</head>
<body data-view="${view}">
<script nonce="${nonce}" src="${file('main.js')}"></script>
</body>
</html>`;
}

function newNonce(): string {
  const octets = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join('');
}
