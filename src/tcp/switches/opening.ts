/** RFC 9293 §3.10: switches that leave the letter of the text: handshakes and listeners. */

import type { Switch } from '../switches.js';

export const OPENING_SWITCHES: readonly Switch[] = [
  {
    word: 'half-open',
    name: 'halfOpen',
    kind: 'choice',
    choices: ['tcb', 'request', 'cache'],
    doc: 'What a passive SYN_RCVD is: a TCB that makes the checks of §3.10.7.4, or what repeats its SYN,ACK: a request (`request`) or an entry of a SYN cache (`cache`, RFC 4987 §3.3).',
  },
  {
    word: 'syn-text',
    name: 'synText',
    kind: 'choice',
    choices: ['keep', 'text', 'ignore'],
    doc: 'What becomes of text and FIN of a SYN or SYN,ACK: they wait for ESTABLISHED, or must be sent again; with `text` what waits is the text of a SYN that crosses ours, and what comes with a SYN,ACK.',
  },
  {
    word: 'cookie-options',
    name: 'cookieOptions',
    kind: 'choice',
    choices: ['timestamp', 'sum', 'number'],
    doc: 'Where a SYN cookie keeps window scale and SACK: in TSval of the SYN,ACK, and nowhere without timestamps (`sum`: and the number is added up of its parts), or in the number itself.',
  },
  {
    word: 'syn-fin',
    name: 'synFin',
    kind: 'choice',
    choices: ['take', 'refuse', 'unsynchronized', 'drop'],
    doc: 'What a segment with SYN and FIN meets: it is taken as a SYN, dropped in LISTEN (`refuse`), in all states but the synchronized ones, which challenge it, or in every state (`drop`).',
  },
  {
    word: 'bad-syn-ack',
    name: 'badSynAck',
    kind: 'choice',
    choices: ['wait', 'repeat'],
    doc: 'What SYN_SENT does after an unacceptable ACK besides the reset: wait for the RTO, or send its SYN again at once.',
  },
  {
    word: 'crossing-options',
    name: 'crossingOptions',
    kind: 'choice',
    choices: ['agreed', 'all'],
    doc: 'What the SYN,ACK of a simultaneous open offers: what both SYNs offered, or all that its own SYN did.',
  },
  {
    word: 'syn-rcvd-reset',
    name: 'synRcvdReset',
    kind: 'choice',
    choices: ['refused', 'reset'],
    doc: 'What the user of an active OPEN is told of a RST in SYN_RCVD: "connection refused" or "connection reset".',
  },
  {
    word: 'max-syn-backlog',
    name: 'maxSynBacklog',
    kind: 'count-or-off',
    range: [0, 1_000_000],
    doc: 'Without SYN cookies a SYN is dropped when less than a quarter of so many half-open places is free; `off` keeps none free.',
  },
  {
    word: 'listen-calls',
    name: 'listenCalls',
    kind: 'choice',
    choices: ['open', 'refuse'],
    doc: 'What an active OPEN or a SEND does to a listener: it becomes active (§3.10.1, §3.10.2), or the call fails.',
  },
  {
    word: 'listen-syn-ack',
    name: 'listenSynAck',
    kind: 'choice',
    choices: ['reset', 'drop'],
    doc: 'What a SYN,ACK meets in LISTEN: a reset, as any ACK, or silence.',
  },
  {
    word: 'isn-clock',
    name: 'isnClock',
    kind: 'choice',
    choices: ['slow', 'fast'],
    doc: 'A tick of M, the clock of ISNs: 4 microseconds (`slow`, §3.4.1) or 64 nanoseconds (`fast`).',
  },
  {
    word: 'mss-min',
    name: 'mssMin',
    kind: 'octets',
    range: [1, 1_460],
    doc: 'The least MSS that a peer is believed to have; a smaller offer counts as this.',
  },
  {
    word: 'first-port',
    name: 'firstPort',
    kind: 'count',
    range: [1, 65_535],
    doc: 'The first ephemeral port (RFC 6335 §6).',
  },
  {
    word: 'last-port',
    name: 'lastPort',
    kind: 'count',
    range: [1, 65_535],
    doc: 'The last ephemeral port (RFC 6335 §6).',
  },
];
