/** Python between `%{` and `}%`: only assertions about `TCP_INFO` are read, nothing is ever executed. */

import type { PacketAssertion } from '../../lang/packet-operations.js';
import type { State } from '../../tcp/states.js';

/** Whose numbers for states `tcpi_state` has. */
export type Numbering = 'linux' | 'freebsd';

/** The states as the constants of both systems name them, less `TCP_` and `TCPI_`. */
const STATE_WORDS: Readonly<Record<string, State>> = {
  CLOSE: 'CLOSED',
  CLOSED: 'CLOSED',
  LISTEN: 'LISTEN',
  SYN_SENT: 'SYN_SENT',
  SYN_RECV: 'SYN_RCVD',
  SYN_RECEIVED: 'SYN_RCVD',
  ESTABLISHED: 'ESTABLISHED',
  CLOSE_WAIT: 'CLOSE_WAIT',
  FIN_WAIT1: 'FIN_WAIT_1',
  FIN_WAIT_1: 'FIN_WAIT_1',
  CLOSING: 'CLOSING',
  LAST_ACK: 'LAST_ACK',
  FIN_WAIT2: 'FIN_WAIT_2',
  FIN_WAIT_2: 'FIN_WAIT_2',
  TIME_WAIT: 'TIME_WAIT',
};

const ORDER: Readonly<Record<Numbering, readonly (State | undefined)[]>> = {
  linux: [
    undefined,
    'ESTABLISHED',
    'SYN_SENT',
    'SYN_RCVD',
    'FIN_WAIT_1',
    'FIN_WAIT_2',
    'TIME_WAIT',
    'CLOSED',
    'CLOSE_WAIT',
    'LAST_ACK',
    'LISTEN',
    'CLOSING',
  ],
  freebsd: [
    'CLOSED',
    'LISTEN',
    'SYN_SENT',
    'SYN_RCVD',
    'ESTABLISHED',
    'CLOSE_WAIT',
    'FIN_WAIT_1',
    'CLOSING',
    'LAST_ACK',
    'FIN_WAIT_2',
    'TIME_WAIT',
  ],
};

const OPTION_BITS: Readonly<Record<string, number>> = {
  TCPI_OPT_TIMESTAMPS: 1,
  TCPI_OPT_SACK: 2,
  TCPI_OPT_WSCALE: 4,
  TCPI_OPT_ECN: 8,
  TCPI_OPT_ECN_SEEN: 16,
  TCPI_OPT_SYN_DATA: 32,
};

/** The members of `tcp_info` that have a meaning in connection management. */
const MEMBERS = new Set(
  `tcpi_state tcpi_options tcpi_snd_mss tcpi_rcv_mss tcpi_advmss tcpi_snd_wscale tcpi_rcv_wscale
   tcpi_retransmits tcpi_retrans tcpi_total_retrans tcpi_probes tcpi_backoff tcpi_unacked tcpi_rto
   tcpi_rcv_space tcpi_snd_wnd tcpi_rcv_wnd`.split(/\s+/),
);

/** The assertions of a piece of code; `problem` names what is none of them. */
export function readAssertions(
  code: string,
  numbering: Numbering,
): { readonly assertions: readonly PacketAssertion[]; readonly problem: string | undefined } {
  const assertions: PacketAssertion[] = [];
  for (const statement of statementsOf(code)) {
    const assertion = readAssertion(statement, numbering);
    if (typeof assertion === 'string') return { assertions: [], problem: assertion };
    assertions.push(assertion);
  }
  return { assertions, problem: undefined };
}

function statementsOf(code: string): readonly string[] {
  const lines = code
    .replace(/\\\s*\n/g, ' ')
    .split('\n')
    .map((line) => line.replace(/(?:#|\/\/).*$/, ''));
  return lines
    .join(';')
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

const ASSERT =
  /^assert\s*(?:\(\s*(\w+)\s*&\s*(\w+)\s*\)|(\w+))\s*(==|!=|<=|>=|<|>)\s*([\w\s+*-]+?)\s*(?:,.*)?$/;
const WRAPPED = /^assert\s*\((.*)\)\s*(,.*)?$/;

function readAssertion(statement: string, numbering: Numbering): PacketAssertion | string {
  const wrapped = WRAPPED.exec(statement);
  const match =
    ASSERT.exec(statement) ?? (wrapped ? ASSERT.exec(`assert ${wrapped[1]}`) : undefined);
  if (!match) return `Python code: \`${shorten(statement)}\``;
  const [text, masked, bits, plain, operator, right = ''] = match;
  const name = masked ?? plain ?? '';
  if (!MEMBERS.has(name)) return `an assertion about \`${name}\``;
  const mask = bits === undefined ? undefined : numberOf(bits, numbering);
  const value = calculate(right, numbering);
  const unknown =
    value === undefined ? right : bits !== undefined && mask === undefined ? bits : '';
  if (value === undefined || unknown !== '') return `an assertion with \`${unknown}\``;
  const shown = text.replace(/\s*,.*$/, '');
  return { name, mask, operator: operator as PacketAssertion['operator'], value, text: shown };
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** `8940 - 12`: sums of numbers and constants. */
function calculate(text: string, numbering: Numbering): number | undefined {
  let total = 0;
  for (const [, sign, term] of text.matchAll(/([+-]?)\s*(\w+)/g)) {
    const value = numberOf(term ?? '', numbering);
    if (value === undefined) return undefined;
    total += sign === '-' ? -value : value;
  }
  return /^\s*[+-]?\s*\w+(?:\s*[+-]\s*\w+)*\s*$/.test(text) ? total : undefined;
}

function numberOf(text: string, numbering: Numbering): number | undefined {
  if (/^(?:0x[0-9a-fA-F]+|\d+)$/.test(text)) return Number(text);
  const bit = OPTION_BITS[text];
  if (bit !== undefined) return bit;
  const state = STATE_WORDS[text.replace(/^TCPI?S?_/, '')];
  const index = state === undefined ? -1 : ORDER[numbering].indexOf(state);
  return index < 0 ? undefined : index;
}

/** The state that a word of a command names, `SYN_RCVD` or `FIN_WAIT_2`. */
export function stateNamed(word: string): State | undefined {
  return word === 'SYN_RCVD' ? 'SYN_RCVD' : STATE_WORDS[word];
}
