/** What a session needs of its surroundings, in VS Code: the same in Node and in a browser. */

import * as vscode from 'vscode';
import type { Environment } from '../debug/debugger.js';
import { pathOf, textOf, uriOf } from './documents.js';

export const environment: Environment = {
  readFile: (path) => textOf(uriOf(path)),
  // What VS Code names is what `uriOf` understands: paths, and URIs where there are none.
  pathOf: (name) => name,
  uriOf: (path) => uriOf(path).toString(),
  normalise: (path) => uriOf(path).toString(),
  /** Undefined outside the workspace: a script from a stranger reads nothing else. */
  resolve: (from, relative) => {
    const uri = vscode.Uri.joinPath(uriOf(from), '..', relative);
    return vscode.workspace.getWorkspaceFolder(uri) ? pathOf(uri) : undefined;
  },
  documents: 'uri',
};
