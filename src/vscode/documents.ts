/** Scripts as the debugger and the editor name them, on disk and elsewhere, and their texts. */

import * as vscode from 'vscode';
import { RFC_SCHEME } from '../debug/rfc-document.js';

/** The language of `.tcpflow` scripts. */
export const LANGUAGE = 'tcpflow';

/** The language of packetdrill scripts, `.pkt`, which run as they are. */
const PACKETDRILL = 'packetdrill';

/** The language of the documents in which a session writes the RFC's rules. */
export const RULES_LANGUAGE = 'tcpflow-rfc';

/** The name of a document in a debug session: a path for a file on disk, else its whole URI. */
export function pathOf(uri: vscode.Uri): string {
  return uri.scheme === 'file' ? uri.fsPath : uri.toString();
}

/** The document that a session calls by this name. */
export function uriOf(path: string): vscode.Uri {
  return hasScheme(path) ? vscode.Uri.parse(path) : vscode.Uri.file(path);
}

/**
 * The script that a launch configuration means by `program`. `${file}` is replaced by a bare path even where
 * the workspace is not on disk: such a path is one of the workspace folder's file system.
 */
export function programUri(
  program: string,
  folder: vscode.WorkspaceFolder | undefined,
): vscode.Uri {
  if (hasScheme(program)) return vscode.Uri.parse(program);
  const base = (folder ?? vscode.workspace.workspaceFolders?.[0])?.uri;
  if (isAbsolute(program)) {
    const elsewhere = base !== undefined && base.scheme !== 'file';
    return elsewhere ? base.with({ path: program }) : vscode.Uri.file(program);
  }
  return base ? vscode.Uri.joinPath(base, program) : vscode.Uri.file(program);
}

/** The text of a document: as it stands in an editor, saved or not, else from its file system. */
export async function textOf(uri: vscode.Uri): Promise<string> {
  const key = uri.toString();
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === key);
  if (open) return open.getText();
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
}

/** How many scripts and folders of a workspace are looked at. */
const SCRIPTS = 500;
const FOLDERS = 2000;

/**
 * The scripts in the workspace folder of a document, those higher up first, by name. The editor's own search is not asked: it
 * never answers for a file system that it cannot search.
 */
export async function scriptsAround(uri: vscode.Uri): Promise<readonly vscode.Uri[]> {
  const root = vscode.workspace.getWorkspaceFolder(uri)?.uri;
  const folders = root ? [root] : [];
  const scripts: vscode.Uri[] = [];
  for (let i = 0; i < folders.length && i < FOLDERS && scripts.length < SCRIPTS; i++) {
    const folder = folders[i]!;
    const entries = await vscode.workspace.fs.readDirectory(folder).then(
      (found) => found.sort(([a], [b]) => (a < b ? -1 : 1)),
      () => [],
    );
    for (const [name, type] of entries) {
      const child = vscode.Uri.joinPath(folder, name);
      if (name.startsWith('.') || name === 'node_modules') continue;
      if (type === vscode.FileType.Directory) folders.push(child);
      else if (/\.tcpflow$/i.test(name)) scripts.push(child);
    }
  }
  return scripts.slice(0, SCRIPTS);
}

/**
 * The script that the user looks at: the active editor's; while a diagram or the RFC's rules have the focus, the
 * one beside them.
 */
export function currentScript(): vscode.TextEditor | undefined {
  const { activeTextEditor: active, visibleTextEditors: visible } = vscode.window;
  if (active && isScript(active.document)) return active;
  if (active && active.document.uri.scheme !== RFC_SCHEME) return undefined;
  return visible.find(({ document }) => isScript(document));
}

/** Whether a document is one that can be debugged. */
export function isScript({ languageId }: vscode.TextDocument): boolean {
  return languageId === LANGUAGE || languageId === PACKETDRILL;
}

/** A letter and a colon is a drive of Windows, not a scheme. */
function hasScheme(path: string): boolean {
  return /^[a-z][a-z0-9+.-]+:/i.test(path);
}

function isAbsolute(path: string): boolean {
  return /^([/\\]|[a-z]:[/\\])/i.test(path);
}
