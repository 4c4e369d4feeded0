/** An open script parsed and checked, with the files that it includes. */

import * as vscode from 'vscode';
import type { Diagnostic } from '../lang/diagnostics.js';
import { compile } from '../lang/program.js';
import { textOf } from './documents.js';

/** Files are read in rounds: each may include more. */
const ROUNDS = 20;

/** All mistakes of a script. Files outside the workspace are not read. */
export async function mistakesOf(document: vscode.TextDocument): Promise<readonly Diagnostic[]> {
  const texts = new Map<string, Included>();
  for (let round = 0; ; round++) {
    const wanted: vscode.Uri[] = [];
    const { diagnostics } = compile(document.getText(), {
      file: document.uri.toString(),
      include: (path, from) => {
        const uri = vscode.Uri.joinPath(vscode.Uri.parse(from), '..', path);
        const file = uri.toString();
        const text = texts.get(file);
        if (text === undefined) wanted.push(uri);
        return typeof text === 'string' ? text : { file, text: text?.text ?? '' };
      },
    });
    if (wanted.length === 0 || round === ROUNDS) return diagnostics;
    await Promise.all(wanted.map(async (uri) => texts.set(uri.toString(), await read(uri))));
  }
}

type Included = { readonly text: string } | 'missing' | 'outside';

async function read(uri: vscode.Uri): Promise<Included> {
  if (!vscode.workspace.getWorkspaceFolder(uri)) return 'outside';
  try {
    return { text: await textOf(uri) };
  } catch {
    return 'missing';
  }
}
