/** RFC 3168 §6.1, RFC 9768 §3: what the text says, what a TCP with one of these switches does, and why: Explicit Congestion Notification. */

import type { Switched } from '../deviations.js';

export const ECN_DEVIATIONS: readonly Switched[] = [
  {
    id: 'ecn-syn',
    says: 'RFC 3168 §6.1.1: a SYN with ECE and CWR asks for ECN; its sender must not set ECT in the IP header.',
    does: 'A SYN that is marked ECT or CE, and has not AE, agrees on nothing.',
    why: 'Whoever marks it has another idea of the IP header’s bits, or the path spoils them.',
  },
  {
    id: 'ecn-answer',
    says: 'RFC 9768 §3.1.1: a client enters AccECN mode when it has asked for it. RFC 3168 §6.1.1: CWR on a SYN,ACK means no ECN.',
    does: 'After a SYN with ECE and CWR a SYN,ACK that feeds an IP-ECN field back leads to AccECN mode. A SYN,ACK that comes again, or a SYN in the window, is answered with the field of the first, or (`latest`) with its own, whatever its bits; a SYN of another kind that comes again is answered as the first. `latest`: a SYN,ACK that has gone three times ends ECT, and has no bits of classic ECN either, and a SYN cookie agrees to AccECN though it cannot remember it.',
    why: 'The bits of the first SYN or SYN,ACK alone decide there.',
  },
  {
    id: 'ecn-mangling',
    says: 'RFC 9768 §3.2.2.3: after an invalid transition a client is advised not to set ECT, and to go on with its feedback.',
    does: 'A SYN,ACK that is not marked CE is believed; CE on one that shows an invalid transition is not counted, and no more on our own. ACE of 0 on the first ACK ends ECT, also on one with text, and the options are not heeded, but ACE is. `off`: every transition is taken to be valid.',
    why: 'Only a mark has an effect that mangling could forge.',
  },
  {
    id: 'ecn-marks',
    says: 'RFC 3168 §6.1.4 and §6.1.5: pure ACKs and retransmissions are not ECN-capable.',
    does: 'They are, and so are FINs and probes.',
    why: 'RFC 8311 §4.3 allows the experiment; AccECN counts marks on all packets.',
  },
  {
    id: 'ecn-acks',
    says: 'RFC 9768 §3.2.2.5.1: a CE after what was not CE SHOULD be acknowledged at once, and n marks MUST be, with n of 2 to 7, or 3 to 7 without text that is unacknowledged.',
    does: 'Every change of the codepoint is acknowledged at once with the text that brings it; further marks, and those on pure ACKs, wait for the next ACK.',
    why: 'The end of a mark tells as much as its beginning; nobody acknowledges ACKs.',
  },
  {
    id: 'ecn-counts',
    says: 'RFC 9768 §3.2.2.2: the feedback of an ACK counts unless another has superseded it.',
    does: 'The field of an ACK that acknowledges nothing new, by number or by SACK, is ignored, unless its timestamp is newer. Whether ACE has gone round is told by the octets with CE, also estimated ones, and where they are not known by how many segments ACKs usually acknowledge; six marks that are untold make the next acknowledgment go at once. Marks are counted in ESTABLISHED alone.',
    why: 'Without progress nobody knows which of two ACKs is newer; of an ACK for many segments ACE alone tells too little.',
  },
];
