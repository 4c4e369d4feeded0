/** Go to Definition, Find All References and Rename Symbol for what scripts declare. */

import * as vscode from 'vscode';
import { withIncludes } from '../debug/script.js';
import type { Position } from '../lang/range.js';
import {
  declarationsOf,
  type Index,
  indexOf,
  type Site,
  type Sources,
  sameAs,
  siteAt,
} from '../lang/references.js';
import { type Refusal, renamable, rename } from '../lang/rename.js';
import { LANGUAGE, pathOf, scriptsAround, textOf, uriOf } from './documents.js';
import { environment } from './environment.js';
import { rangeOf, scriptOf } from './scripts.js';

export function registerNames(): vscode.Disposable {
  const { languages } = vscode;
  return vscode.Disposable.from(
    languages.registerDefinitionProvider(LANGUAGE, { provideDefinition }),
    languages.registerDocumentHighlightProvider(LANGUAGE, { provideDocumentHighlights }),
    languages.registerReferenceProvider(LANGUAGE, { provideReferences }),
    languages.registerRenameProvider(LANGUAGE, { prepareRename, provideRenameEdits }),
  );
}

/** A script alone, with what it includes: where things are declared. */
function alone(document: vscode.TextDocument): Sources['files'] {
  return [{ file: pathOf(document.uri), text: document.getText() }];
}

/** The script and the others of the workspace, one of which may include it. */
async function withOthers(document: vscode.TextDocument): Promise<Sources['files']> {
  const uris = await scriptsAround(document.uri);
  const others = uris.filter((uri) => uri.toString() !== document.uri.toString());
  const read = others.map(async (uri) => ({
    file: pathOf(uri),
    text: await textOf(uri).catch(() => ''),
  }));
  return [...alone(document), ...(await Promise.all(read))];
}

/** What stands at a place, in the scripts given. */
async function found(
  files: Sources['files'],
  document: vscode.TextDocument,
  at: Position,
): Promise<{ readonly index: Index; readonly site: Site | undefined }> {
  const index = await withIncludes(environment, (include) => indexOf({ files, include }));
  return { index, site: siteAt(index, pathOf(document.uri), at) };
}

async function provideDefinition(
  document: vscode.TextDocument,
  at: vscode.Position,
): Promise<vscode.Location[]> {
  const file = includedAt(document, at);
  if (file !== undefined) return [new vscode.Location(uriOf(file), new vscode.Position(0, 0))];
  const own = await found(alone(document), document, at);
  if (!own.site) return [];
  const sites = declarationsOf(own.index, own.site);
  if (sites.length > 0) return sites.map(locationOf);
  // A file of links is included by one that declares their hosts.
  const all = await found(await withOthers(document), document, at);
  return all.site ? declarationsOf(all.index, all.site).map(locationOf) : [];
}

/** The file that an `include` here names. */
function includedAt(document: vscode.TextDocument, at: vscode.Position): string | undefined {
  const item = scriptOf(document).items.find(
    (one) => one.kind === 'include' && rangeOf(one.path.range).contains(at),
  );
  if (item?.kind !== 'include') return undefined;
  return environment.resolve(pathOf(document.uri), item.path.text);
}

async function provideReferences(
  document: vscode.TextDocument,
  at: vscode.Position,
  { includeDeclaration }: vscode.ReferenceContext,
): Promise<vscode.Location[]> {
  const { index, site } = await found(await withOthers(document), document, at);
  if (!site) return [];
  const sites = sameAs(index, site);
  return sites.filter(({ role }) => includeDeclaration || role === 'use').map(locationOf);
}

/** Every place in the script where the same is named; without this the editor marks the same letters. */
async function provideDocumentHighlights(
  document: vscode.TextDocument,
  at: vscode.Position,
): Promise<vscode.DocumentHighlight[]> {
  const { index, site } = await found(alone(document), document, at);
  if (!site) return [];
  const { Read, Write } = vscode.DocumentHighlightKind;
  return sameAs(index, site)
    .filter(({ file }) => file === site.file)
    .map(
      ({ range, role }) =>
        new vscode.DocumentHighlight(rangeOf(range), role === 'use' ? Read : Write),
    );
}

function locationOf({ file, range }: Site): vscode.Location {
  return new vscode.Location(uriOf(file), rangeOf(range));
}

async function prepareRename(
  document: vscode.TextDocument,
  at: vscode.Position,
): Promise<{ range: vscode.Range; placeholder: string }> {
  const { index } = await found(await withOthers(document), document, at);
  const site = accepted(renamable(index, pathOf(document.uri), at));
  return { range: rangeOf(site.range), placeholder: site.name };
}

async function provideRenameEdits(
  document: vscode.TextDocument,
  at: vscode.Position,
  name: string,
): Promise<vscode.WorkspaceEdit> {
  const files = await withOthers(document);
  const path = pathOf(document.uri);
  const edits = await withIncludes(environment, (include) =>
    rename({ files, include }, path, at, name),
  );
  const edit = new vscode.WorkspaceEdit();
  for (const { file, range, text } of accepted(edits)) {
    edit.replace(uriOf(file), rangeOf(range), text);
  }
  return edit;
}

/** The editor shows the user what an error says. */
function accepted<Answer extends object>(answer: Answer | Refusal): Answer {
  if ('problem' in answer) throw new Error(answer.problem);
  return answer;
}
