/** RFC 9293 §3.10: what the text says, what a TCP with one of these switches does, and why: the RTO, its bounds, and who gives up when. */

import type { Switched } from '../deviations.js';

export const TIMER_DEVIATIONS: readonly Switched[] = [
  {
    id: 'syn-linear-timeouts',
    says: 'RFC 6298 (5.5): the RTO doubles at every expiry.',
    does: 'The RTO of a SYN stays as it is for so many expiries.',
    why: 'A lost SYN costs a second and not more; a handshake is no sign of congestion.',
  },
  {
    id: 'rto-slop',
    says: 'RFC 6298 (2.2), (2.3) and (5.5): RTO = SRTT + max(G, 4 * RTTVAR), and doubles.',
    does: 'The sum, or the doubled sum, is so much longer.',
    why: 'A peer may delay its acknowledgments.',
  },
  {
    id: 'persist-min',
    says: 'RFC 9293 §3.8.6.1 (SHLD-29, SHLD-30): the first probe goes after an RTO, and the interval grows exponentially. §3.8.6.2.1: the override takes 0.1 to 1 second.',
    does: 'Each takes at least so long, the override, too; what grows begins with 4·SRTT+8·RTTVAR.',
    why: 'A window that stays closed is not asked about more often than that.',
  },
  {
    id: 'persist-max',
    says: 'RFC 9293 §3.8.6.1: the interval between probes grows exponentially, with no bound of its own; by default `rto-max` bounds it.',
    does: 'It has a bound of its own.',
    why: 'It is of more use than a retransmission.',
  },
  {
    id: 'open-timeout',
    says: 'RFC 9293 §3.9.1.1: one user timeout for all that is sent; §3.8.3 (MUST-23): R2 for a SYN is at least 180 s.',
    does: 'The user timeout of a SYN has a length of its own.',
    why: 'Applications wait less long for a connection than for an acknowledgment.',
  },
  {
    id: 'rto-bound',
    says: 'RFC 6298 (2.4): an RTO below the bound is rounded up to it.',
    does: 'RTO = SRTT + max(`rto-min`, 4 * RTTVAR).',
    why: 'A peer that delays its acknowledgments does so on top of the round trip.',
  },
  {
    id: 'rtt-spread',
    says: 'RFC 6298 (2.3): RTTVAR <- 3/4 * RTTVAR + 1/4 * |SRTT - R|.',
    does: 'The mean is kept so, with an eighth of what a shorter round trip adds; RTTVAR is at least `rto-min`/4 at first, follows the mean up, and falls towards its peak by a quarter of the difference once in a round trip.',
    why: 'One short round trip is no promise of the next, and the RTO must not fall below it.',
  },
  {
    id: 'rto-after-syn-loss',
    says: 'RFC 6298 (5.7): RTO is 3 s when data transmission begins and the timer had expired for the SYN.',
    does: 'It is 3 s when nothing was measured: after a SYN that was sent again unless timestamps gave a sample, and after a SYN cookie.',
    why: 'A sample is worth more than the memory of a loss; a cookie does not tell when it was sent.',
  },
  {
    id: 'give-up',
    says: 'RFC 9293 §3.8.3: R1 and R2 may be in units of time or a count of retransmissions.',
    does: 'Text and FIN are given up when the time is over that an RTO of 0.2 s, doubled so often, would take, counted from the first retransmission; so is an active open, counted from its SYN, with an RTO of `rto` and `syn-retries`. `user-timeout` replaces R2, and for an idle connection the number of keep-alive probes: what it is when something goes again, or a closed window is probed, is compared with the time since the first time-out or probe, and the next wait ends with it. In a closed window time-outs are not counted.',
    why: 'A short RTO would else give up too soon.',
  },
  {
    id: 'tail-loss-probe',
    says: 'RFC 6298 (5.4): nothing is sent again before the RTO.',
    does: 'A new segment, the FIN, or the last one again, goes after 2 * SRTT (plus `rto-min` if one alone is outstanding), at the latest when the RTO expires; the RTO starts anew, not doubled. When more than was outstanding is acknowledged, and no DSACK tells that the last one was needless, the congestion window is reduced; where recovery begins, the probe is forgotten.',
    why: 'RFC 8985 §3.3: the end of a flight has no segments after it that would show its loss.',
  },
  {
    id: 'window-probe',
    says: 'RFC 9293 §3.8.6.1 (MUST-36): at least one octet of new text is sent regularly. §3.8.6.2.1: what silly window avoidance holds goes after 0.1 to 1 second.',
    does: '`<SEQ=SND.UNA-1><ACK=RCV.NXT><CTL=ACK>`, which the peer must answer. What is outstanding is sent again by the RTO, whatever the window. The override takes an RTO, too. What has doubled the RTO before doubles the interval of the probes again, but not the first, unless that begins with an ACK. Text that is expected, with the ACK and the window that are known and memory that is reserved, is no answer to a probe.',
    why: 'The probe needs no octet that the peer would have to drop.',
  },
  {
    id: 'repacketize',
    says: 'RFC 9293 §3.8.1: the segment at the front of the retransmission queue is sent again.',
    does: 'Text and FIN that follow it travel with it, up to a full segment; what of it was acknowledged does not, nor what lies beyond the peer’s window (with `loss-recovery rack` in any case).',
    why: 'RFC 1122 §4.2.2.15 allows it; fewer segments are sent.',
  },
  {
    id: 'rto-part-ack',
    says: 'RFC 6298 (5.3): an ACK of new data starts the RTO anew.',
    does: 'With `off` an ACK of a part of a segment changes no timer and no count, unless fewer segments are left of several that went as one.',
    why: 'The rest of the segment has waited as long as before.',
  },
  {
    id: 'loss-window',
    says: 'RFC 9293 §3.8.2 (MUST-19): congestion control; by default the send window is the only limit.',
    does: 'After the RTO one segment is under way: the first one again.',
    why: 'RFC 5681 §3.1: the loss window is one segment.',
  },
  {
    id: 'initial-window',
    says: 'RFC 9293 §3.8.2 (MUST-19): slow start and congestion avoidance; by default the send window is the only limit.',
    does: 'So many segments at first, but one when the SYN or SYN,ACK went again twice, and one more for each that arrives while more than half of the window is used; half as many for each RTO in which no text was sent when the user gives text (RFC 5681 §4.1), but not fewer than at first; when it was not used for an RTO, half of the way to what was used, and not less than at first (RFC 7661 §4.4); after the RTO one, and what was under way goes again as ACKs make room, slow start up to the threshold. Text waits and goes in units of several segments, at most half of the largest window, which a later SEND fills up: the last segment of several has PSH, and that of a unit once half of the largest window was written without one.',
    why: 'Connection management meets the beginning, the RTO and recovery.',
  },
  {
    id: 'congestion-algorithm',
    says: 'RFC 5681 §3.1: ssthresh is half of what is under way, and beyond it the window grows by one segment each round trip.',
    does: '`cubic`: ssthresh is 0.7 of the window, and beyond it the window grows as the cube of the time since the loss, at first towards what it was. The time in which nothing was under way does not count.',
    why: 'RFC 9438 §1: long fast paths are used sooner; deployed stacks have it.',
  },
  {
    id: 'slow-start-end',
    says: 'RFC 5681 §3.1: slow start goes on up to ssthresh, which is arbitrarily high at first. RFC 9438 §4.10: CUBIC should use HyStart++ (RFC 9406).',
    does: '`delay`: from 16 segments on it ends when ACKs no more than 2 ms apart have come for half of the shortest round trip, or when all of more than eight samples of a round are longer than that by an eighth, at least 4 and at most 16 ms: ssthresh is the window then.',
    why: 'It is the HyStart that CUBIC had before HyStart++; slow start would else end with many losses at once.',
  },
  {
    id: 'loss-recovery',
    says: 'RFC 5681 §3.2: the third duplicate ACK shows a loss. RFC 6675 §4: so do three blocks of SACK behind a segment, or more octets than in two. ssthresh is half of what is under way.',
    does: '`rack`: with SACK a segment is lost when one that was sent later has arrived, and a quarter of the shortest round trip is over since, or no segment was ever reordered and three have arrived; a retransmission may be lost, too. A D-SACK of what was SACKed before, and had gone again, is a sign of reordering as well. Without SACK an RTO takes all to be lost, however recently it was sent, while the loss of a SYN holds on duplicates are not counted, and those after an RTO stay counted when an ACK covers just what was outstanding then, or takes it back. The congestion window shrinks in proportion to what arrives (RFC 6937), and what DSACK or a timestamp proves needless is taken back, after an RTO, too, but not after a mark, nor for what is outstanding and has not gone again. An ACK that stops before what was SACKed shows that the peer has thrown that away (RFC 2018 §8): half a round trip later, or 10 ms, all goes again. What ends in a block that was told before is not marked by a larger one. An old ACK is listened to for what it SACKs. What goes again goes when an ACK lets it, before the text of the segment is looked at unless that was expected, or when a timer does, and not because the user calls. `timeout`: there is the RTO alone.',
    why: 'RFC 8985 §3: time finds losses at the end of a flight and of retransmissions, and forgives reordering.',
  },
  {
    id: 'spurious-timeout',
    says: 'RFC 6298 (5.4) to (5.6) and RFC 5681 §3.1 hold for every RTO.',
    does: 'An ACK of what was never sent again, or of a part of what went as one, or with a TSecr older than the retransmission, brings the congestion window back, and nothing else goes again; so does a block that tells of it. A CWR that has not left is not sent then. The first ACK of what was sent again lets new text go before what may be lost, which then waits for the next ACK. `echo`: a TSecr alone tells.',
    why: 'What was delayed need not be sent twice.',
  },
  {
    id: 'give-up-reset',
    says: 'RFC 9293 §3.8.3: the connection is closed; it does not say whether the peer is told.',
    does: '`<SEQ=SND.NXT><ACK=RCV.NXT><CTL=RST,ACK>` is sent, but not in SYN_SENT, nor in SYN_RCVD after a passive OPEN.',
    why: 'The peer may be there, and only its answers lost.',
  },
  {
    id: 'keepalive-reset',
    says: 'RFC 9293 §3.8.4 does not say how such a connection ends.',
    does: '`<SEQ=SND.NXT><ACK=RCV.NXT><CTL=RST,ACK>` is sent.',
    why: 'The peer may be there, and only its answers lost.',
  },
  {
    id: 'keepalive-hears',
    says: 'RFC 9293 §3.8.4: a probe is sent when no data or acknowledgment was received for an interval.',
    does: 'Only what has an acceptable ACK counts, and answers a probe.',
    why: 'What is answered with an ACK may come from somebody else.',
  },
  {
    id: 'keepalive-timer',
    says: 'RFC 9293 §3.8.4 (MUST-26): a probe is sent when nothing is outstanding and nothing was received for an interval; nothing tells how that is measured.',
    does: 'The timer runs from when the connection is open or keep-alive is turned on. When it goes off it runs on: for an idle time where something is outstanding or waits to be sent, else for what is left of one since the peer was heard. A user timeout counts from then, too. Text that is expected and acknowledges nothing new answers no probe.',
    why: 'No segment that is sent or received touches a timer.',
  },
  {
    id: 'orphan-retries',
    says: 'RFC 9293 §3.8.3 (MUST-20): R2 for text is at least 100 s, whoever still waits for it.',
    does: 'Text and FIN of a connection without a user have an R2 of their own.',
    why: 'Nobody is there to be told, and the memory is wanted.',
  },
  {
    id: 'orphan-retries-late',
    says: 'RFC 9293 §3.8.3 (MUST-20): R2 for text is at least 100 s, whoever still waits for it.',
    does: 'Their R2 is another once the RTO has reached `rto-max`: with 0 the next time-out is the last.',
    why: 'A peer that was not heard for so long will not be heard any more.',
  },
];
