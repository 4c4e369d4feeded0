/** RFC 9293 §3.10: where and why we differ from the text, how it must be read where it leaves a choice, and what is missing. */

import { CLOSING_DEVIATIONS } from './deviations/closing.js';
import { ECN_DEVIATIONS } from './deviations/ecn.js';
import { OPENING_DEVIATIONS } from './deviations/opening.js';
import { SEGMENT_DEVIATIONS } from './deviations/segments.js';
import { TIMER_DEVIATIONS } from './deviations/timers.js';

/** One deviation, interpretation or gap. Rules that rest on one name it in their reason. */
export interface Deviation {
  readonly id: string;
  /** What the RFC says, with its section. */
  readonly says: string;
  readonly does: string;
  readonly why: string;
  /** The setting that turns it on or off; undefined when it cannot be turned off. */
  readonly switch: string | undefined;
}

/** One that a switch turns on: its id is the switch's word. */
export type Switched = Omit<Deviation, 'switch'>;

const SWITCHED: readonly Switched[] = [
  ...TIMER_DEVIATIONS,
  ...OPENING_DEVIATIONS,
  ...ECN_DEVIATIONS,
  ...SEGMENT_DEVIATIONS,
  ...CLOSING_DEVIATIONS,
];

export const DEVIATIONS: readonly Deviation[] = [
  {
    id: 'simultaneous-open',
    says: 'RFC 9293 §3.10.7.4, first check: a segment whose last octet lies before RCV.NXT is answered with an ACK and dropped. Figure 7 lets the SYN,ACK that crosses ours complete the connection, although it ends at RCV.NXT-1.',
    does: '`text` follows the check: the crossing SYN,ACKs provoke ACKs, and those complete both sides. `figure` takes a SYN,ACK in SYN_RCVD with SEG.SEQ=IRS and an acceptable ACK as Figure 7 shows it; `figure-ack` also acknowledges it, challenges one that does not acknowledge all that was sent or is more than that, unless `before-window` trims it, and with an active open lets SEG.ACK=SND.UNA establish the connection.',
    why: 'RFC 9293 §A.2 knows of the contradiction and leaves it open.',
    switch: 'simultaneous-open',
  },
  {
    id: 'challenge-ack',
    says: 'RFC 9293 §3.10.7.4, second, fourth and fifth check: the checks of RFC 5961 apply to stacks that implement it; the text of RFC 793 applies to others.',
    does: 'RFC 5961 is in force: challenge ACKs for a RST in the window that is not at RCV.NXT and for any SYN, at most `challenge-ack-limit` of them per connection in `challenge-ack-interval`; an ACK below SND.UNA-MAX.SND.WND is refused. With `off` the text of RFC 793 holds, with `rst` for SYNs, with `syn` for RSTs.',
    why: 'The RFC presents it first, and deployed stacks do it.',
    switch: 'challenge-ack',
  },
  {
    id: 'rfc5961-syn-rcvd',
    says: 'RFC 9293 §3.10.7.4, fifth check, puts the ACK range of RFC 5961 before the processing of every state, SYN-RECEIVED too; RFC 9293 §3.5.2, second group, has a reset for an unacceptable ACK in SYN-RECEIVED.',
    does: 'In SYN_RCVD an unacceptable ACK is answered with a reset; the range of RFC 5961 applies to synchronized states.',
    why: 'RFC 5961 §5 protects established connections, and Figure 8 and its relatives rest on the reset.',
    switch: undefined,
  },
  {
    id: 'syn-rcvd-drop',
    says: 'RFC 9293 §3.10.7.4, fifth check, SYN-RECEIVED: for an unacceptable ACK "form a reset segment and send it". It does not say whether processing goes on.',
    does: 'The segment is dropped after the reset; the state stays.',
    why: 'RFC 9293 §3.5.2: "The connection remains in the same state", and text of a segment that is answered with a reset must not be delivered.',
    switch: undefined,
  },
  {
    id: 'syn-sent-window',
    says: 'RFC 9293 §3.10.7.3, fourth check, sets SND.WND, SND.WL1 and SND.WL2 only on the way to SYN-RECEIVED; a SYN,ACK leads to ESTABLISHED and skips the fifth check, which would set them.',
    does: 'A SYN,ACK sets them too.',
    why: 'Without a send window nothing could be sent until the next segment comes.',
    switch: undefined,
  },
  {
    id: 'syn-sent-reset',
    says: 'RFC 9293 §3.10.7.3, second check: stacks with RFC 5961 SHOULD first check that the RST has SEG.SEQ=RCV.NXT.',
    does: 'In SYN_SENT the ACK alone validates a RST.',
    why: 'RCV.NXT has no value before a SYN was received (RFC 9293 §3.5.3).',
    switch: undefined,
  },
  {
    id: 'time-wait-fin',
    says: 'RFC 9293 §3.10.7.4: the fifth and the eighth check restart the 2 MSL timeout for a retransmitted FIN; but that FIN lies at RCV.NXT-1, so the first check answers and drops it.',
    does: 'The first check restarts the 2 MSL when it answers a repeated FIN in TIME_WAIT.',
    why: 'Both checks ask for it, and neither can ever be reached.',
    switch: undefined,
  },
  {
    id: 'time-wait-ack',
    says: 'RFC 9293 §3.10.7.4, fifth check: the only thing that can arrive in TIME-WAIT is the remote FIN: "Acknowledge it".',
    does: 'An ACK without text or FIN is acknowledged if it lies beyond RCV.NXT, where the FIN was, and has no answer at RCV.NXT; the 2 MSL go on.',
    why: 'At RCV.NXT it is the peer’s last ACK, and two TCPs in TIME_WAIT would answer each other. Beyond it the peer has other numbers, and learns ours.',
    switch: undefined,
  },
  {
    id: 'time-wait-reuse',
    says: 'RFC 9293 §3.6.1 (MAY-2) and §3.10.7.4, fourth check: a SYN may reopen a connection from TIME-WAIT; with timestamps by the rules of RFC 6191, which SHOULD be implemented (SHLD-4).',
    does: 'Off by default. With `on`, and a listener for the SYN, RFC 6191 §2 decides. The ISS of the host must lie beyond the old SND.NXT, else the checks of TIME_WAIT go on. If the new connection fails in SYN_RCVD, the TIME_WAIT returns.',
    why: 'The checks of the RFC are shown undisturbed by default.',
    switch: 'time-wait-reuse',
  },
  {
    id: 'time-wait-resets',
    says: 'RFC 9293 §3.10.7.4, second check: a RST in TIME-WAIT deletes the TCB.',
    does: 'The same by default; `ignore` is fix F1 of RFC 1337 §3.',
    why: 'It prevents the assassination of TIME_WAIT by old duplicates.',
    switch: 'time-wait-resets',
  },
  {
    id: 'last-ack-data',
    says: 'RFC 9293 §3.10.7.4, fifth check: the only thing that can arrive in LAST-ACK is an acknowledgment of our FIN; in TIME-WAIT, the remote FIN.',
    does: 'Both do the processing of ESTABLISHED first, so that SND.UNA follows ACKs of text before the FIN; an ACK of what was not sent is answered with an ACK.',
    why: 'Text may be outstanding before the FIN, and RFC 9293 §3.5.2, third group, covers these states.',
    switch: undefined,
  },
  {
    id: 'second-fin',
    says: 'RFC 9293 §3.10.7.4, eighth check: "if the FIN bit is set, ... advance RCV.NXT over the FIN", also in the states that follow a FIN.',
    does: 'A FIN in the window after the FIN is acknowledged, and RCV.NXT stays.',
    why: 'Nothing follows a FIN in sequence space; advancing would acknowledge what was never sent.',
    switch: undefined,
  },
  {
    id: 'ts-recent-ack',
    says: 'RFC 7323 §5.3, R3: a segment that passes the sequence check and begins at or before Last.ACK.sent sets TS.Recent, whatever its ACK field.',
    does: 'A segment that the fourth check refuses for its SYN, or the fifth for its ACK, leaves TS.Recent as it was.',
    why: "A forged segment could else make the peer's own ones look old.",
    switch: undefined,
  },
  {
    id: 'out-of-order',
    says: 'RFC 9293 §3.10.7.4, first check: segments that begin beyond RCV.NXT SHOULD be held for later processing (SHLD-31).',
    does: 'Checks two to six are made on arrival; text and FIN are held, and processed when the hole before them is filled. A duplicate ACK leaves at once (MAY-13).',
    why: 'A RST or SYN has to be answered at once (RFC 5961), and an ACK field loses nothing by being early.',
    switch: undefined,
  },
  {
    id: 'listen-fork',
    says: 'RFC 9293 §3.10.7.2: the connection that listens goes to SYN-RECEIVED itself, and returns to LISTEN.',
    does: 'The rules run on a copy, which becomes a child with an entry of its own; the listener stays in LISTEN. A child that returns to LISTEN is deleted; calls that named it get "connection reset".',
    why: 'A port serves many connections (MUST-42); the rules stay as they are printed.',
    switch: undefined,
  },
  {
    id: 'combine-syn-ack',
    says: 'RFC 9293 §3.4.1 shows the handshake as four messages of which two can be combined; §3.10.7.2 sends the SYN,ACK, and §3.10.7.3 drops an ACK without SYN.',
    does: 'With `off` a listener sends ACK and SYN apart, and a host in SYN_SENT remembers the ACK (SND.UNA <- SEG.ACK) until the SYN comes: SYN, ACK, SYN, ACK when both hosts have it off. Against a host that has it on, the SYN meets the rules of a simultaneous open: both become ESTABLISHED once the SYN has been sent again.',
    why: 'It shows why there are three messages and not four.',
    switch: 'combine syn-ack',
  },
  {
    id: 'merged-ack',
    says: 'RFC 9293 §3.10.7.3, fourth check: a SYN,ACK is answered with an ACK; the text of the same segment is acknowledged again. Implementations MAY suppress the first.',
    does: 'The first is suppressed when text or a FIN follows; text queued by SEND travels with the ACK.',
    why: 'MUST-58 asks to aggregate ACKs.',
    switch: undefined,
  },
  {
    id: 'zero-window-ack',
    says: 'RFC 9293 §3.10.7.4, first check: with RCV.WND=0 no segment is acceptable, but "special allowance should be made to accept valid ACKs, URGs, and RSTs".',
    does: 'With RCV.WND=0 a RST and an ACK without SYN at SEG.SEQ=RCV.NXT go through all checks; text and FIN are not accepted and are answered with an ACK, as is a SYN, and text or a FIN without the ACK bit.',
    why: 'That is the allowance; where SEG.SEQ must be is not said.',
    switch: undefined,
  },
  {
    id: 'syn-queue',
    says: 'RFC 9293 says nothing of queues between TCP and its user.',
    does: '`syn-queue` bounds the half-open children of a listener, `backlog` the complete ones that wait for ACCEPT. A SYN or a completing ACK that finds no room is dropped, or reset with `on-overflow reset`. A RST before ACCEPT removes the entry. Closing a listener aborts its complete children and forgets the half-open ones.',
    why: 'Sockets have it so; RFC 4987 §2.2 describes it.',
    switch: 'on-overflow',
  },
  {
    id: 'r2-closes',
    says: 'RFC 9293 §3.8.3: at R2 the connection is closed; with what words, and whether with a reset, is not said.',
    does: 'The TCB is deleted, nothing is sent, and all calls get "connection aborted due to excessive retransmissions".',
    why: 'The path is taken to be dead.',
    switch: 'retries',
  },
  {
    id: 'probe-user-timeout',
    says: 'RFC 9293 §3.8.6.1 (MUST-37): a connection whose zero-window probes are acknowledged must stay open; §3.10.8: the user timeout aborts in any state.',
    does: 'Each acknowledgment of a probe restarts the user timeout; unanswered probes let it expire.',
    why: 'Both sentences hold then.',
    switch: 'user-timeout',
  },
  {
    id: 'listen-open-passive',
    says: 'RFC 9293 §3.10.1 does not say what a passive OPEN meets in LISTEN; MUST-41 forbids to alter the record.',
    does: 'It meets "connection already exists".',
    why: 'Two listeners of one socket could not be told apart.',
    switch: undefined,
  },
  {
    id: 'ack-delay',
    says: 'RFC 9293 §3.8.6.3 (SHLD-18): delayed ACKs SHOULD be implemented.',
    does: 'ACKs leave at once unless `ack-delay` says otherwise.',
    why: 'A diagram is easier to read.',
    switch: 'ack-delay',
  },
  {
    id: 'congestion-control',
    says: 'RFC 9293 §3.8.2 (MUST-19): slow start, congestion avoidance and back-off of the RTO.',
    does: 'The back-off of the RTO alone: the send window is the only limit. `initial-window` brings slow start and what follows it, `loss-window` and `loss-recovery` what follows a loss, `ecn` and `accurate-ecn` ECN (SHLD-8).',
    why: 'Connection management is the subject: who waits for a window to grow sees less of it.',
    switch: undefined,
  },
  {
    id: 'security',
    says: 'RFC 9293 §3.10.7.2 to §3.10.7.4 compare the security/compartment of segment and TCB.',
    does: 'Segments carry none: the check is there and always passes.',
    why: 'RFC 9293 §A.1: it can be ignored by implementations without multilevel security.',
    switch: undefined,
  },
  {
    id: 'permissions',
    says: 'RFC 9293 §3.10.1 to §3.10.6: "error: connection illegal for this process" for users without access; Diffserv values may be refused.',
    does: "A host has one user, who may do everything; the text meets local sockets that are not the host's. Diffserv is not implemented.",
    why: 'There are no processes to tell apart.',
    switch: undefined,
  },
  {
    id: 'fin-wait-2-timeout',
    says: 'RFC 9293 §3.10.8 has no time limit for FIN-WAIT-2.',
    does: 'None by default; `fin-wait-2-timeout` deletes the TCB when it has passed.',
    why: 'Deployed stacks have one.',
    switch: 'fin-wait-2-timeout',
  },
  {
    id: 'syn-plain-after',
    says: 'RFC 9293 §3.8.1: a retransmission repeats the segment; nothing is said of options.',
    does: 'The same by default. With `syn-plain-after N` window scale, SACK-permitted and timestamps are neither offered nor agreed on from the Nth retransmission of a SYN on.',
    why: 'Some old peers and middleboxes drop SYNs with options that they do not know.',
    switch: 'syn-plain-after',
  },
  {
    id: 'fast-open',
    says: 'RFC 9293 §3.10.7.2 and §3.4: text of a SYN is kept until the connection is ESTABLISHED.',
    does: 'The same by default. With `fast-open` (RFC 7413) text of a SYN with a good cookie is given to the user at once, who may answer it in SYN_RCVD.',
    why: 'It saves a round trip; the cookie shows that the peer is where it says it is.',
    switch: 'fast-open',
  },
  {
    id: 'half-duplex-close',
    says: 'RFC 9293 §3.6.1 (MAY-1, SHLD-3): a host may treat CLOSE as closing both directions, and send a RST when text is lost thereby.',
    does: 'CLOSE closes the sending direction alone. With `text-after-close reset` text that arrives in FIN_WAIT_1 or FIN_WAIT_2 is answered with a reset, and so is a FIN that has text before it; with `refuse` even if only sending was shut down.',
    why: "It is the RFC's own model (RFC 9293 §3.6).",
    switch: 'text-after-close',
  },
  {
    id: 'receive-after-close',
    says: 'RFC 9293 §3.10.3: in CLOSING, LAST-ACK and TIME-WAIT a RECEIVE meets "connection closing", although text may be on hand.',
    does: 'The same; the octets stay in the TCB and go with it.',
    why: 'The letter; RECEIVE before the remote FIN arrives, or while in CLOSE_WAIT.',
    switch: undefined,
  },
  ...SWITCHED.map((deviation) => ({ ...deviation, switch: deviation.id })),
];
