/** The connection table: a view in the debug container that follows the cursor. */

import * as vscode from 'vscode';
import { connect, type ViewContext } from './webviews.js';

const VIEW_ID = 'tcpflow.connections';

export function registerConnections(context: ViewContext): vscode.Disposable {
  return vscode.window.registerWebviewViewProvider(VIEW_ID, {
    resolveWebviewView({ webview, onDidDispose }) {
      const connection = connect(webview, 'tables', context);
      onDidDispose(() => connection.dispose());
    },
  });
}
