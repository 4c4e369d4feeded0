/** RFC 9293 §3.10: the switches by which a TCP leaves the letter of the text, as deployed stacks do; each with what the text says. */

import type { Deviation } from './deviations.js';
import type { Duration } from './rule.js';
import type { SettingInfo } from './settings.js';

/** Every one of them can be used alone, in any profile. */
export interface DeviationSettings {
  readonly synLinearTimeouts: number;
  readonly rtoSlop: Duration;
  readonly openTimeout: Duration;
  readonly orphanRetries: number | undefined;
  readonly rtoBound: 'rto' | 'variance';
  readonly rtoAfterSynLoss: 'always' | 'unmeasured';
  readonly crossingOptions: 'agreed' | 'all';
  readonly afterFin: 'answer' | 'ignore';
  readonly icmpRange: 'outstanding' | 'sent';
  readonly halfOpen: 'tcb' | 'request';
  readonly synText: 'keep' | 'text' | 'ignore';
  readonly synFin: 'take' | 'refuse' | 'drop';
  readonly badSynAck: 'wait' | 'repeat';
  readonly synRcvdReset: 'refused' | 'reset';
  readonly listenCalls: 'open' | 'refuse';
  readonly listenSynAck: 'reset' | 'drop';
  readonly isnClock: 'slow' | 'fast';
  readonly mssMin: number;
  readonly firstPort: number;
  readonly lastPort: number;
  readonly missingTimestamps: 'drop' | 'accept';
  readonly pawsTolerance: number;
  readonly handshakeEcho: 'trust' | 'check';
  readonly resetTimestamps: 'echo' | 'none';
  readonly firstWindow: 'buffer' | 'segments';
  readonly windowRounding: 'down' | 'up';
  readonly windowEdges: 'exclusive' | 'inclusive';
  readonly beyondWindow: 'trim' | 'whole';
  readonly lateReset: 'drop' | 'obey';
  readonly closingReset: 'silent' | 'told';
  readonly ackRange: 'window' | 'acknowledged';
  readonly ackThrottle: 'challenges' | 'all';
  readonly abortFlags: 'rst' | 'rst-ack';
  readonly unreadOnClose: 'fin' | 'reset';
  readonly windowUpdate: 'segment' | 'doubled';
  readonly finAck: 'at-once' | 'late';
  readonly closingFin: 'once' | 'repeat';
  readonly timeWait: 'text' | 'answer' | 'silence';
  readonly timeWaitLimit: number | undefined;
  readonly icmpAbort: 'hard' | 'none';
  readonly icmpAbortOpen: 'hard' | 'refusal' | 'any' | 'none';
}

/** The letter of the text. */
export const BY_THE_LETTER: DeviationSettings = {
  synLinearTimeouts: 0,
  rtoSlop: 0,
  openTimeout: 0,
  orphanRetries: undefined,
  rtoBound: 'rto',
  rtoAfterSynLoss: 'always',
  crossingOptions: 'agreed',
  afterFin: 'answer',
  icmpRange: 'outstanding',
  halfOpen: 'tcb',
  synText: 'keep',
  synFin: 'take',
  badSynAck: 'wait',
  synRcvdReset: 'refused',
  listenCalls: 'open',
  listenSynAck: 'reset',
  isnClock: 'slow',
  mssMin: 1,
  firstPort: 49_152,
  lastPort: 65_535,
  missingTimestamps: 'drop',
  pawsTolerance: 0,
  handshakeEcho: 'trust',
  resetTimestamps: 'echo',
  firstWindow: 'buffer',
  windowRounding: 'down',
  windowEdges: 'exclusive',
  beyondWindow: 'trim',
  lateReset: 'drop',
  closingReset: 'silent',
  ackRange: 'window',
  ackThrottle: 'challenges',
  abortFlags: 'rst',
  unreadOnClose: 'fin',
  windowUpdate: 'segment',
  finAck: 'at-once',
  closingFin: 'once',
  timeWait: 'text',
  timeWaitLimit: undefined,
  icmpAbort: 'hard',
  icmpAbortOpen: 'hard',
};

/** A setting together with the deviation that it turns on; the deviation's id is the setting's word. */
type Switch = SettingInfo &
  Pick<Deviation, 'says' | 'does' | 'why'> & { readonly name: keyof DeviationSettings };

const SWITCHES: readonly Switch[] = [
  {
    word: 'syn-linear-timeouts',
    name: 'synLinearTimeouts',
    kind: 'count',
    range: [0, 255],
    doc: 'How many retransmissions of a SYN come before the RTO begins to double; `syn-retries` counts those after them.',
    says: 'RFC 6298 (5.5): the RTO doubles at every expiry.',
    does: 'The RTO of a SYN stays as it is for so many expiries.',
    why: 'A lost SYN costs a second and not more; a handshake is no sign of congestion.',
  },
  {
    word: 'rto-slop',
    name: 'rtoSlop',
    kind: 'duration',
    range: [0, 60_000_000],
    doc: 'What is added to every RTO but the first, which rests on no measurement.',
    says: 'RFC 6298 (2.2), (2.3) and (5.5): RTO = SRTT + max(G, 4 * RTTVAR), and doubles.',
    does: 'The sum, or the doubled sum, is so much longer.',
    why: 'A peer may delay its acknowledgments.',
  },
  {
    word: 'open-timeout',
    name: 'openTimeout',
    kind: 'duration',
    range: [0, 86_400_000_000],
    doc: 'How long SYN_SENT and SYN_RCVD may wait for the acknowledgment of their SYN; 0 is `user-timeout`.',
    says: 'RFC 9293 §3.9.1.1: one user timeout for all that is sent; §3.8.3 (MUST-23): R2 for a SYN is at least 180 s.',
    does: 'The user timeout of a SYN has a length of its own.',
    why: 'Applications wait less long for a connection than for an acknowledgment.',
  },
  {
    word: 'rto-bound',
    name: 'rtoBound',
    kind: 'choice',
    choices: ['rto', 'variance'],
    doc: 'What `rto-min` bounds: the RTO, or the part of it that is for the variance.',
    says: 'RFC 6298 (2.4): an RTO below the bound is rounded up to it.',
    does: 'RTO = SRTT + max(`rto-min`, 4 * RTTVAR).',
    why: 'A peer that delays its acknowledgments does so on top of the round trip.',
  },
  {
    word: 'rto-after-syn-loss',
    name: 'rtoAfterSynLoss',
    kind: 'choice',
    choices: ['always', 'unmeasured'],
    doc: 'When the first RTO of an open connection is 3 s: when its SYN was sent again, or when the handshake gave no round-trip time.',
    says: 'RFC 6298 (5.7): RTO is 3 s when data transmission begins and the timer had expired for the SYN.',
    does: 'It is 3 s when nothing was measured: after a SYN that was sent again unless timestamps gave a sample, and after a SYN cookie.',
    why: 'A sample is worth more than the memory of a loss; a cookie does not tell when it was sent.',
  },
  {
    word: 'orphan-retries',
    name: 'orphanRetries',
    kind: 'count-or-off',
    range: [0, 255],
    doc: 'The same as `retries` for a connection that its user has closed (not only shut down); `off` makes no difference.',
    says: 'RFC 9293 §3.8.3 (MUST-20): R2 for text is at least 100 s, whoever still waits for it.',
    does: 'Text and FIN of a connection without a user have an R2 of their own.',
    why: 'Nobody is there to be told, and the memory is wanted.',
  },
  {
    word: 'half-open',
    name: 'halfOpen',
    kind: 'choice',
    choices: ['tcb', 'request'],
    doc: 'What a passive SYN_RCVD is: a TCB that makes the checks of §3.10.7.4, or a request that repeats its SYN,ACK (RFC 4987 §3.3).',
    says: 'RFC 9293 §3.10.7.4: a repeated SYN lies before the window and is answered with an ACK; a new SYN in the window brings a passive open back to LISTEN, and nothing is sent.',
    does: 'A repeated SYN is answered with the SYN,ACK again. A new SYN in the window deletes the request and is answered with `<SEQ=0><ACK=SEG.SEQ+1><CTL=RST,ACK>`. The ACK field is looked at before the sequence number: a wrong one is answered with a reset, and a RST with a wrong one ignored.',
    why: 'Half-open connections are kept small; the SYN,ACK is what the peer lacks.',
  },
  {
    word: 'syn-text',
    name: 'synText',
    kind: 'choice',
    choices: ['keep', 'text', 'ignore'],
    doc: 'What becomes of text and FIN of a SYN or SYN,ACK: they wait for ESTABLISHED (`text`: not the FIN of a SYN), or must be sent again.',
    says: 'RFC 9293 §3.10.7.2 and §3.10.7.3: other controls or text of a SYN are queued, those of a SYN,ACK are processed.',
    does: '`ignore`: both are ignored, and neither is acknowledged. `text`: the FIN of a SYN without ACK is.',
    why: 'Text before the handshake is complete belongs to TCP Fast Open; a FIN comes again.',
  },
  {
    word: 'syn-fin',
    name: 'synFin',
    kind: 'choice',
    choices: ['take', 'refuse', 'drop'],
    doc: 'What a segment with SYN and FIN meets: it is taken as a SYN, dropped in LISTEN (`refuse`), or dropped in every state (`drop`).',
    says: 'RFC 9293 §3.10.7: a SYN with a FIN is a SYN; the FIN is processed later.',
    does: 'It is dropped silently, in LISTEN or always.',
    why: 'Such segments come from scanners; T/TCP, which used them, is historic.',
  },
  {
    word: 'bad-syn-ack',
    name: 'badSynAck',
    kind: 'choice',
    choices: ['wait', 'repeat'],
    doc: 'What SYN_SENT does after an unacceptable ACK besides the reset: wait for the RTO, or send its SYN again at once.',
    says: 'RFC 9293 §3.10.7.3, first check: a reset is sent, or a RST dropped; the SYN waits for its RTO.',
    does: 'The first RTO is brought forward to 8 ms from now.',
    why: 'The reset cleans up what the peer had left over, and the open need not wait a second.',
  },
  {
    word: 'crossing-options',
    name: 'crossingOptions',
    kind: 'choice',
    choices: ['agreed', 'all'],
    doc: 'What the SYN,ACK of a simultaneous open offers: what both SYNs offered, or all that its own SYN did.',
    says: 'RFC 7323 §2.2 and §3.2: in a SYN,ACK the options are answers to those of the SYN.',
    does: 'The SYN,ACK is the SYN again, with all its options and an ACK.',
    why: 'The SYN is what is retransmitted (RFC 9293 §3.5).',
  },
  {
    word: 'syn-rcvd-reset',
    name: 'synRcvdReset',
    kind: 'choice',
    choices: ['refused', 'reset'],
    doc: 'What the user of an active OPEN is told of a RST in SYN_RCVD: "connection refused" or "connection reset".',
    says: 'RFC 9293 §3.10.7.4, second check: in SYN-RECEIVED after an active OPEN, "connection refused".',
    does: 'The user is told "connection reset".',
    why: 'The peer had answered, so it has not refused.',
  },
  {
    word: 'listen-calls',
    name: 'listenCalls',
    kind: 'choice',
    choices: ['open', 'refuse'],
    doc: 'What an active OPEN or a SEND does to a listener: it becomes active (§3.10.1, §3.10.2), or the call fails.',
    says: 'RFC 9293 §3.10.1 and §3.10.2: with a remote socket, OPEN and SEND make a LISTEN connection active.',
    does: 'OPEN meets "connection already exists", SEND "remote socket unspecified".',
    why: 'A listening socket stays one.',
  },
  {
    word: 'listen-syn-ack',
    name: 'listenSynAck',
    kind: 'choice',
    choices: ['reset', 'drop'],
    doc: 'What a SYN,ACK meets in LISTEN: a reset, as any ACK, or silence.',
    says: 'RFC 9293 §3.10.7.2, second check: any acknowledgment is answered with a reset.',
    does: 'A SYN,ACK is dropped silently.',
    why: 'It answers a SYN that somebody forged; a reset would serve the forger.',
  },
  {
    word: 'isn-clock',
    name: 'isnClock',
    kind: 'choice',
    choices: ['slow', 'fast'],
    doc: 'A tick of M, the clock of ISNs: 4 microseconds (`slow`, §3.4.1) or 64 nanoseconds (`fast`).',
    says: 'RFC 9293 §3.4.1 (MUST-8): the clock ticks about every 4 microseconds and wraps after 4.55 hours.',
    does: 'It ticks every 64 nanoseconds and wraps after 275 seconds.',
    why: 'Faster networks use sequence numbers up faster, and the ISN of the next connection must be ahead.',
  },
  {
    word: 'mss-min',
    name: 'mssMin',
    kind: 'octets',
    range: [1, 1_460],
    doc: 'The least MSS that a peer is believed to have; a smaller offer counts as this.',
    says: 'RFC 9293 §3.7.1: what the peer offers is the limit, however small.',
    does: 'An offer below is raised to it; an MSS of 0 is none.',
    why: 'Segments of a few octets would cost more than they carry.',
  },
  {
    word: 'first-port',
    name: 'firstPort',
    kind: 'count',
    range: [1, 65_535],
    doc: 'The first ephemeral port (RFC 6335 §6).',
    says: 'RFC 6335 §6: dynamic ports are 49152 to 65535.',
    does: 'They begin elsewhere.',
    why: 'More ports mean more connections, and are harder to guess (RFC 6056 §3.2).',
  },
  {
    word: 'last-port',
    name: 'lastPort',
    kind: 'count',
    range: [1, 65_535],
    doc: 'The last ephemeral port (RFC 6335 §6).',
    says: 'RFC 6335 §6: dynamic ports are 49152 to 65535.',
    does: 'They end elsewhere.',
    why: 'See `first-port`.',
  },
  {
    word: 'missing-timestamps',
    name: 'missingTimestamps',
    kind: 'choice',
    choices: ['drop', 'accept'],
    doc: 'What a segment without timestamps meets once they were agreed on (RFC 7323 §3.2).',
    says: 'RFC 7323 §3.2: it SHOULD be dropped silently.',
    does: 'It is processed as if nothing had been agreed.',
    why: 'Some middleboxes take options away.',
  },
  {
    word: 'paws-tolerance',
    name: 'pawsTolerance',
    kind: 'count',
    range: [0, 1_000],
    doc: 'How many ticks a timestamp may be older than TS.Recent and still be taken (RFC 7323 §5.3).',
    says: 'RFC 7323 §5.3, R1: SEG.TSval < TS.Recent is not acceptable.',
    does: 'So many ticks are forgiven.',
    why: 'Clocks that are read on several processors differ by a tick.',
  },
  {
    word: 'handshake-echo',
    name: 'handshakeEcho',
    kind: 'choice',
    choices: ['trust', 'check'],
    doc: 'Whether the TSecr that completes a handshake must be a TSval that was sent.',
    says: 'RFC 7323 does not check TSecr.',
    does: 'In SYN_RCVD an ACK with a TSecr that was never sent is answered with an ACK and dropped; in SYN_SENT it is answered with a reset, as an unacceptable ACK is.',
    why: 'Whoever guesses the ISS has to guess the timestamp, too.',
  },
  {
    word: 'reset-timestamps',
    name: 'resetTimestamps',
    kind: 'choice',
    choices: ['echo', 'none'],
    doc: 'Whether a reset that answers a segment with timestamps has some, too (RFC 7323 §5.2).',
    says: 'RFC 7323 §5.2: a RST that answers a segment with timestamps SHOULD echo them.',
    does: 'Such resets have no options.',
    why: 'RST is exempt from PAWS.',
  },
  {
    word: 'first-window',
    name: 'firstWindow',
    kind: 'choice',
    choices: ['buffer', 'segments'],
    doc: 'What RCV.WND of a new connection is: the receive buffer, or as many whole segments as fit into it.',
    says: 'RFC 9293 §3.8.6: the window is what the receiver is ready to take.',
    does: 'The buffer is rounded down to a multiple of the MSS offered, less 12 octets where the peer of a passive open has timestamps.',
    why: 'A sender of full segments cannot use the rest.',
  },
  {
    word: 'window-rounding',
    name: 'windowRounding',
    kind: 'choice',
    choices: ['down', 'up'],
    doc: 'How a window is rounded that its scaled field cannot say exactly (RFC 7323 §2.3).',
    says: 'RFC 7323 §2.3: SEG.WND is RCV.WND, right-shifted.',
    does: 'It is rounded up, and RCV.WND is as large as what was said.',
    why: 'Rounded down, the right edge would move to the left with every segment (RFC 7323 §2.4).',
  },
  {
    word: 'window-edges',
    name: 'windowEdges',
    kind: 'choice',
    choices: ['exclusive', 'inclusive'],
    doc: 'Whether SEG.SEQ=RCV.NXT+RCV.WND and a segment that ends right before RCV.NXT are still looked at (Table 6).',
    says: 'RFC 9293 §3.10.7.4, first check: SEG.SEQ=RCV.NXT+RCV.WND is outside; so is a segment whose last octet is RCV.NXT-1, and a FIN while RCV.WND=0.',
    does: 'All three pass the first check: the ACK of a repeated FIN is processed, a RST at the right edge is challenged, and a FIN at RCV.NXT is taken with a closed window.',
    why: 'Nothing is lost by it, and the stalls of RFC 9293 §A.2 do not occur.',
  },
  {
    word: 'beyond-window',
    name: 'beyondWindow',
    kind: 'choice',
    choices: ['trim', 'whole'],
    doc: 'What becomes of text that reaches beyond the window: the rest is trimmed, or the whole segment is taken or refused.',
    says: 'RFC 9293 §3.10.7.4, first check: segments with higher ending sequence numbers are trimmed to the window.',
    does: 'The whole segment is taken when the user has read everything, else it is answered with an ACK and dropped.',
    why: 'Buffers are kept by segments, not by octets.',
  },
  {
    word: 'late-reset',
    name: 'lateReset',
    kind: 'choice',
    choices: ['drop', 'obey'],
    doc: 'What a RST at RCV.NXT-1 does after the FIN was received (CLOSE_WAIT, CLOSING, LAST_ACK).',
    says: 'RFC 9293 §3.10.7.4, first check: it lies before the window and is dropped.',
    does: 'It is obeyed.',
    why: 'Some stacks do not count their FIN when they reset.',
  },
  {
    word: 'after-fin',
    name: 'afterFin',
    kind: 'choice',
    choices: ['answer', 'ignore'],
    doc: 'Whether text and FIN at or after RCV.NXT are acknowledged once the FIN was received (CLOSE_WAIT, CLOSING, LAST_ACK).',
    says: 'RFC 9293 §3.10.7.4, seventh and eighth check: text is ignored there; a FIN is acknowledged.',
    does: 'Neither is answered; what lies before RCV.NXT is, as it was taken before.',
    why: 'Nothing can follow a FIN.',
  },
  {
    word: 'closing-reset',
    name: 'closingReset',
    kind: 'choice',
    choices: ['silent', 'told'],
    doc: 'Whether the user is told of a RST in CLOSING and LAST_ACK.',
    says: 'RFC 9293 §3.10.7.4, second check: in CLOSING and LAST-ACK the TCB is deleted, and nobody is told.',
    does: 'The user is told "connection reset".',
    why: 'Text that was sent before the FIN may be lost.',
  },
  {
    word: 'ack-range',
    name: 'ackRange',
    kind: 'choice',
    choices: ['window', 'acknowledged'],
    doc: 'How old an ACK may be: MAX.SND.WND before SND.UNA (RFC 5961 §5.2), or also no more than was ever acknowledged.',
    says: 'RFC 5961 §5.2: SND.UNA-MAX.SND.WND =< SEG.ACK.',
    does: 'The lower bound is also ISS+1: on a new connection every ACK below SND.UNA is answered with an ACK and dropped.',
    why: 'An ACK of what was never sent is a guess.',
  },
  {
    word: 'ack-throttle',
    name: 'ackThrottle',
    kind: 'choice',
    choices: ['challenges', 'all'],
    doc: 'What `challenge-ack-limit` counts: challenge ACKs alone, or all ACKs that answer unacceptable segments without text, which ends a quarrel that a forged segment began.',
    says: 'RFC 9293 §3.10.7.4: every unacceptable segment is answered with an ACK; RFC 5961 §7 limits challenge ACKs.',
    does: 'Both are counted together. Segments with text or FIN and without SYN are always answered. After 100 answers to ACKs out of range, with no acceptable one between them, there are no more. `ack-throttle challenges` is the letter.',
    why: 'One forged FIN or octet in the window, and two TCPs would answer each other’s ACKs for ever.',
  },
  {
    word: 'abort-flags',
    name: 'abortFlags',
    kind: 'choice',
    choices: ['rst', 'rst-ack'],
    doc: 'The reset of an ABORT: `<SEQ=SND.NXT><CTL=RST>`, or with an acknowledgment and a window.',
    says: 'RFC 9293 §3.10.5: `<SEQ=SND.NXT><CTL=RST>`.',
    does: '`<SEQ=SND.NXT><ACK=RCV.NXT><CTL=RST,ACK>`.',
    why: 'It is formed as any other segment of the connection.',
  },
  {
    word: 'unread-on-close',
    name: 'unreadOnClose',
    kind: 'choice',
    choices: ['fin', 'reset'],
    doc: 'What CLOSE sends while the user has not read everything: a FIN, or a reset as text is lost (MAY-1, SHLD-3, §3.6.1).',
    says: 'RFC 9293 §3.10.4: a FIN is sent. §3.6.1 (SHLD-3): if text is lost by a CLOSE, a RST SHOULD show it.',
    does: 'A reset as of an ABORT is sent, and the TCB deleted. A shutdown sends its FIN.',
    why: 'The peer must not believe that its text was read.',
  },
  {
    word: 'window-update',
    name: 'windowUpdate',
    kind: 'choice',
    choices: ['segment', 'doubled'],
    doc: 'When a RECEIVE that opens the window tells the sender so: when it moves by a full segment, or when it at least doubles.',
    says: 'RFC 9293 §3.8.6.2.2: the window is advertised anew when it can move by the smaller of half the buffer and a full segment.',
    does: 'A RECEIVE sends an ACK only if the window is at least twice as large as before; else the next segment says it.',
    why: 'A sender that still has half a window needs no segment of its own.',
  },
  {
    word: 'fin-ack',
    name: 'finAck',
    kind: 'choice',
    choices: ['at-once', 'late'],
    doc: 'When the FIN that leads to CLOSE_WAIT is acknowledged: at once, or 40 ms later if text was received before and nothing is sent meanwhile.',
    says: 'RFC 9293 §3.10.7.4, eighth check: the FIN is acknowledged. §3.8.6.3: an ACK may be delayed by less than 0.5 s.',
    does: 'The ACK of the FIN waits 40 ms for a segment that it can travel with, such as our own FIN.',
    why: 'Most programs answer the end of the text with text or with a close.',
  },
  {
    word: 'closing-fin',
    name: 'closingFin',
    kind: 'choice',
    choices: ['once', 'repeat'],
    doc: 'What acknowledges the FIN that leads to CLOSING: an ACK, or our FIN once more with it.',
    says: 'RFC 9293 §3.10.7.4, eighth check: the FIN is acknowledged; SEQ is SND.NXT.',
    does: 'The acknowledgment is `<SEQ=SND.NXT-1><ACK=RCV.NXT><CTL=FIN,ACK>`.',
    why: 'Whatever is sent while the FIN is outstanding repeats it.',
  },
  {
    word: 'time-wait',
    name: 'timeWait',
    kind: 'choice',
    choices: ['text', 'answer', 'silence'],
    doc: 'What TIME_WAIT keeps of the eight checks: all (`text`), or a few numbers that answer the unexpected with an ACK (`answer`) or not at all (`silence`).',
    says: 'RFC 9293 §3.10.7.4: TIME-WAIT makes the same eight checks as all synchronized states; RFC 6191 §2 tells when a SYN reopens it.',
    does: 'Only RCV.NXT, SND.NXT and TS.Recent are compared. A bare ACK at RCV.NXT and a RST are never answered. `answer`: every other segment is answered with an ACK; a SYN beyond RCV.NXT or with a newer timestamp reopens with ISS=SND.NXT+65537, and one that no listener waits for is always answered. `silence`: a segment without ACK is dropped; a SYN beyond RCV.NXT reopens.',
    why: 'A host has very many connections in TIME_WAIT, and keeps little of each.',
  },
  {
    word: 'time-wait-limit',
    name: 'timeWaitLimit',
    kind: 'count-or-off',
    range: [0, 10_000_000],
    doc: 'How many connections of a host may be in TIME_WAIT; the next one is deleted at once. `off` is no limit.',
    says: 'RFC 9293 §3.6.1 (MUST-13): whoever closes first MUST linger in TIME-WAIT for 2 MSL.',
    does: 'Above the limit nobody does.',
    why: 'Memory is bounded.',
  },
  {
    word: 'icmp-range',
    name: 'icmpRange',
    kind: 'choice',
    choices: ['outstanding', 'sent'],
    doc: 'Which sequence numbers an ICMP error may quote: those of outstanding octets, or also SND.NXT.',
    says: 'RFC 5927 §4.1: SND.UNA =< SEG.SEQ < SND.NXT.',
    does: 'SND.NXT itself is allowed.',
    why: 'An ACK has that number, and may meet an error, too.',
  },
  {
    word: 'icmp-abort',
    name: 'icmpAbort',
    kind: 'choice',
    choices: ['hard', 'none'],
    doc: 'Which ICMP errors abort a connection in a synchronized state: the hard ones (SHLD-26), or none.',
    says: 'RFC 9293 §3.9.2.2 (SHLD-26): hard errors should abort the connection.',
    does: 'In synchronized states a hard error is told to the user, as a soft one is.',
    why: 'RFC 5927 §5.2: such a message is easily forged, and a connection that works proves it wrong.',
  },
  {
    word: 'icmp-abort-open',
    name: 'icmpAbortOpen',
    kind: 'choice',
    choices: ['hard', 'refusal', 'any', 'none'],
    doc: 'Which ICMP errors abort SYN_SENT and SYN_RCVD: the hard ones, those that refuse (hard, prohibited, time exceeded in transit), any error, or none.',
    says: 'RFC 9293 §3.9.2.2 (MUST-56): a soft error MUST NOT abort the connection.',
    does: 'An OPEN fails on soft errors too.',
    why: 'RFC 5461 §4: a user with several addresses to try does not want to wait.',
  },
];

/** The switches as settings: a part of `SETTINGS`. */
export const DEVIATION_SETTINGS: readonly SettingInfo[] = SWITCHES.map(
  ({ says: _says, does: _does, why: _why, ...info }) => info,
);

/** The switches as deviations: a part of `DEVIATIONS`. */
export const SWITCHED_DEVIATIONS: readonly Deviation[] = SWITCHES.map(
  ({ word, says, does, why }) => ({ id: word, says, does, why, switch: word }),
);
