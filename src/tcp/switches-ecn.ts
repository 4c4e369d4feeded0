/** RFC 3168 §6.1, RFC 9768 §3: switches that leave the letter of the text: Explicit Congestion Notification. */

import type { Switch } from './deviation-settings.js';

export const ECN_SWITCHES: readonly Switch[] = [
  {
    word: 'ecn-syn',
    name: 'ecnSyn',
    kind: 'choice',
    choices: ['any', 'unmarked'],
    doc: 'Which SYNs with ECE and CWR agree on classic ECN: any, or those whose IP header is not marked.',
    says: 'RFC 3168 §6.1.1: a SYN with ECE and CWR asks for ECN; its sender must not set ECT in the IP header.',
    does: 'A SYN that is marked ECT or CE, and has not AE, agrees on nothing.',
    why: 'Whoever marks it has another idea of the IP header’s bits, or the path spoils them.',
  },
  {
    word: 'ecn-answer',
    name: 'ecnAnswer',
    kind: 'choice',
    choices: ['asked', 'any'],
    doc: 'Which feedback a SYN,ACK can agree on: what the SYN has asked for, or any.',
    says: 'RFC 9768 §3.1.1: a client enters AccECN mode when it has asked for it. RFC 3168 §6.1.1: CWR on a SYN,ACK means no ECN.',
    does: 'After a SYN with ECE and CWR a SYN,ACK that feeds an IP-ECN field back leads to AccECN mode.',
    why: 'The bits of the SYN,ACK alone decide there.',
  },
  {
    word: 'ecn-mangling',
    name: 'ecnMangling',
    kind: 'choice',
    choices: ['check', 'marked'],
    doc: 'When the IP-ECN field that a SYN,ACK feeds back is held against what the SYN left with: always, or when the SYN,ACK is marked CE.',
    says: 'RFC 9768 §3.2.2.3: after an invalid transition a client is advised not to set ECT, and to go on with its feedback.',
    does: 'A SYN,ACK that is not marked CE is believed; CE on one that shows an invalid transition is not counted.',
    why: 'Only a mark has an effect that mangling could forge.',
  },
  {
    word: 'ecn-marks',
    name: 'ecnMarks',
    kind: 'choice',
    choices: ['text', 'all'],
    doc: 'What is sent as ECT(0) in AccECN mode: new text, or every segment without SYN.',
    says: 'RFC 3168 §6.1.4 and §6.1.5: pure ACKs and retransmissions are not ECN-capable.',
    does: 'They are, and so are FINs and probes.',
    why: 'RFC 8311 §4.3 allows the experiment; AccECN counts marks on all packets.',
  },
];
