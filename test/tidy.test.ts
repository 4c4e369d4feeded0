/** House rules that a compiler does not keep: who may import whom, sizes, citations, dead exports. */

import assert from 'node:assert/strict';
import path from 'node:path';
import ts from 'typescript';
import sections from './rfc-sections.json';
import {
  type Export,
  exportsOf,
  importsOf,
  nodesOf,
  place,
  projectFiles,
  readText,
  root,
  type Source,
  sourcesOf,
} from './sources.js';

/** Which folders of src each folder may import, besides itself and `base`: the table of ARCHITECTURE.md. */
const mayImport = importTable(readText('ARCHITECTURE.md'));

/** Folders that run everywhere and always give the same answer. */
const pure = ['base', 'tcp', 'sim', 'lang', 'run', 'views'];

/** Packages by folder or file; a name that ends in `/` allows all modules below it. */
const packages: Readonly<Record<string, readonly string[]>> = {
  'src/debug/': ['@vscode/debugadapter', '@vscode/debugprotocol'],
  'src/debug/server.ts': ['node:'],
  'src/cli/': ['node:'],
  'src/vscode/': ['vscode', 'node:', '@vscode/debugadapter', '@vscode/debugprotocol'],
};

/** Files that something other than an import starts. */
const entries = [
  'src/vscode/main.ts',
  'src/debug/server.ts',
  'src/cli/main.ts',
  'src/webview/main.ts',
];

const ambient = new Set(
  `Date performance setTimeout setInterval setImmediate requestAnimationFrame process console crypto
   window document navigator localStorage fetch require Buffer __dirname`.split(/\s+/),
);

const ofNode = new Set('process console require Buffer __dirname setImmediate'.split(' '));

const fileLimit = 500;
const functionLimit = 70;

const src = sourcesOf('src/');

const folderOf = (file: string) => /^src\/([^/]+)\//.exec(file)?.[1] ?? '';
const pureSources = src.filter(({ file }) => pure.includes(folderOf(file)));

/** Fails with one line for each finding. */
function none(problems: readonly string[]): void {
  if (problems.length > 0) assert.fail(`\n  ${problems.join('\n  ')}`);
}

describe('tidy', () => {
  it('a folder imports only what the table of ARCHITECTURE.md allows', () => {
    none(src.flatMap(strayImports));
  });

  it('no file needs itself to be there first', () => {
    none(folders.flatMap(cyclesIn));
  });

  it('a package or a platform module is imported only where the table allows it', () => {
    none(src.flatMap(strayPackages));
  });

  it('the pure folders use no clock, chance, timer, output or other ambient thing', () => {
    none(pureSources.flatMap((source) => ambientUses(source)));
  });

  it('what runs in a browser, too, uses nothing of Node, and prints nothing of its own', () => {
    const both = src.filter(
      ({ file }) =>
        ['interop', 'debug', 'vscode', 'webview'].includes(folderOf(file)) &&
        file !== 'src/debug/server.ts',
    );
    none(both.flatMap((source) => ambientUses(source, ofNode)));
  });

  it('files and functions stay short', () => {
    none(src.flatMap((source) => [...tooLong(source), ...longFunctions(source)]));
  });

  it('every export is imported somewhere', () => {
    none(deadExports());
  });

  it('every file begins with a doc sentence, and in tcp with what it implements', () => {
    none(src.flatMap(missingHeads));
  });

  it('a cited section exists in its RFC', () => {
    none([...src, ...sourcesOf('test/')].flatMap(strayCitations));
  });

  it('nothing is of type any', () => {
    const uses = src.flatMap((source) =>
      nodesOf(source.tree)
        .filter((node) => node.kind === ts.SyntaxKind.AnyKeyword)
        .map((node) => `${place(source, node)}: give it a type, or unknown, instead of any`),
    );
    none(uses);
  });

  it('a pattern writes what is not ASCII as an escape: the command line reads its bundle as Latin-1', () => {
    const patterns = src.flatMap((source) =>
      nodesOf(source.tree)
        .filter((node) => ts.isRegularExpressionLiteral(node) && /[^ -~]/.test(node.text))
        .map((node) => `${place(source, node)}: write it as \\u or \\x in ${node.getText()}`),
    );
    none(patterns);
  });

  it('sequence numbers are printed as people write them', () => {
    none(printedAsTheyAreKept());
  }).timeout(120_000);

  it('no file names a machine, a private path or a package registry', () => {
    none(projectFiles().flatMap(machineNames));
  });

  it('the lock files leave the choice of the registry to npm', () => {
    for (const file of ['package-lock.json', 'test/e2e/tools/package-lock.json']) {
      const lock = JSON.parse(readText(file)) as {
        packages: Record<string, { resolved?: string }>;
      };
      const fixed = Object.entries(lock.packages).filter(([, { resolved }]) => resolved);
      none(fixed.map(([name]) => `${file}: ${name} has "resolved"; npm install with our .npmrc`));
    }
  });

  it('nothing is left unfinished', () => {
    const marks = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X'].join('|')})\\b`);
    none(
      projectFiles()
        .filter((file) => /^(src|test|scripts|bench)\/.*\.(ts|mjs|css)$/.test(file))
        .flatMap((file) =>
          readText(file)
            .split('\n')
            .flatMap((line, i) => (marks.test(line) ? [`${file}:${i + 1}: finish it`] : [])),
        ),
    );
  });
});

/** Reads the table under "Boundaries": one row for some folders, one cell with what they may import. */
function importTable(text: string): ReadonlyMap<string, readonly string[]> {
  const names = (cell: string) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name ?? '');
  const section = text.slice(text.indexOf('## Boundaries')).split('\n## ')[0] ?? '';
  const rows = [...section.matchAll(/^\| (`.*?) \|(.*)\|$/gm)].map(
    ([, folders = '', cell = '']) => ({
      folders: names(folders),
      cell: cell.replaceAll(/\(.*?\)/g, ''),
    }),
  );
  const all = ['base', ...rows.flatMap(({ folders }) => folders)];
  const table = new Map<string, readonly string[]>([['base', []]]);
  for (const { folders, cell } of rows) {
    const named = names(cell);
    const allowed = cell.includes('anything but') ? all.filter((f) => !named.includes(f)) : named;
    for (const folder of folders) table.set(folder, allowed);
  }
  assert.ok(table.size > 5, 'ARCHITECTURE.md has lost its import table under "Boundaries"');
  return table;
}

function strayImports(source: Source): readonly string[] {
  const from = folderOf(source.file);
  return importsOf(source).flatMap(({ node, target }) => {
    // The version is written there alone.
    if (target === undefined || (from === 'cli' && target === 'package.json')) return [];
    const to = folderOf(target);
    const allowed = to === from || to === 'base' || mayImport.get(from)?.includes(to);
    if (allowed) return [];
    const where = place(source, node);
    if (to === '') return [`${where}: src/ must not import ${target}`];
    if (!mayImport.has(from)) return [`${where}: src/${from}/ is not in the import table`];
    return [`${where}: ${from}/ must not import ${to}/ (see the import table in ARCHITECTURE.md)`];
  });
}

const folders = [...new Set(src.map(({ file }) => folderOf(file)))];

/** Rings of imports in a folder; an import of types alone is none, for nothing is left of it. */
function cyclesIn(folder: string): readonly string[] {
  const needs = new Map<string, readonly string[]>();
  for (const source of src.filter(({ file }) => folderOf(file) === folder)) {
    const taken = importsOf(source).filter(({ node }) => !isOfTypes(node));
    needs.set(
      source.file,
      taken.flatMap(({ target }) => target ?? []),
    );
  }
  const done = new Set<string>();
  const rings: string[] = [];
  const visit = (file: string, way: readonly string[]) => {
    const begun = way.indexOf(file);
    if (begun >= 0) rings.push([...way.slice(begun), file].join(' -> '));
    if (begun >= 0 || done.has(file)) return;
    done.add(file);
    for (const next of needs.get(file) ?? []) visit(next, [...way, file]);
  };
  for (const file of needs.keys()) visit(file, []);
  return rings;
}

function isOfTypes(node: ts.Node): boolean {
  if (!ts.isImportDeclaration(node)) return false;
  const clause = node.importClause;
  if (clause?.isTypeOnly) return true;
  const named = clause?.namedBindings;
  if (clause?.name !== undefined || named === undefined || !ts.isNamedImports(named)) return false;
  return named.elements.every(({ isTypeOnly }) => isTypeOnly);
}

function strayPackages(source: Source): readonly string[] {
  const allowed = Object.entries(packages).flatMap(([where, names]) =>
    source.file === where || (where.endsWith('/') && source.file.startsWith(where)) ? names : [],
  );
  return importsOf(source)
    .filter(({ target }) => target === undefined)
    .filter(({ specifier }) =>
      allowed.every(
        (name) => specifier !== name && !(/[/:]$/.test(name) && specifier.startsWith(name)),
      ),
    )
    .map(
      ({ node, specifier }) =>
        `${place(source, node)}: ${folderOf(source.file)}/ must not import '${specifier}'; ` +
        'pass what it needs as a parameter',
    );
}

function ambientUses(source: Source, names = ambient): readonly string[] {
  const own = declaredNames(source); // a TCP has a window, too
  return nodesOf(source.tree).flatMap((node) => {
    const where = place(source, node);
    if (ts.isPropertyAccessExpression(node) && node.getText() === 'Math.random') {
      return [`${where}: Math.random differs from run to run; draw from a stream of base/random`];
    }
    if (!ts.isIdentifier(node) || !names.has(node.text) || isMemberName(node)) return [];
    if (own.has(node.text)) return [];
    return [`${where}: ${node.text} is the platform's; pass the value in as a parameter`];
  });
}

/** Variables, parameters and functions of a file, wherever in it they are declared. */
function declaredNames({ tree }: Source): ReadonlySet<string> {
  return new Set(
    nodesOf(tree).flatMap((node) => {
      const { name } = node as { readonly name?: ts.Node };
      const declares =
        ts.isVariableDeclaration(node) ||
        ts.isParameter(node) ||
        ts.isBindingElement(node) ||
        ts.isFunctionDeclaration(node);
      return declares && name !== undefined && ts.isIdentifier(name) ? [name.text] : [];
    }),
  );
}

/** True for `x` in `a.x`, `{ x: 1 }`, `x: string` and the like: a name of our own. */
function isMemberName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) || ts.isQualifiedName(parent)) {
    return (ts.isPropertyAccessExpression(parent) ? parent.name : parent.right) === node;
  }
  const named = parent as { readonly name?: ts.Node };
  return named.name === node && !ts.isShorthandPropertyAssignment(parent);
}

function tooLong({ file, text }: Source): readonly string[] {
  const lines = text.split('\n').length - 1;
  if (lines <= fileLimit) return [];
  return [`${file} has ${lines} lines of at most ${fileLimit}: split it at a joint of its subject`];
}

function longFunctions(source: Source): readonly string[] {
  return nodesOf(source.tree).flatMap((node) => {
    if (!ts.isFunctionLike(node) || !('body' in node) || node.body === undefined) return [];
    const lineOf = (at: number) => source.tree.getLineAndCharacterOfPosition(at).line;
    const lines = lineOf(node.end) - lineOf(node.getStart(source.tree)) + 1;
    if (lines <= functionLimit) return [];
    return [
      `${place(source, node)}: a function of ${lines} lines, at most ${functionLimit}: split it`,
    ];
  });
}

function deadExports(): readonly string[] {
  const users = [...src, ...sourcesOf('test/', 'bench/', 'scripts/')];
  const used = new Set(
    users.flatMap((user) =>
      importsOf(user).flatMap(({ target, names }) => names.map((n) => `${target} ${n}`)),
    ),
  );
  return src
    .filter(({ file }) => !entries.includes(file) && !used.has(`${file} *`))
    .flatMap((source) =>
      exportsOf(source)
        .filter(({ name }) => !used.has(`${source.file} ${name}`))
        .filter((one) => !one.isType || !isPartOfAnother(source, one))
        .map(
          ({ name, node }) => `${place(source, node)}: nobody imports ${name}: delete the export`,
        ),
    );
}

/** True for a type that another export of its file is made of: readers of that one need its name. */
function isPartOfAnother(source: Source, type: Export): boolean {
  return exportsOf(source)
    .filter(({ node }) => node !== type.node)
    .flatMap(({ node }) => nodesOf(node))
    .some((node) => ts.isIdentifier(node) && node.text === type.name);
}

function missingHeads({ file, text }: Source): readonly string[] {
  if (!/^(#!.*\n)?\/\*\*/.test(text)) return [`${file}: begin with a doc sentence: /** ... */`];
  if (folderOf(file) !== 'tcp' || /\bRFC \d+ (§|\()|\b(MUST|SHLD|MAY)-\d+/.test(text)) return [];
  return [`${file}: cite what it implements, such as RFC 9293 §3.4`];
}

function strayCitations({ file, text }: Source): readonly string[] {
  const known: Readonly<Record<string, string>> = sections;
  return [...text.matchAll(/\bRFC (\d+) §([A-Z0-9]+(?:\.\d+)*)/g)].flatMap(
    ([cited, rfc, section]) => {
      const list = known[rfc ?? '']?.split(' ');
      if (list === undefined || list.includes(section ?? '')) return [];
      return [`${file}: ${cited} does not exist (test/rfc-sections.json has the list)`];
    },
  );
}

/** Where a `Seq`, which may be negative as it is kept, becomes a text without `num`. Arithmetic is a type error already. */
function printedAsTheyAreKept(): readonly string[] {
  const { config } = ts.readConfigFile(path.join(root, 'tsconfig.json'), ts.sys.readFile);
  const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram(fileNames, options);
  const checker = program.getTypeChecker();
  const isSeq = (type: ts.Type): boolean =>
    type.symbol?.name === 'Seq' || (type.isUnion() && type.types.some(isSeq));
  const printed = (node: ts.Node): readonly ts.Expression[] => {
    if (ts.isTemplateSpan(node)) return [node.expression];
    if (ts.isCallExpression(node) && node.expression.getText() === 'String') return node.arguments;
    const joins =
      ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken;
    return joins ? [node.left, node.right] : [];
  };
  return program.getSourceFiles().flatMap((tree) => {
    const file = path.relative(root, tree.fileName);
    if (!/^(src|test)\//.test(file)) return [];
    return nodesOf(tree)
      .flatMap(printed)
      .filter((text) => isSeq(checker.getTypeAtLocation(text)))
      .map((text) => `${place({ file, tree }, text)}: write num(${text.getText()})`);
  });
}

function machineNames(file: string): readonly string[] {
  if (/\.(png|ico|gif|jpg)$/.test(file) || file === 'test/tidy.test.ts') return [];
  const names =
    /(?<![\w.-])\/(work|farm|root|home)\/\w|\/bash_jobs|registry\.npmjs|deb\.debian|\.\.\/shared\b/;
  return readText(file)
    .split('\n')
    .flatMap((line, i) => {
      const found = names.exec(line);
      return found ? [`${file}:${i + 1}: "${found[0]}" belongs to one machine: take it out`] : [];
    });
}
