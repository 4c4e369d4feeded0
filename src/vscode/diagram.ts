/** The sequence diagram's panel: beside the script, one for all runs, there until the user closes it. */

import * as vscode from 'vscode';
import { LANGUAGE } from './documents.js';
import { connect, type ViewContext } from './webviews.js';

const VIEW_TYPE = 'tcpflow.diagram';
const TITLE = 'Sequence Diagram';

export interface Diagram {
  /** Brings it into sight, without taking the focus. */
  readonly show: () => void;
}

export function createDiagram(context: ViewContext, subscriptions: vscode.Disposable[]): Diagram {
  let panel: vscode.WebviewPanel | undefined;

  const adopt = (adopted: vscode.WebviewPanel) => {
    panel = adopted;
    adopted.iconPath = {
      light: vscode.Uri.joinPath(context.extensionUri, 'media', 'file-light.svg'),
      dark: vscode.Uri.joinPath(context.extensionUri, 'media', 'file-dark.svg'),
    };
    const connection = connect(adopted.webview, 'sequence', context);
    adopted.onDidDispose(() => {
      connection.dispose();
      if (panel === adopted) panel = undefined;
    });
  };
  const show = () => {
    if (panel?.visible) return;
    if (panel) return panel.reveal(undefined, true);
    const column = { viewColumn: columnBesideScript(), preserveFocus: true };
    adopt(vscode.window.createWebviewPanel(VIEW_TYPE, TITLE, column));
  };
  subscriptions.push(
    vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, {
      // After a reload of the window there is no run: the page says so, and the next one fills it.
      deserializeWebviewPanel: async (restored) => adopt(restored),
    }),
    vscode.debug.onDidStartDebugSession((session) => {
      if (session.type === LANGUAGE && opensOnStart()) show();
    }),
  );
  return { show };
}

function opensOnStart(): boolean {
  return vscode.workspace.getConfiguration('tcpflow.diagram').get('openOnStart', true);
}

/** A second column is used where there is one already, so that the script keeps its own. */
function columnBesideScript(): vscode.ViewColumn {
  const active = vscode.window.tabGroups.activeTabGroup.viewColumn;
  const others = vscode.window.tabGroups.all.filter(({ viewColumn }) => viewColumn !== active);
  return others.length === 1 && others[0] ? others[0].viewColumn : vscode.ViewColumn.Beside;
}
