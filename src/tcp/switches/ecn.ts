/** RFC 3168 §6.1, RFC 9768 §3: switches that leave the letter of the text: Explicit Congestion Notification. */

import type { Switch } from '../switches.js';

export const ECN_SWITCHES: readonly Switch[] = [
  {
    word: 'ecn-syn',
    name: 'ecnSyn',
    kind: 'choice',
    choices: ['any', 'unmarked'],
    doc: 'Which SYNs with ECE and CWR agree on classic ECN: any, or those whose IP header is not marked.',
  },
  {
    word: 'ecn-answer',
    name: 'ecnAnswer',
    kind: 'choice',
    choices: ['asked', 'any', 'latest'],
    doc: 'Which feedback a SYN,ACK can agree on: what the SYN has asked for, or any; one that comes again tells nothing then, or (`latest`) how it has arrived itself.',
  },
  {
    word: 'ecn-mangling',
    name: 'ecnMangling',
    kind: 'choice',
    choices: ['check', 'marked', 'off'],
    doc: 'When the IP-ECN field that a SYN,ACK feeds back is held against what the SYN left with: always, or when the SYN,ACK is marked CE, or (`off`) neither then nor on the ACK that answers a SYN,ACK.',
  },
  {
    word: 'ecn-marks',
    name: 'ecnMarks',
    kind: 'choice',
    choices: ['text', 'all'],
    doc: 'What is sent as ECT(0) in AccECN mode: new text, or every segment without SYN.',
  },
  {
    word: 'ecn-acks',
    name: 'ecnAcks',
    kind: 'choice',
    choices: ['marks', 'changes'],
    doc: 'What is acknowledged at once in AccECN mode: CE after something else, and the second or third CE since the last ACK; or text whose codepoint is another than the last.',
  },
  {
    word: 'ecn-counts',
    name: 'ecnCounts',
    kind: 'choice',
    choices: ['every', 'progress'],
    doc: 'Which ACE fields count: of every ACK that is not older than the last, or of those that acknowledge something new.',
  },
];
