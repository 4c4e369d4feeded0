/** What may be typed next in a script. */

import * as vscode from 'vscode';
import { withIncludes } from '../debug/script.js';
import type { Script } from '../lang/ast.js';
import { completionsAt } from '../lang/completion.js';
import type { Completion } from '../lang/completion-items.js';
import type { HostDeclaration } from '../lang/declaration-tree.js';
import { walkDeclarations } from '../lang/includes.js';
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
  const hosts = await hostsIncluded(script, pathOf(document.uri));
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

/** The hosts of the files that a script includes, and of those that these include. */
function hostsIncluded(script: Script, path: string): Promise<readonly HostDeclaration[]> {
  return withIncludes(environment, (include) => {
    const hosts: HostDeclaration[] = [];
    walkDeclarations(script, path, {
      include,
      take: (item, file) => {
        if (item.kind === 'host' && file !== path) hosts.push(item);
      },
    });
    return hosts;
  });
}
