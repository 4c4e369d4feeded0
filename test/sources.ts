/** The project's tracked files and their syntax trees, for the tests that read sources. */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

export const root = path.resolve(__dirname, '..');

/** Paths that git tracks or would track, with forward slashes, relative to the project's folder. */
export function projectFiles(): readonly string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard'];
  const listed = execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim().split('\n');
  return [...new Set(listed)].filter((file) => existsSync(path.join(root, file))).sort();
}

export function readText(file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}

/** A TypeScript file with its tree. `file` is relative to the project's folder. */
export interface Source {
  readonly file: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
}

/** All TypeScript files below these folders. */
export function sourcesOf(...folders: readonly string[]): readonly Source[] {
  return projectFiles()
    .filter((file) => file.endsWith('.ts') && folders.some((folder) => file.startsWith(folder)))
    .map((file) => {
      const text = readText(file);
      const tree = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
      return { file, text, tree };
    });
}

/** `src/tcp/seq.ts:12`, to click on. */
export function place({ file, tree }: Pick<Source, 'file' | 'tree'>, node: ts.Node): string {
  return `${file}:${tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1}`;
}

/** All nodes of a tree, parents first. */
export function nodesOf(tree: ts.Node): readonly ts.Node[] {
  const nodes: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    nodes.push(node);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return nodes;
}

/** A module that a source names, and the names it takes from it (`*` for all of them). */
export interface Import {
  readonly node: ts.Node;
  /** As written: `../tcp/seq.js`, `node:fs`, `vscode`. */
  readonly specifier: string;
  /** Of a relative import: the file, such as `src/tcp/seq.ts`. */
  readonly target: string | undefined;
  readonly names: readonly string[];
}

export function importsOf({ file, tree }: Source): readonly Import[] {
  return nodesOf(tree).flatMap((node) => {
    const specifier = specifierOf(node);
    if (specifier === undefined) return [];
    const target = specifier.startsWith('.')
      ? path.posix.join(path.posix.dirname(file), specifier).replace(/\.js$/, '.ts')
      : undefined;
    return [{ node, specifier, target, names: namesTaken(node) }];
  });
}

/** The module that an import, a re-export, `import('...')` or `require('...')` names. */
function specifierOf(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
    return node.moduleSpecifier === undefined ? undefined : literalText(node.moduleSpecifier);
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return literalText(node.argument.literal);
  }
  if (!ts.isCallExpression(node)) return undefined;
  const called =
    node.expression.kind === ts.SyntaxKind.ImportKeyword ? 'import' : node.expression.getText();
  const [argument] = node.arguments;
  const names = called === 'import' || called === 'require';
  return names && argument !== undefined ? literalText(argument) : undefined;
}

function literalText(node: ts.Node): string | undefined {
  return ts.isStringLiteralLike(node) ? node.text : undefined;
}

function namesTaken(node: ts.Node): readonly string[] {
  if (ts.isImportDeclaration(node)) {
    const bindings = node.importClause?.namedBindings;
    if (bindings === undefined) return [];
    if (ts.isNamespaceImport(bindings)) return ['*'];
    return bindings.elements.map((element) => (element.propertyName ?? element.name).text);
  }
  if (ts.isExportDeclaration(node) && node.exportClause && ts.isNamedExports(node.exportClause)) {
    return node.exportClause.elements.map((element) => (element.propertyName ?? element.name).text);
  }
  if (ts.isImportTypeNode(node) && node.qualifier) return [node.qualifier.getText()];
  return ['*'];
}

/** A name that a file exports. */
export interface Export {
  readonly name: string;
  readonly node: ts.Node;
  readonly isType: boolean;
}

export function exportsOf({ tree }: Source): readonly Export[] {
  return tree.statements.flatMap((statement): readonly Export[] => {
    if (ts.isExportDeclaration(statement)) {
      const clause = statement.exportClause;
      if (clause === undefined || !ts.isNamedExports(clause)) return [];
      return clause.elements.map((node) => ({ name: node.name.text, node, isType: false }));
    }
    const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined;
    if (!modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword)) return [];
    if (ts.isVariableStatement(statement)) {
      const { declarations } = statement.declarationList;
      return declarations.map((node) => ({ name: node.name.getText(), node, isType: false }));
    }
    const { name } = statement as ts.DeclarationStatement;
    const isType = ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
    return name === undefined ? [] : [{ name: name.text, node: statement, isType }];
  });
}
