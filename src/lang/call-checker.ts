/** User calls and facts: whose they are, ports, counts, outcomes. */

import * as say from './checker-messages.js';
import { type Checking, checkNumber, checkPort, checkTime, typing } from './checking.js';
import * as names from './names.js';
import type { CallStatement, Fact, FactStatement, SendPart, Subject } from './statement-tree.js';
import { need } from './types.js';

/** `H: CALL`, with what is expected of its outcome. */
export function checkCall(
  { subject, call, fails, within }: CallStatement,
  checking: Checking,
): void {
  const { names: known } = checking;
  if (names.needCaller(known, subject.host) && subject.connection) {
    names.needConnection(known, subject.host.text, subject.connection);
  }
  switch (call.kind) {
    case 'listen':
      checkPort(call.port, checking);
      checkNumber(call.backlog, 'A backlog', [0, 1_000_000], checking);
      if (call.remote) names.needAnyHost(known, call.remote.host);
      checkPort(call.remote?.port, checking);
      break;
    case 'connect':
      names.needAnyHost(known, call.to.host);
      checkPort(call.to.port, checking);
      checkPort(call.from, checking);
      if (call.send) checkSend(call.send, checking);
      break;
    case 'send':
      checkSend(call, checking);
      break;
    case 'receive':
      checkNumber(call.count, 'This', [1, OCTETS_LIMIT], checking);
      break;
  }
  if ('as' in call && call.as) names.defineConnection(known, subject.host.text, call.as);
  if (fails?.kind === 'blank') checking.report(say.unanswered(), fails.range);
  checkTime(within, checking);
}

function checkSend({ data, bytes }: SendPart, checking: Checking): void {
  if (bytes === 'count') checkNumber(data, 'This', [0, OCTETS_LIMIT], checking);
}

/** Octets of one call: more is a mistake, not a lesson. */
const OCTETS_LIMIT = 16 * 1024 * 1024;

/** `expect FACT [within T]`, `never FACT [for T]`. */
export function checkFactStatement(
  { fact, within, during }: FactStatement,
  checking: Checking,
): void {
  checkFact(fact, checking);
  checkTime(within ?? during, checking);
}

/** Whose it is, and that its condition is one; a student's `?` is reported. */
export function checkFact(fact: Fact, checking: Checking): void {
  if (fact.subject) checkSubject(fact.subject, checking);
  switch (fact.kind) {
    case 'state':
      if (fact.state.kind === 'blank') checking.report(say.unanswered(), fact.state.range);
      break;
    case 'fails':
      if (fact.message.kind === 'blank') checking.report(say.unanswered(), fact.message.range);
      break;
    case 'received':
      if (fact.bytes === 'count') checkNumber(fact.data, 'This', [0, OCTETS_LIMIT], checking);
      break;
    case 'expression': {
      const { expression, subject } = fact;
      const [word] = expression.kind === 'path' && subject ? expression.parts : [];
      // One word after a name is a state that was meant, far more often than anything else.
      if (expression.kind === 'path' && word && expression.parts.length === 1) {
        names.stateMeant(checking.names, word, checking.report);
      } else {
        const asked = typing(checking, subject ? 'subject' : 'none');
        need(expression, 'boolean', { ...asked, blank: say.unanswered });
      }
      break;
    }
    default:
      fact satisfies never;
  }
}

function checkSubject(subject: Subject, checking: Checking): void {
  const { host, connection, port } = subject;
  if (names.needHost(checking.names, host) && connection) {
    names.needConnection(checking.names, host.text, connection);
  }
  checkPort(port, checking);
}
