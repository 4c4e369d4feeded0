/** RFC 9293 §3.10: what the text says, what a TCP with one of these switches does, and why: handshakes and listeners. */

import type { Switched } from '../deviations.js';

export const OPENING_DEVIATIONS: readonly Switched[] = [
  {
    id: 'half-open',
    says: 'RFC 9293 §3.10.7.4: a repeated SYN lies before the window and is answered with an ACK; a new SYN in the window brings a passive open back to LISTEN, and nothing is sent.',
    does: 'A repeated SYN is answered with the SYN,ACK again, whose timer begins anew unless it was opened fast. With `cache` so is any SYN, with its timestamp, and without ECN after `ecn-retries`; only an ACK of the SYN,ACK in the window completes the connection, another deletes the entry and is reset; ICMP errors delete it by `icmp-soft-limit` alone; after an active open SYN_RCVD answers a wrong ACK, and what begins before IRS, with a reset, whatever the sequence number, and a CLOSE there deletes the TCB and tells nobody. What gives up sending waits for ESTABLISHED. With `request` a new SYN in the window deletes the request and is answered with `<SEQ=0><ACK=SEG.SEQ+1><CTL=RST,ACK>`; the ACK field is looked at before the sequence number: a wrong one is answered with a reset, and a RST with a wrong one ignored; timestamps are judged without `paws-tolerance`, and those of a RST, too; the user timeout does not end a request, the SYN,ACK of a fast open goes once more, and a shutdown waits for ESTABLISHED, but not for the text that comes with the ACK; no SYN,ACK completes it, and the loss of its SYN,ACK asks for no CWR; its ACKs have no timestamps while TS.Recent is 0, which stays that of the SYN until the request is completed.',
    why: 'Half-open connections are kept small; the SYN,ACK is what the peer lacks.',
  },
  {
    id: 'syn-text',
    says: 'RFC 9293 §3.10.7.2 and §3.10.7.3: other controls or text of a SYN are queued, those of a SYN,ACK are processed.',
    does: '`ignore`: both are ignored, and neither is acknowledged, unless they are of a SYN,ACK that answers a Fast Open as it should. `text`: so are those of a SYN in LISTEN, and the FIN of one in SYN_SENT.',
    why: 'Text before the handshake is complete belongs to TCP Fast Open; a FIN comes again.',
  },
  {
    id: 'cookie-options',
    says: 'RFC 4987 (Appendix A): a cookie is five bits of a counter, three of the MSS, and 24 of a secret function.',
    does: '`number`: of the 24 bits three are the shift (0, 1, 2, 4, 6, 7, 8, or none) and one is SACK; the MSS is one of 216, 536, 1200, 1360, 1400, 1440, 1452 and 1460.',
    why: 'A peer without timestamps has its window and SACK all the same; 20 bits are hard enough to guess.',
  },
  {
    id: 'cookie-form',
    says: 'RFC 4987 (Appendix A): a cookie is SEG.SEQ XOR the bits of the counter, the MSS and the secret function.',
    does: '`sum`: SEG.SEQ, a secret number of the two sockets, the counter, and in the lowest 24 bits the secret function with the index of the MSS are added up. An MSS below 536 (IPv6: 1220) is taken for that.',
    why: 'ISNs of a listener still grow with those of the peer. An ACK whose numbers are both one further has a cookie, too: of a connection that has seen a FIN each way.',
  },
  {
    id: 'syn-fin',
    says: 'RFC 9293 §3.10.7: a SYN with a FIN is a SYN; the FIN is processed later.',
    does: 'It is dropped silently: in LISTEN, in all states but the synchronized ones, or always.',
    why: 'Such segments come from scanners; T/TCP, which used them, is historic.',
  },
  {
    id: 'bad-syn-ack',
    says: 'RFC 9293 §3.10.7.3, first check: a reset is sent, or a RST dropped; the SYN waits for its RTO.',
    does: 'The first RTO is brought forward to 8 ms from now.',
    why: 'The reset cleans up what the peer had left over, and the open need not wait a second.',
  },
  {
    id: 'crossing-options',
    says: 'RFC 7323 §2.2 and §3.2: in a SYN,ACK the options are answers to those of the SYN.',
    does: 'The SYN,ACK is the SYN again, with all its options and an ACK; the round trip is measured from it, and the RTO of the SYN goes on.',
    why: 'The SYN is what is retransmitted (RFC 9293 §3.5).',
  },
  {
    id: 'syn-rcvd-reset',
    says: 'RFC 9293 §3.10.7.4, second check: in SYN-RECEIVED after an active OPEN, "connection refused".',
    does: 'The user is told "connection reset".',
    why: 'The peer had answered, so it has not refused.',
  },
  {
    id: 'ended-child',
    says: 'RFC 9293 §3.9.1 does not know of a queue of complete connections.',
    does: 'One that was reset while it waited keeps its place in the queue, which may be full of such; its ACCEPT fails.',
    why: 'The user is told of each connection that there was.',
  },
  {
    id: 'max-syn-backlog',
    says: 'RFC 4987 §2.2: a SYN is dropped when the backlog of half-open connections is full.',
    does: 'The last quarter of so many places stays free, whatever `syn-queue` has room for.',
    why: 'It is kept for peers that have proven to be real; there are none here.',
  },
  {
    id: 'listen-calls',
    says: 'RFC 9293 §3.10.1 and §3.10.2: with a remote socket, OPEN and SEND make a LISTEN connection active.',
    does: 'OPEN meets "connection already exists", SEND "remote socket unspecified".',
    why: 'A listening socket stays one.',
  },
  {
    id: 'listen-syn-ack',
    says: 'RFC 9293 §3.10.7.2, second check: any acknowledgment is answered with a reset.',
    does: 'A SYN,ACK is dropped silently.',
    why: 'It answers a SYN that somebody forged; a reset would serve the forger.',
  },
  {
    id: 'isn-clock',
    says: 'RFC 9293 §3.4.1 (MUST-8): the clock ticks about every 4 microseconds and wraps after 4.55 hours.',
    does: 'It ticks every 64 nanoseconds and wraps after 275 seconds.',
    why: 'Faster networks use sequence numbers up faster, and the ISN of the next connection must be ahead.',
  },
  {
    id: 'mss-min',
    says: 'RFC 9293 §3.7.1: what the peer offers is the limit, however small.',
    does: 'An offer below is raised to it; an MSS of 0 is none.',
    why: 'Segments of a few octets would cost more than they carry.',
  },
  {
    id: 'first-port',
    says: 'RFC 6335 §6: dynamic ports are 49152 to 65535.',
    does: 'They begin elsewhere.',
    why: 'More ports mean more connections, and are harder to guess (RFC 6056 §3.2).',
  },
  {
    id: 'last-port',
    says: 'RFC 6335 §6: dynamic ports are 49152 to 65535.',
    does: 'They end elsewhere.',
    why: 'See `first-port`.',
  },
];
