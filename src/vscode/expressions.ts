/** While debugging: which expression a word of the script stands for, in hovers and at the end of its line. */

import * as vscode from 'vscode';
import type { Fact, Statement, Subject } from '../lang/ast.js';
import { CONNECTION_FIELDS, HOST_FIELDS } from '../lang/fields.js';
import { parseState } from '../tcp/states.js';
import { LANGUAGE } from './documents.js';
import { hostNamesOf, rangeOf, statementsOf } from './scripts.js';

/** `SND.NXT`, `client.c1.SND.UNA`, `syn-queue`, `SYN-RECEIVED`, `client`. */
const PATH = /[A-Za-z][\w-]*(\.[A-Za-z]\w*)*/;

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
  const expression = expressionFor(document.getText(range), subject, hostNamesOf(document));
  return expression === undefined ? undefined : new vscode.EvaluatableExpression(range, expression);
}

/** What a fact speaks of, at the end of the line where the debugger stands. Elsewhere it would be another moment's. */
function provideInlineValues(
  document: vscode.TextDocument,
  _viewPort: vscode.Range,
  { stoppedLocation }: vscode.InlineValueContext,
): vscode.InlineValue[] {
  const statement = statementsOf(document).find((one) =>
    rangeOf(one.range).contains(stoppedLocation.start),
  );
  if (statement?.kind !== 'fact') return [];
  const hosts = hostNamesOf(document);
  const subject = subjectOf(statement);
  const range = rangeOf(statement.range);
  const words = [...document.getText(range).matchAll(new RegExp(PATH, 'g'))].map(([word]) => word);
  // Whom the fact is about stands at its beginning; that alone is no value to show.
  const named = words.filter((word) => word !== subject);
  const expressions = named.flatMap((word) => expressionFor(word, subject, hosts) ?? []);
  return [...new Set(expressions)].map(
    (expression) => new vscode.InlineValueEvaluatableExpression(range, expression),
  );
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

/** Whether a path, without its host, ends in something that has a value. */
function isField(parts: readonly string[]): boolean {
  const path = parts.join('.').toLowerCase();
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
