/** User calls: from the script's words to RFC 9293 §3.9.1, and what became of them. */

import type { Expression } from '../lang/expression-tree.js';
import type { ProgramCall, ProgramEndpoint } from '../lang/program.js';
import type { SendPart } from '../lang/statement-tree.js';
import { addressOf } from '../sim/world.js';
import type { UserCall } from '../tcp/calls.js';
import type { Socket } from '../tcp/tcb.js';
import { TEXT } from '../tcp/user-texts.js';
import type { Environment, Problem } from './environment.js';
import { evaluate } from './evaluate.js';
import { environmentOf } from './facts.js';
import { filler } from './made-segments.js';
import type { Called, RunState } from './state.js';
import type { Subject } from './view.js';
import { calledConnection, viewOf } from './view.js';

/** Octets of one SEND: more is a mistake, not a lesson. */
const SEND_LIMIT = 16 * 1024 * 1024;

/** The call that a statement makes; the problem when a value of it cannot be calculated. */
export function userCall(state: RunState, subject: Subject, call: ProgramCall): UserCall | Problem {
  const env = environmentOf(state, subject);
  switch (call.kind) {
    case 'listen':
      return listen(state, subject, call, env);
    case 'connect':
      return connect(state, subject, call, env);
    case 'accept':
      return { kind: 'ACCEPT', port: subject.port, name: call.as };
  }
  // A host may have many to look through.
  const connection = calledConnection(viewOf(state.world), subject)?.ref.id;
  switch (call.kind) {
    case 'send': {
      const data = octetsOf(call, env);
      const { urgent } = call;
      return data instanceof Uint8Array ? { kind: 'SEND', connection, data, urgent } : data;
    }
    case 'receive': {
      const count = call.count && numberOf(call.count, env);
      if (typeof count === 'object') return count;
      return { kind: 'RECEIVE', connection, count };
    }
    case 'shutdown':
      return { kind: 'CLOSE', connection, half: true };
    case 'close':
      return { kind: 'CLOSE', connection };
    case 'abort':
      return { kind: 'ABORT', connection };
    case 'status':
      return { kind: 'STATUS', connection };
  }
}

function listen(
  state: RunState,
  { host }: Subject,
  call: ProgramCall & { readonly kind: 'listen' },
  env: Environment,
): UserCall | Problem {
  const port = numberOf(call.port, env);
  if (typeof port === 'object') return port;
  const remote = call.remote && socketOf(state, call.remote, env);
  if (remote && 'kind' in remote) return remote;
  const backlog = call.backlog && numberOf(call.backlog, env);
  if (typeof backlog === 'object') return backlog;
  const local = { address: addressOf(state.world, host), port };
  return { kind: 'OPEN', open: 'passive', local, remote, backlog, name: call.as };
}

function connect(
  state: RunState,
  { host }: Subject,
  call: ProgramCall & { readonly kind: 'connect' },
  env: Environment,
): UserCall | Problem {
  const remote = socketOf(state, call.to, env);
  if ('kind' in remote) return remote;
  const port = call.from ? numberOf(call.from, env) : 0;
  if (typeof port === 'object') return port;
  const text = call.send && octetsOf(call.send, env);
  if (text && 'kind' in text) return text;
  const local = { address: addressOf(state.world, host), port };
  return { kind: 'OPEN', open: 'active', local, remote, name: call.as, text };
}

/** A host and port as a socket. */
function socketOf(state: RunState, endpoint: ProgramEndpoint, env: Environment): Socket | Problem {
  const port = numberOf(endpoint.port, env);
  if (typeof port === 'object') return port;
  return { address: addressOf(state.world, endpoint.host), port };
}

/** A whole number of 0 or more. */
export function numberOf(expression: Expression, env: Environment): number | Problem {
  const value = evaluate(expression, env);
  if (value.kind === 'problem') return value;
  const number =
    value.kind === 'number' || value.kind === 'seq' ? (value.value as number) : undefined;
  if (number !== undefined && Number.isInteger(number) && number >= 0) return number;
  const { range } = expression;
  return { kind: 'problem', message: 'A whole number of 0 or more is needed here.', range };
}

function octetsOf(part: SendPart, env: Environment): Uint8Array | Problem {
  const value = evaluate(part.data, env);
  if (value.kind === 'problem') return value;
  if (value.kind === 'text') return value.octets;
  const count = numberOf(part.data, env);
  if (typeof count === 'object') return count;
  if (count <= SEND_LIMIT) return filler(count);
  const message = `One SEND takes at most ${SEND_LIMIT} octets here; ${count} are too many.`;
  return { kind: 'problem', message, range: part.data.range };
}

/**
 * A reset in answer to a SYN is "connection reset" in RFC 9293 §3.10.7.3, and "connection refused" to everybody who has ever
 * called connect: an OPEN that fails so has both names.
 */
export function toldText(called: Called | undefined, text: string): string {
  return called?.call === 'connect' && text === TEXT.reset ? `${text} (${TEXT.refused})` : text;
}
