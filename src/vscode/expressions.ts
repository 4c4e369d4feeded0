/** While debugging: which expression a word of the script stands for, in hovers and at the end of its line. */

import * as vscode from 'vscode';
import { CONNECTION_FIELDS, HOST_FIELDS } from '../lang/fields.js';
import type { Fact, Statement, Subject } from '../lang/statement-tree.js';
import { parseState } from '../tcp/states.js';
import { LANGUAGE, pathOf } from './documents.js';
import { hostNamesOf, rangeOf, statementsOf } from './scripts.js';

/** `SND.NXT`, `client.c1.SND.UNA`, `syn-queue`, `SYN-RECEIVED`, `client`. */
const PATH = /\p{L}[\p{L}\p{N}_-]*(\.\p{L}[\p{L}\p{N}_]*)*/u;

export function registerExpressions(): vscode.Disposable {
  const { languages } = vscode;
  return vscode.Disposable.from(
    languages.registerEvaluatableExpressionProvider(LANGUAGE, { provideEvaluatableExpression }),
    languages.registerInlineValuesProvider(LANGUAGE, { provideInlineValues }),
  );
}

function provideEvaluatableExpression(
  document: vscode.TextDocument,
  position: vscode.Position,
): vscode.EvaluatableExpression | undefined {
  const range = document.getWordRangeAtPosition(position, PATH);
  if (!range) return undefined;
  const statement = statementsOf(document).find((one) => rangeOf(one.range).contains(position));
  const subject = statement && subjectOf(statement);
  const word = document.getText(range);
  const expression = declares(document, word)
    ? word
    : expressionFor(word, subject, hostNamesOf(document));
  return expression === undefined ? undefined : new vscode.EvaluatableExpression(range, expression);
}

/**
 * Behind the statement where the debugger stands, what it speaks of now; behind those that have run, what came of them, as the
 * session tells it.
 */
async function provideInlineValues(
  document: vscode.TextDocument,
  viewPort: vscode.Range,
  { stoppedLocation }: vscode.InlineValueContext,
): Promise<vscode.InlineValue[]> {
  const past = await pastValues(document, viewPort);
  const here = presentValues(document, stoppedLocation.start);
  const line = stoppedLocation.start.line;
  return [...past.filter(({ range }) => here.length === 0 || range.start.line !== line), ...here];
}

interface PastValue {
  readonly line: number;
  readonly text: string;
}

/** Of the statements in sight that have run by now. */
async function pastValues(
  document: vscode.TextDocument,
  { start, end }: vscode.Range,
): Promise<readonly vscode.InlineValueText[]> {
  const session = vscode.debug.activeDebugSession;
  if (session?.type !== LANGUAGE) return [];
  try {
    const lines = { path: pathOf(document.uri), first: start.line + 1, last: end.line + 1 };
    const { values } = (await session.customRequest('tcpflow/inlineValues', lines)) as {
      readonly values: readonly PastValue[];
    };
    return values.map(({ line, text }) => {
      const { range } = document.lineAt(line - 1);
      return new vscode.InlineValueText(range, text);
    });
  } catch {
    return []; // the run goes on, or is over: there is nothing to tell
  }
}

/** The names in the statement where the debugger stands, each with its value. */
function presentValues(
  document: vscode.TextDocument,
  at: vscode.Position,
): readonly vscode.InlineValueEvaluatableExpression[] {
  const statement = statementsOf(document).find((one) => rangeOf(one.range).contains(at));
  if (statement === undefined) return [];
  const hosts = hostNamesOf(document);
  const subject = subjectOf(statement);
  const range = rangeOf(statement.range);
  const expressions =
    statement.kind === 'fact' || statement.kind === 'wait'
      ? namedIn(document.getText(range), subject, hosts)
      : statesOf(statement, subject, hosts);
  return [...new Set(expressions)].map(
    (expression) => new vscode.InlineValueEvaluatableExpression(range, expression),
  );
}

function namedIn(
  text: string,
  subject: string | undefined,
  hosts: readonly string[],
): readonly string[] {
  const words = [...text.matchAll(new RegExp(PATH, 'gu'))].map(([word]) => word);
  // Whom the fact is about stands at its beginning; that alone is no value to show.
  const named = words.filter((word) => word !== subject);
  return named.flatMap((word) => expressionFor(word, subject, hosts) ?? []);
}

/** The state of whoever makes a call, and of both ends of an expected segment. */
function statesOf(
  statement: Statement,
  subject: string | undefined,
  hosts: readonly string[],
): readonly string[] {
  if (statement.kind === 'call' && subject) return [`${subject}.state`];
  if (statement.kind !== 'segment') return [];
  const { from, to } = statement.pattern;
  const ends = [from.text, to.text].filter((end) => hosts.includes(end));
  return ends.map((end) => `${end}.state`);
}

/** The expression a word stands for; undefined for one without a value. A host or a state stands for a host's state. */
function expressionFor(
  word: string,
  subject: string | undefined,
  hosts: readonly string[],
): string | undefined {
  const [first = '', ...rest] = word.split('.');
  if (hosts.includes(first)) return isField(rest) ? word : `${word}.state`;
  if (parseState(word)) return subject === undefined ? undefined : `${subject}.state`;
  if (word === 'time') return word;
  if (!isField([first, ...rest])) return undefined;
  return subject === undefined ? word : `${subject}.${word}`;
}

/** Whether a path begins with a segment or a value that the script has named by `as` or `let`. */
function declares(document: vscode.TextDocument, word: string): boolean {
  const [first] = word.split('.');
  return statementsOf(document).some((statement) => {
    if (statement.kind === 'segment') return statement.as?.text === first;
    return statement.kind === 'let' && statement.name.text === first;
  });
}

/** Whether a path, without its host, ends in something that has a value. */
function isField(parts: readonly string[]): boolean {
  const path = parts.join('.').toLowerCase();
  if (/(^|\.)(timers|isn|options|rto)\.\w+$/.test(path)) return true;
  return [...CONNECTION_FIELDS, ...HOST_FIELDS].some(
    ({ name }) => path === name || path.endsWith(`.${name}`),
  );
}

/** Whom the names without a host in a statement are about: `server`, `server.c1`. */
function subjectOf(statement: Statement): string | undefined {
  switch (statement.kind) {
    case 'call':
      return printed(statement.subject);
    case 'fact':
      return ofFact(statement.fact);
    case 'wait':
      return statement.until.kind === 'fact' ? ofFact(statement.until.fact) : undefined;
    default:
      return undefined;
  }
}

function ofFact(fact: Fact): string | undefined {
  return fact.subject && printed(fact.subject);
}

function printed({ host, connection }: Subject): string {
  return connection ? `${host.text}.${connection.text}` : host.text;
}
