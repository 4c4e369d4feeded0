/** Breakpoints by name: a state, a move between states, a rule, of any host, one host or one connection. */

import type { Program } from '../lang/program.js';
import { listed, suggest } from '../lang/suggest.js';
import { SIM_RULES } from '../sim/rules.js';
import type { Step } from '../sim/step.js';
import type { Microstep, RuleInfo } from '../tcp/rule.js';
import { declaredMoves, headingOf, RULES } from '../tcp/rules.js';
import { has, printSegment, RST } from '../tcp/segment.js';
import { parseState, STATES, type State } from '../tcp/states.js';
import type { Look, Predicate } from './breakpoint.js';
import { isCalledAround } from './look.js';
import { unknownConnection } from './names.js';
import { SCRIPT } from './script-rules.js';

/** What a name stands for, or why it never can hit. */
export type FunctionBreakpoint =
  | {
      readonly kind: 'ok';
      readonly holds: Predicate;
      /** In words: `server enters SYN_RCVD`. */
      readonly text: string;
    }
  | {
      readonly kind: 'impossible';
      readonly message: string;
      /** A name that would be right. */
      readonly instead: string | undefined;
    };

/** Whose event: undefined members leave it open. */
interface Owner {
  readonly host: string | undefined;
  readonly connection: string | undefined;
}

/**
 * Reads `SYN_RCVD`, `server:SYN_RCVD`, `server.c1: SYN-RECEIVED`, `LISTEN->SYN_RCVD`, `client:*->CLOSED`, `SYN_RCVD->`,
 * `other-states/5-ack`, `server:listen/3-syn`, `refused` or `SYN_RCVD refused`. Blanks and case do not matter.
 */
export function parseFunctionBreakpoint(name: string, program: Program): FunctionBreakpoint {
  const text = name.trim();
  const colon = text.indexOf(':');
  const owner = ownerOf(colon < 0 ? '' : text.slice(0, colon), program);
  if ('kind' in owner) return owner;
  const rest = (colon < 0 ? text : text.slice(colon + 1)).trim();
  const prefix = colon < 0 ? '' : `${text.slice(0, colon).trim()}:`;
  const isPeer = program.scope.peers.has(owner.host ?? '');
  const parsed = rest.includes('/')
    ? ruleNamed(rest, owner)
    : isPeer
      ? impossible(`\`${owner.host}\` is a peer without a TCP: it has no states.`)
      : (refusalNamed(rest, owner) ?? movesNamed(rest, owner));
  if (parsed.kind === 'ok' || parsed.instead === undefined) return parsed;
  return { ...parsed, instead: prefix + parsed.instead };
}

function impossible(message: string, instead?: string): FunctionBreakpoint {
  const hint = instead === undefined ? '' : ` Did you mean \`${instead}\`?`;
  return { kind: 'impossible', message: message + hint, instead };
}

function ownerOf(text: string, program: Program): Owner | FunctionBreakpoint {
  const [host = '', connection, ...more] = text.split('.').map((part) => part.trim());
  if (host === '') return { host: undefined, connection: undefined };
  const names = program.hosts.map((one) => one.name);
  const known = names.find((one) => one === host) ?? names.find((one) => same(one, host));
  if (known === undefined) {
    const near = suggest(host, names);
    return impossible(`No host is called \`${host}\`: this script has ${listed(names)}.`, near);
  }
  if (more.length > 0) {
    return impossible(`\`${text}\` has too many dots: write a host, or \`${known}.c1\`.`);
  }
  const unknown = connection && unknownConnection(known, connection, program.scope);
  if (unknown) return impossible(unknown.message, unknown.instead);
  return { host: known, connection };
}

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

// Rules -------------------------------------------------------------------------------------------

const ALL_RULES: readonly RuleInfo[] = [...RULES, ...SIM_RULES, ...Object.values(SCRIPT)];

function ruleNamed(id: string, owner: Owner): FunctionBreakpoint {
  const rule = ALL_RULES.find((one) => same(one.id, id));
  if (!rule) {
    const near = suggest(
      id,
      ALL_RULES.map((one) => one.id),
    );
    return impossible(`No rule is called \`${id}\`.`, near);
  }
  return {
    kind: 'ok',
    text: `${whose(owner)}${rule.id}: ${rule.title}`,
    holds: (look) => {
      const { microstep } = look;
      if (microstep?.rule.id !== rule.id || !isOwner(look, microstep, owner)) return undefined;
      const at = microstep.connection?.host ?? look.step.host;
      return `${at === undefined ? '' : `${at}: `}${headingOf(microstep)}: ${microstep.why()}`;
    },
  };
}

// Refused attempts --------------------------------------------------------------------------------

/** `refused`: an attempt that comes to nothing; `SYN_RCVD refused`: one that meets a connection in that state. */
function refusalNamed(text: string, owner: Owner): FunctionBreakpoint | undefined {
  const [whole, name = ''] = /^(?:(.*\S)\s+)?refused$/i.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const state = stateOrOpen(name);
  if (typeof state === 'object') return state;
  return {
    kind: 'ok',
    text: `${whose(owner)}refuses an attempt${state === undefined ? '' : ` in ${state}`}`,
    holds: (look) => refused(look, state, owner),
  };
}

/** `server in LISTEN refused: discards the segment: queue full`. */
function refused(look: Look, state: State | undefined, owner: Owner): string | undefined {
  const { microstep, step } = look;
  const what = microstep && attemptRefused(microstep, step);
  if (microstep === undefined || what === undefined) return undefined;
  // Whose segment it is, nobody asks before it is known to be whole, and the host to be up.
  const isUnread = SIM_RULES.includes(microstep.rule);
  const at = microstep.before?.state ?? (isUnread ? undefined : 'CLOSED');
  if (state !== undefined && at !== state) return undefined;
  if (!isOwner(look, microstep, owner)) return undefined;
  const host = microstep.connection?.host ?? step.host ?? 'the network';
  const where = at === undefined ? host : `${host} in ${at}`;
  return `${where} refused: ${what}: ${headingOf(microstep)}`;
}

/** A segment that is discarded or answered with a reset, or a call that fails at once. */
function attemptRefused({ effects }: Microstep, { cause, call }: Step): string | undefined {
  for (const effect of effects) {
    if (effect.kind === 'discard') return `discards the segment (${effect.reason})`;
    if (effect.kind === 'send' && cause.kind === 'arrival' && has(effect.segment, RST)) {
      return `answers with ${printSegment(effect.segment)}`;
    }
    const failed = effect.kind === 'complete' && effect.outcome.kind === 'error';
    if (failed && effect.call === call?.id) return `the call fails (${effect.outcome.text})`;
  }
  return undefined;
}

// Moves -------------------------------------------------------------------------------------------

/** A move with open ends. */
interface Edge {
  readonly from: State | undefined;
  readonly to: State | undefined;
}

function movesNamed(text: string, owner: Owner): FunctionBreakpoint {
  const edge = edgeOf(text);
  if ('kind' in edge) return edge;
  const possible = declaredMoves().filter((move) => fits(move, edge));
  if (possible.length === 0) return noSuchMove(edge);
  return {
    kind: 'ok',
    text: `${whose(owner)}${edgeText(edge)}`,
    holds: (look) => moved(look, edge, owner),
  };
}

/** `A -> B`, `A ->`, `-> B`, `* -> B`, or a state, which means entering it. */
function edgeOf(text: string): Edge | FunctionBreakpoint {
  const sides = text.split(/->|\u2192/);
  if (sides.length > 2) return impossible(`\`${text}\` has two arrows: write one move, \`A->B\`.`);
  const [left = '', right] = sides.map((side) => side.trim());
  const from = right === undefined ? undefined : stateOrOpen(left);
  const to = stateOrOpen(right ?? left);
  if (from && typeof from === 'object') return from;
  if (to && typeof to === 'object') return to;
  if (from === undefined && to === undefined && !text.includes('*')) {
    return impossible(
      'Write a state such as `SYN_RCVD`, a move such as `LISTEN->SYN_RCVD`, or a rule.',
    );
  }
  return { from, to };
}

function stateOrOpen(text: string): State | undefined | FunctionBreakpoint {
  if (text === '' || text === '*') return undefined;
  const state = parseState(text);
  if (state) return state;
  const rule = ALL_RULES.find(({ id }) => same(id.slice(id.indexOf('/') + 1), text))?.id;
  const word = text.split(/\s+/).at(-1) ?? '';
  const refusal =
    suggest(word, ['refused']) && `${text.slice(0, text.length - word.length)}refused`;
  const near = rule ?? suggest(text.replaceAll('-', '_'), STATES) ?? refusal;
  return impossible(`No state is called \`${text}\`.`, near);
}

function fits(move: string, { from, to }: Edge): boolean {
  const [before, after] = move.split(' -> ');
  return (from === undefined || before === from) && (to === undefined || after === to);
}

function noSuchMove({ from, to }: Edge): FunctionBreakpoint {
  const moves = declaredMoves();
  const after = moves.filter((move) => fits(move, { from, to: undefined })).map(end);
  const before = moves.filter((move) => fits(move, { from: undefined, to })).map(begin);
  const ways = [
    ...(after.length > 0 ? [`from ${from} one comes to ${listed([...new Set(after)], 'or')}`] : []),
    ...(before.length > 0 ? [`to ${to} one comes from ${listed([...new Set(before)], 'or')}`] : []),
  ];
  const [nearest] = before;
  const instead = nearest && to ? `${nearest}->${to}` : undefined;
  return impossible(
    `No rule moves a connection from ${from ?? 'anywhere'} to ${to ?? 'anywhere'}: ${ways.join('; ')}.`,
    instead,
  );
}

const end = (move: string) => move.split(' -> ')[1] ?? '';
const begin = (move: string) => move.split(' -> ')[0] ?? '';

function edgeText({ from, to }: Edge): string {
  if (from === undefined) return to === undefined ? 'changes its state' : `enters ${to}`;
  return to === undefined ? `leaves ${from}` : `${from} -> ${to}`;
}

function whose({ host, connection }: Owner): string {
  if (host === undefined) return '';
  return `${connection === undefined ? host : `${host}.${connection}`} `;
}

/** `server entered SYN_RCVD from LISTEN: Third, check for a SYN`. */
function moved(look: Look, { from, to }: Edge, owner: Owner): string | undefined {
  const { microstep } = look;
  const after = microstep?.after?.state;
  if (!microstep || after === undefined) return undefined;
  const before = microstep.before?.state;
  if (before === after || (to !== undefined && after !== to)) return undefined;
  if (from !== undefined && before !== from) return undefined;
  if (!isOwner(look, microstep, owner)) return undefined;
  const host = microstep.connection?.host ?? look.step.host ?? '';
  const origin = before === undefined ? '' : ` from ${before}`;
  return `${host} entered ${after}${origin}: ${headingOf(microstep)}`;
}

function isOwner(look: Look, microstep: Microstep, { host, connection }: Owner): boolean {
  if (host === undefined) return true;
  const at = microstep.connection?.host ?? look.step.host;
  if (at !== host) return false;
  if (connection === undefined) return true;
  const ref = microstep.connection ?? look.step.connection;
  return (
    ref !== undefined && isCalledAround(look.run, look.step, ref, connection, look.stateBefore)
  );
}
