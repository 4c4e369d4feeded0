/** User calls in a script (RFC 9293 §3.9.1): `server: listen 80`, `client.c1: close`. */

import {
  atEnd,
  atSymbol,
  atWord,
  type Cursor,
  eatWord,
  fail,
  needSymbol,
  peek,
  seen,
  since,
  startOf,
  take,
  want,
} from './cursor.js';
import { sum, text } from './expressions.js';
import { refuseFiller } from './fillers.js';
import { CALL_WORDS } from './keywords.js';
import * as say from './messages.js';
import { asName, connectionSubject, endpoint, octets, outcome } from './phrases.js';
import type { Name } from './range.js';
import * as sayStated from './statement-messages.js';
import type { Call, CallStatement, SendPart } from './statement-tree.js';
import { CALL_SYNONYMS, meant } from './synonyms.js';

/** `client: send "x"`; after `expect` also its outcome. */
export function callStatement(cursor: Cursor, mode: CallStatement['mode']): CallStatement {
  const start = startOf(cursor);
  const subject = connectionSubject(cursor);
  needSymbol(cursor, ':', '`:` and a call');
  const call = callHere(cursor);
  if (mode === 'step' && atOutcome(cursor)) fail(cursor, sayStated.outcomeWithoutExpect());
  if (mode === 'step')
    return { kind: 'call', subject, call, ...NO_OUTCOME, mode, range: since(cursor, start) };
  const fails = eatWord(cursor, 'fails') ? outcome(cursor) : undefined;
  const within = eatWord(cursor, 'within') ? sum(cursor) : undefined;
  return { kind: 'call', subject, call, fails, within, mode, range: since(cursor, start) };
}

const NO_OUTCOME = { fails: undefined, within: undefined } as const;

/** Whether what follows is no part of a call, but says how it ends. */
function atOutcome(cursor: Cursor): boolean {
  return ['fails', 'within'].includes(peek(cursor).text.toLowerCase());
}

function callHere(cursor: Cursor): Call {
  want(cursor, { kind: 'call' });
  const token = peek(cursor);
  const word = token.text.toLowerCase();
  if (token.kind !== 'word') fail(cursor, say.expected('a call such as `listen`', seen(cursor)));
  else if (!CALL_WORDS.includes(word))
    fail(cursor, sayStated.unknownCall(token.text, meant(word, CALL_SYNONYMS, CALL_WORDS)));
  take(cursor);
  switch (word) {
    case 'listen':
      return listen(cursor);
    case 'connect':
      return connect(cursor);
    case 'accept':
      return { kind: 'accept', as: asName(cursor) };
    case 'send':
      return { kind: 'send', ...sendPart(cursor), urgent: eatWord(cursor, 'urgent') || undefined };
    case 'receive':
      return { kind: 'receive', count: atOctets(cursor) ? octets(cursor) : undefined };
    case 'shutdown':
    case 'close':
    case 'abort':
      return { kind: word };
    default:
      return { kind: 'status' };
  }
}

function listen(cursor: Cursor): Call {
  if (atEnd(cursor)) fail(cursor, say.expected('a port, such as `80`', seen(cursor)));
  refuseFiller(cursor, ['on', 'at', 'port'], ['number']);
  const port = sum(cursor);
  let remote: ReturnType<typeof endpoint> | undefined;
  let backlog: ReturnType<typeof sum> | undefined;
  let as: Name | undefined;
  while (!atEnd(cursor)) {
    if (!remote && eatWord(cursor, 'for')) remote = endpoint(cursor);
    else if (!backlog && eatWord(cursor, 'backlog')) backlog = sum(cursor);
    else if (!as && atWord(cursor, 'as')) as = asName(cursor);
    else break;
  }
  return { kind: 'listen', port, remote, backlog, as };
}

function connect(cursor: Cursor): Call {
  refuseFiller(cursor, ['to', 'with', 'at'], ['word', 'number']);
  const to = endpoint(cursor);
  let from: ReturnType<typeof sum> | undefined;
  let carried: SendPart | undefined;
  let as: Name | undefined;
  while (!atEnd(cursor)) {
    if (!from && eatWord(cursor, 'from')) from = portHere(cursor);
    else if (!carried && eatWord(cursor, 'send')) carried = sendPart(cursor);
    else if (!as && atWord(cursor, 'as')) as = asName(cursor);
    else break;
  }
  if (!from && atWord(cursor, 'port')) fail(cursor, say.unexpectedWord('port', 'from'));
  return { kind: 'connect', to, from, send: carried, as };
}

function portHere(cursor: Cursor): ReturnType<typeof sum> {
  refuseFiller(cursor, ['port'], ['number']);
  return sum(cursor);
}

function sendPart(cursor: Cursor): SendPart {
  if (peek(cursor).kind === 'text') return { data: text(cursor), bytes: 'text' };
  if (atEnd(cursor))
    fail(cursor, say.expected('a text in quotes, or how many bytes', seen(cursor)));
  return { data: octets(cursor, 'a text'), bytes: 'count' };
}

function atOctets(cursor: Cursor): boolean {
  return (
    !atEnd(cursor) && !atSymbol(cursor, '}') && !atOutcome(cursor) && peek(cursor).kind !== 'caret'
  );
}
