/** RFC 9293 §3.10: what the text says, what a TCP with one of these switches does, and why: closing, TIME_WAIT and ICMP errors. */

import type { Switched } from '../deviations.js';

export const CLOSING_DEVIATIONS: readonly Switched[] = [
  {
    id: 'compressed-acks',
    says: 'RFC 5681 §4.2: out-of-order data segments SHOULD be acknowledged immediately.',
    does: 'Where SACK was agreed on, those that follow the first three at one RCV.NXT wait for others: a twentieth of a round trip, as the timestamps of full segments have told it, 0.1 ms more, and not for more than so many. None waits while ACKs of text go at once, and what waits goes before a third block changes, of which nothing is told then.',
    why: 'The peer has what its fast retransmit needs, and the blocks of the last ACK tell all.',
  },
  {
    id: 'compressed-ack-delay',
    says: 'RFC 5681 §4.2: out-of-order data segments SHOULD be acknowledged immediately.',
    does: 'The most that ACKs of what is held wait for others (`compressed-acks`).',
    why: 'A burst that the network has taken apart arrives within a part of a round trip.',
  },
  {
    id: 'interactive-ack',
    says: 'RFC 9293 §3.8.6.3: an ACK may be delayed by less than 0.5 s; nothing tells when.',
    does: 'ACKs of text are sent at once, 16 of them when text begins or goes on after a pause of an RTO, and any number while the window grows; then they wait as long as the pauses between texts let one expect an answer, 40 ms to 0.2 s, or until more than a segment has come and the window need not be told smaller, or until the user reads. What comes once more is answered at once, and so are the next, unless more than a segment waits and memory is tight. Once text is sent so soon after text was received they wait for it, until one has waited in vain. With `ack-delay` text is taken to be answered from the beginning. With it or `defer-accept`, or when a user waits with text for the connection to open, the ACK of a SYN,ACK waits 0.2 s for text, or until anything comes that was not expected.',
    why: 'Whoever answers once answers again, and the ACK travels with the answer; a bulk sender needs it at once.',
  },
  {
    id: 'interactive-ack-max',
    says: 'RFC 9293 §3.8.6.3: an ACK may be delayed by less than 0.5 s.',
    does: 'The most that it waits with `interactive-ack`, and always a tick less than `rto-min`.',
    why: 'A peer whose RTO is as short as our own may be would send again what has come.',
  },
  {
    id: 'fin-ack',
    says: 'RFC 9293 §3.10.7.4, eighth check: the FIN is acknowledged. §3.8.6.3: an ACK may be delayed by less than 0.5 s.',
    does: 'The ACK of the FIN waits 40 ms for a segment that it can travel with, such as our own FIN; with `interactive-ack` as long as that of text, 1 ms where there was none, neither new nor old. It goes at once if the FIN has filled a hole or the window is closed, and in FIN_WAIT_1, before text that waits.',
    why: 'Most programs answer the end of the text with text or with a close.',
  },
  {
    id: 'closing-fin',
    says: 'RFC 9293 §3.10.7.4, first check and eighth check: an acknowledgment is `<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>`.',
    does: 'It is `<SEQ=SND.NXT-1><ACK=RCV.NXT><CTL=FIN,ACK>`; a challenge ACK stays what it is.',
    why: 'Whatever is sent while the FIN is outstanding repeats it.',
  },
  {
    id: 'closed-fin-wait-2',
    says: 'RFC 9293 §3.10.7.4: FIN-WAIT-2 makes the same eight checks as all synchronized states, whether a user is left or not.',
    does: 'Only the window, SND.NXT and TS.Recent are compared. Whatever lies outside the window or is old by its timestamp is answered with an ACK, a RST, too; a RST inside ends the connection wherever it lies; a SYN, new text, or a FIN that is not at RCV.NXT is reset, and the TCB deleted; the FIN at RCV.NXT leads to TIME_WAIT. With `reset` such a FIN_WAIT_2 does not come about: the ACK of the FIN is reset, and a CLOSE in FIN_WAIT_2 is an ABORT.',
    why: 'Nobody reads any more, so a host keeps little of such a connection, as of one in TIME_WAIT.',
  },
  {
    id: 'time-wait',
    says: 'RFC 9293 §3.10.7.4: TIME-WAIT makes the same eight checks as all synchronized states; RFC 6191 §2 tells when a SYN reopens it.',
    does: 'Only RCV.NXT, SND.NXT and TS.Recent are compared. A bare ACK at RCV.NXT and a RST are never answered. `answer`: a RST that is old by its timestamp is dropped; every other segment is answered with an ACK; a SYN beyond RCV.NXT or with a newer timestamp reopens with ISS=SND.NXT+65537, so does an OPEN where there were timestamps, whose SYN echoes TS.Recent; a SYN that no listener waits for is always answered; its ACKs have no timestamps while TS.Recent is 0, and say nothing of ECN. `silence`: a segment without ACK is dropped; a SYN beyond RCV.NXT reopens.',
    why: 'A host has very many connections in TIME_WAIT, and keeps little of each.',
  },
  {
    id: 'time-wait-limit',
    says: 'RFC 9293 §3.6.1 (MUST-13): whoever closes first MUST linger in TIME-WAIT for 2 MSL.',
    does: 'Above the limit nobody does.',
    why: 'Memory is bounded.',
  },
  {
    id: 'icmp-range',
    says: 'RFC 5927 §4.1: SND.UNA =< SEG.SEQ < SND.NXT.',
    does: 'SND.NXT itself is allowed.',
    why: 'An ACK has that number, and may meet an error, too.',
  },
  {
    id: 'too-big-offer',
    says: 'RFC 9293 §3.7.1: the MSS that is offered tells what can be received; the path to the peer has nothing to do with it.',
    does: 'The SYNs that follow offer an MSS that fits the path. `lower`: over IPv6 nothing is heeded in SYN_SENT unless the SYN has text, as the least MSS is believed until the peer offers one.',
    why: 'Paths are mostly as wide in both directions.',
  },
  {
    id: 'too-big-segments',
    says: 'RFC 1191 §6.5: it is sufficient to wait until the retransmission timer expires.',
    does: 'They are sent again at once, cut into pieces that the path takes, with the time of what was sent or received last, and the timer runs anew. With `loss-recovery rack` so is what was lost before, whenever the path takes less than was known.',
    why: 'RFC 8201 §5.4: they are known to be lost, so there is nothing to wait for.',
  },
  {
    id: 'path-mtu-min',
    says: 'RFC 1191 §3: an estimate is never less than 68 octets.',
    does: 'It is never less than so many octets.',
    why: 'A forged message could make a connection send very many very short segments.',
  },
  {
    id: 'path-mtu-expiry',
    says: 'RFC 9293 §3.7.1: the MSS that is offered is what can be received, whatever a path takes. RFC 1191 §3: the estimate of a path is kept by IP, for all connections that use it.',
    does: 'New connections to an address know for so long what ICMP has told: they offer no larger MSS, and send no larger segments. 0: only the connection knows that ICMP has told it.',
    why: 'The path back is often the same one.',
  },
  {
    id: 'path-mtu-unsaid',
    says: 'RFC 1191 §7.1: the host tries the next plateau below the length of the datagram that was too big.',
    does: 'The least path MTU.',
    why: 'Routers without an MTU in their messages are gone, and most such messages are forged.',
  },
  {
    id: 'icmp-backoff',
    says: 'RFC 6298 (5.5): the RTO doubles with each expiry; (2): only a round-trip time makes it anew.',
    does: 'The RTO is what it was one expiry before, counted from the last transmission; what is overdue by then goes at once.',
    why: 'RFC 6069 §1: what was lost was not lost to congestion, and a path that is there again should be found soon.',
  },
  {
    id: 'icmp-abort',
    says: 'RFC 9293 §3.9.2.2 (SHLD-26): hard errors should abort the connection.',
    does: 'In synchronized states a hard error is told to the user, as a soft one is.',
    why: 'RFC 5927 §5.2: such a message is easily forged, and a connection that works proves it wrong.',
  },
  {
    id: 'icmp-abort-open',
    says: 'RFC 9293 §3.9.2.2 (MUST-56): a soft error MUST NOT abort the connection.',
    does: 'An OPEN fails on soft errors too.',
    why: 'RFC 5461 §4: a user with several addresses to try does not want to wait.',
  },
  {
    id: 'icmp-soft-limit',
    says: 'RFC 9293 §3.9.2.2 (MUST-56): a soft error MUST NOT abort the connection.',
    does: 'SYN_SENT and SYN_RCVD end at the second ICMP error, if the SYN or SYN,ACK has gone so many times again; SYN_RCVD after an active open with a reset.',
    why: 'A connection that two messages and several time-outs speak against will hardly ever be established.',
  },
];
