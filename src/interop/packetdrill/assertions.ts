/** Python between `%{` and `}%`: only assertions about `TCP_INFO` are read, nothing is ever executed. */

import type { PacketAssertion } from '../../lang/packet-operations.js';
import type { State } from '../../tcp/states.js';
import { parseAssertion } from './python.js';

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

const CONSTANTS: Readonly<Record<string, number>> = {
  True: 1,
  False: 0,
  TCPI_OPT_TIMESTAMPS: 1,
  TCPI_OPT_SACK: 2,
  TCPI_OPT_WSCALE: 4,
  TCPI_OPT_ECN: 8,
  TCPI_OPT_ECN_SEEN: 16,
  TCPI_OPT_SYN_DATA: 32,
  TCPI_OPT_USEC_TS: 64,
  TCPI_OPT_TFO_CHILD: 128,
  TCP_CA_Open: 0,
  TCP_CA_Disorder: 1,
  TCP_CA_CWR: 2,
  TCP_CA_Recovery: 3,
  TCP_CA_Loss: 4,
  TFO_STATUS_UNSPEC: 0,
  TFO_COOKIE_UNAVAILABLE: 1,
  TFO_DATA_NOT_ACKED: 2,
  TFO_SYN_RETRANSMITTED: 3,
};

/** The members of `tcp_info` that have a meaning in connection management. */
const MEMBERS = new Set(
  `tcpi_state tcpi_options tcpi_snd_mss tcpi_advmss tcpi_snd_wscale tcpi_rcv_wscale tcpi_retransmits
   tcpi_retrans tcpi_total_retrans tcpi_probes tcpi_backoff tcpi_unacked tcpi_rto tcpi_rtt tcpi_rttvar
   tcpi_snd_wnd tcpi_rcv_wnd tcpi_delivered tcpi_pmtu tcpi_bytes_acked tcpi_bytes_received
   tcpi_notsent_bytes tcpi_fastopen_client_fail tcpi_snd_cwnd tcpi_snd_ssthresh tcpi_ca_state tcpi_lost tcpi_sacked
   tcpi_reordering tcpi_rcv_mss`.split(/\s+/),
);

/** The assertions of a piece of code; `problem` names what is none of them. */
export function readAssertions(
  code: string,
  numbering: Numbering,
): { readonly assertions: readonly PacketAssertion[]; readonly problem: string | undefined } {
  const assertions: PacketAssertion[] = [];
  for (const statement of statementsOf(code)) {
    // What is printed is for people.
    if (statement === 'pass' || /^print\b/.test(statement)) continue;
    const assertion = readAssertion(statement, numbering);
    if (typeof assertion === 'string') return { assertions: [], problem: assertion };
    assertions.push(assertion);
  }
  return { assertions, problem: undefined };
}

/** Statements end with the line, outside of parentheses, or with a semicolon. */
function statementsOf(code: string): readonly string[] {
  const text = code.replace(/\\[ \t]*\n/g, ' ');
  const found: string[] = [];
  let depth = 0;
  let current = '';
  for (const [token] of text.matchAll(/"[^"\n]*"|'[^'\n]*'|(?:#|\/\/)[^\n]*|[\s\S]/g)) {
    if (/^(?:#|\/\/)/.test(token)) continue;
    if (token === '(' || token === '[') depth += 1;
    else if (token === ')' || token === ']') depth -= 1;
    if (token === ';' || (token === '\n' && depth <= 0)) {
      found.push(current);
      current = '';
    } else current += token;
  }
  return [...found, current].map((statement) => statement.trim()).filter((one) => one !== '');
}

function readAssertion(statement: string, numbering: Numbering): PacketAssertion | string {
  const text = statement.replace(/\s+/g, ' ');
  const parsed = parseAssertion(text, (name) => {
    const value = constantOf(name, numbering);
    if (value !== undefined) return { kind: 'number', value };
    return MEMBERS.has(name) ? { kind: 'member', name } : undefined;
  });
  switch (parsed.kind) {
    case 'expression':
      return { expression: parsed.expression, text: parsed.text };
    case 'unknown':
      return `an assertion about \`${parsed.name}\``;
    case 'other':
      return `Python code: \`${shorten(text)}\``;
  }
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function constantOf(text: string, numbering: Numbering): number | undefined {
  const known = Object.hasOwn(CONSTANTS, text) ? CONSTANTS[text] : undefined;
  if (known !== undefined) return known;
  const word = text.replace(/^TCPI?S?_/, '');
  const state = word !== text && Object.hasOwn(STATE_WORDS, word) ? STATE_WORDS[word] : undefined;
  const index = state === undefined ? -1 : ORDER[numbering].indexOf(state);
  return index < 0 ? undefined : index;
}

/** The state that a word of a command names, `SYN_RCVD` or `FIN_WAIT_2`. */
export function stateNamed(word: string): State | undefined {
  return word === 'SYN_RCVD' ? 'SYN_RCVD' : STATE_WORDS[word];
}
