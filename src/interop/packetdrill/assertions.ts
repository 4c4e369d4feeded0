/** Python between `%{` and `}%`: only assertions about `TCP_INFO` and `SO_MEMINFO` are read, nothing is ever executed. */

import type { Message } from '../../lang/diagnostics.js';
import type { PacketAssertion } from '../../lang/packet-operations.js';
import type { State } from '../../tcp/states.js';
import { notSupported, strange } from './messages.js';
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
  TCPI_ECN_MODE_DISABLED: 0,
  TCPI_ECN_MODE_RFC3168: 1,
  TCPI_ECN_MODE_ACCECN: 2,
  TCPI_ECN_MODE_PENDING: 3,
  TFO_STATUS_UNSPEC: 0,
  TFO_COOKIE_UNAVAILABLE: 1,
  TFO_DATA_NOT_ACKED: 2,
  TFO_SYN_RETRANSMITTED: 3,
};

/** The members of `tcp_info`, and of Linux's `SO_MEMINFO`, that can be told. */
const MEMBERS = new Set(
  `tcpi_state tcpi_ca_state tcpi_retransmits tcpi_probes tcpi_backoff tcpi_options tcpi_snd_wscale tcpi_rcv_wscale
   tcpi_fastopen_client_fail tcpi_rto tcpi_ato tcpi_snd_mss tcpi_rcv_mss tcpi_unacked tcpi_sacked tcpi_lost
   tcpi_retrans tcpi_fackets tcpi_last_data_sent tcpi_last_ack_sent tcpi_last_data_recv tcpi_last_ack_recv tcpi_pmtu
   tcpi_rcv_ssthresh tcpi_rtt tcpi_rttvar tcpi_snd_ssthresh tcpi_snd_cwnd tcpi_advmss tcpi_reordering tcpi_rcv_space
   tcpi_total_retrans tcpi_pacing_rate tcpi_max_pacing_rate tcpi_bytes_acked tcpi_bytes_received tcpi_segs_out
   tcpi_segs_in tcpi_notsent_bytes tcpi_min_rtt tcpi_data_segs_in tcpi_data_segs_out tcpi_busy_time tcpi_rwnd_limited
   tcpi_sndbuf_limited tcpi_delivered tcpi_delivered_ce tcpi_bytes_sent tcpi_bytes_retrans tcpi_dsack_dups
   tcpi_reord_seen tcpi_rcv_ooopack tcpi_snd_wnd tcpi_rcv_wnd tcpi_rehash tcpi_total_rto tcpi_total_rto_recoveries
   tcpi_total_rto_time tcpi_received_ce tcpi_delivered_e1_bytes tcpi_delivered_e0_bytes tcpi_delivered_ce_bytes
   tcpi_received_e1_bytes tcpi_received_e0_bytes tcpi_received_ce_bytes tcpi_delivery_rate
   tcpi_delivery_rate_app_limited tcpi_rcv_rtt tcpi_ecn_mode tcpi_accecn_opt_seen tcpi_accecn_fail_mode
   SK_MEMINFO_RCVBUF SK_MEMINFO_SNDBUF SK_MEMINFO_RMEM_ALLOC SK_MEMINFO_WMEM_ALLOC SK_MEMINFO_WMEM_QUEUED
   SK_MEMINFO_FWD_ALLOC SK_MEMINFO_OPTMEM SK_MEMINFO_BACKLOG`.split(/\s+/),
);

/** The others of either system that packetdrill gives to Python. */
const OTHERS = new Set(
  `tcpi_snd_bwnd tcpi_snd_nxt tcpi_rcv_nxt tcpi_toe_tid tcpi_snd_rexmitpack
   tcpi_snd_zerowin SK_MEMINFO_DROPS`.split(/\s+/),
);

/** Whether a name is that of a member which there is in no `tcp_info`. */
function isNoMember(name: string): boolean {
  return name.startsWith('tcpi_') && !MEMBERS.has(name) && !OTHERS.has(name);
}

/** The assertions of a piece of code; `problem` names what is none of them. `kept`: the names of values that code has kept so far. */
export function readAssertions(
  code: string,
  numbering: Numbering,
  kept: Set<string>,
): { readonly assertions: readonly PacketAssertion[]; readonly problem: Message | undefined } {
  const assertions: PacketAssertion[] = [];
  for (const statement of statementsOf(code)) {
    // What is printed is for people.
    if (statement === 'pass' || /^print\b/.test(statement)) continue;
    const assertion = readAssertion(statement, numbering, kept);
    if ('severity' in assertion) return { assertions: [], problem: assertion };
    if (assertion.kept !== undefined) kept.add(assertion.kept);
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
  for (const [token] of `\n${text}`.matchAll(TOKEN)) {
    if (token.startsWith('#')) continue;
    if (token === '(' || token === '[') depth += 1;
    else if (token === ')' || token === ']') depth -= 1;
    if (token === ';' || (token.startsWith('\n') && depth <= 0)) {
      found.push(current);
      current = '';
    } else current += token;
  }
  return [...found, current].map((statement) => statement.trim()).filter((one) => one !== '');
}

/** Text in quotes, comments (`//` at the beginning of a line: else it divides), and all else. */
const TOKEN = /"[^"\n]*"|'[^'\n]*'|#[^\n]*|\n[ \t]*\/\/[^\n]*|[\s\S]/g;

function readAssertion(
  statement: string,
  numbering: Numbering,
  kept: ReadonlySet<string>,
): PacketAssertion | Message {
  const text = statement.replace(/\s+/g, ' ');
  const parsed = parseAssertion(text, (name) => {
    const value = constantOf(name, numbering);
    if (value !== undefined) return { kind: 'number', value };
    return MEMBERS.has(name) || kept.has(name) ? { kind: 'member', name } : undefined;
  });
  switch (parsed.kind) {
    case 'expression':
      return { expression: parsed.expression, kept: parsed.kept, text: parsed.text };
    case 'unknown':
      return isNoMember(parsed.name)
        ? strange('member of tcp_info', parsed.name)
        : notSupported(`an assertion about \`${parsed.name}\``);
    case 'other':
      return notSupported(`Python code: \`${shorten(text)}\``);
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
