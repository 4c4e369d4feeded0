/** What may be typed next in a script. */

import * as vscode from 'vscode';
import type { Item, Script } from '../lang/ast.js';
import { type Completion, completionsAt } from '../lang/completion.js';
import type { HostDeclaration } from '../lang/declaration-tree.js';
import { parse } from '../lang/parser.js';
import { LANGUAGE, pathOf } from './documents.js';
import { environment } from './environment.js';
import { scriptOf } from './scripts.js';

export function registerCompletion(): vscode.Disposable {
  const { languages } = vscode;
  return languages.registerCompletionItemProvider(LANGUAGE, { provideCompletionItems }, '.', ':');
}

async function provideCompletionItems(
  document: vscode.TextDocument,
  position: vscode.Position,
): Promise<vscode.CompletionItem[]> {
  const text = document.getText();
  const script = scriptOf(document);
  const hosts = await hostsIncluded(script, pathOf(document.uri), new Set());
  const all: Script = { ...script, items: [...hosts, ...script.items] };
  const { typed, items } = completionsAt(text, position, all);
  const range = new vscode.Range(position.translate(0, -typed), position);
  return items.map((item, index) => itemOf(item, index, range));
}

const kinds: Readonly<Record<Completion['kind'], vscode.CompletionItemKind>> = {
  keyword: vscode.CompletionItemKind.Keyword,
  call: vscode.CompletionItemKind.Method,
  host: vscode.CompletionItemKind.Class,
  name: vscode.CompletionItemKind.Variable,
  state: vscode.CompletionItemKind.EnumMember,
  constant: vscode.CompletionItemKind.Constant,
  field: vscode.CompletionItemKind.Field,
  setting: vscode.CompletionItemKind.Property,
};

function itemOf(
  { label, kind, detail, doc }: Completion,
  index: number,
  range: vscode.Range,
): vscode.CompletionItem {
  const item = new vscode.CompletionItem(label, kinds[kind]);
  item.detail = detail;
  if (doc !== '') item.documentation = new vscode.MarkdownString(doc);
  item.range = range;
  item.sortText = String(index).padStart(4, '0'); // in our order: what is meant here comes first
  return item;
}

/** Files that are looked into for hosts. */
const FILES = 20;

/** The hosts of the files that a script includes, and of those that these include. */
async function hostsIncluded(
  script: Script,
  path: string,
  seen: Set<string>,
): Promise<readonly HostDeclaration[]> {
  const hosts: HostDeclaration[] = [];
  for (const item of script.items) {
    const file = item.kind === 'include' ? environment.resolve(path, item.path.text) : undefined;
    if (file === undefined || seen.has(file) || seen.size >= FILES) continue;
    seen.add(file);
    const text = await environment.readFile(file).catch(() => undefined);
    if (text === undefined) continue;
    const included = parse(text).script;
    hosts.push(...included.items.filter(isHost), ...(await hostsIncluded(included, file, seen)));
  }
  return hosts;
}

function isHost(item: Item): item is HostDeclaration {
  return item.kind === 'host';
}
