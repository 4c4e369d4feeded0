/** RFC 9293 §3.10: what the text says, what a TCP with one of these switches does, and why: which segments are taken, and what answers them. */

import type { Switched } from '../deviations.js';

export const SEGMENT_DEVIATIONS: readonly Switched[] = [
  {
    id: 'missing-timestamps',
    says: 'RFC 7323 §3.2: it SHOULD be dropped silently.',
    does: 'It is processed as if nothing had been agreed.',
    why: 'Some middleboxes take options away.',
  },
  {
    id: 'paws-tolerance',
    says: 'RFC 7323 §5.3, R1: SEG.TSval < TS.Recent is not acceptable.',
    does: 'So many ticks are forgiven.',
    why: 'Clocks that are read on several processors differ by a tick.',
  },
  {
    id: 'paws-zero',
    says: 'RFC 7323 §5.3: TS.Recent is compared whatever it is.',
    does: '`ignore`: any timestamp is newer than 0.',
    why: 'Some stacks send SYNs with TSval=0 and segments with the value of their clock.',
  },
  {
    id: 'paws-answer',
    says: 'RFC 7323 §5.3, R1: the segment is not acceptable; an acknowledgment is sent in reply, and it is dropped.',
    does: '`text`: one without text is dropped silently. `late`: a bare ACK that begins before RCV.NXT is dropped silently, and one at RCV.NXT that repeats the last is taken if it is no older than 1.2 RTO.',
    why: 'Nobody waits for an answer to a mere ACK.',
  },
  {
    id: 'handshake-echo',
    says: 'RFC 7323 does not check TSecr.',
    does: 'In SYN_RCVD an ACK with a TSecr that was never sent is answered with an ACK and dropped; in SYN_SENT it is answered with a reset, as an unacceptable ACK is.',
    why: 'Whoever guesses the ISS has to guess the timestamp, too.',
  },
  {
    id: 'reset-timestamps',
    says: 'RFC 7323 §5.2: a RST that answers a segment with timestamps SHOULD echo them.',
    does: 'Such resets have no options.',
    why: 'RST is exempt from PAWS.',
  },
  {
    id: 'first-window',
    says: 'RFC 9293 §3.8.6: the window is what the receiver is ready to take.',
    does: 'The buffer is rounded down to a multiple of the MSS offered, less 12 octets where the peer of a passive open has timestamps.',
    why: 'A sender of full segments cannot use the rest.',
  },
  {
    id: 'window-rounding',
    says: 'RFC 7323 §2.3: SEG.WND is RCV.WND, right-shifted.',
    does: 'It is rounded up, and RCV.WND is as large as what was said.',
    why: 'Rounded down, the right edge would move to the left with every segment (RFC 7323 §2.4).',
  },
  {
    id: 'receive-space',
    says: 'RFC 9293 §3.8.6.2.2: the right edge stays until it can move by the smaller of half the buffer and a full segment. §3.8.6: the window is what the receiver is ready to take.',
    does: '`segments`: the buffer is rounded up to whole segments, all of it is taken although an unscaled field cannot say it, and each segment tells what is free. `memory`: the memory is twice `window`; half of it is believed to be text until a segment shows another share. What is free is told, up to a limit that full segments move: in whole segments without scaling, nothing when it is less than one or a sixteenth. The window never shrinks, and may be larger than an unscaled field says. `growing-memory`: there is memory for twice ten segments, or twice the first window, and what text ahead spans besides, up to `window-memory`.',
    why: 'A sender of tiny segments would take the memory of many times its text.',
  },
  {
    id: 'mss-bound',
    says: 'RFC 9293 §3.7.1: Eff.snd.MSS comes of what the peer and the path can take. §3.8.6.2.1: a segment also goes when it fills half of the largest window.',
    does: 'A full segment is at most half of the largest window, or all of it up to 536 octets, and at least 48 (36 with timestamps); nothing shorter goes because of the window.',
    why: 'Two segments are under way then, and the second is acknowledged at once.',
  },
  {
    id: 'window-shrink',
    says: 'RFC 9293 §3.10.7.4, fifth check: SND.WL1=SEG.SEQ and SND.WL2=SEG.ACK set the window, too.',
    does: 'With both equal only a larger window is taken, or none at all; what acknowledges something new sets it whatever its number.',
    why: 'Of two segments with the same numbers nobody knows which is newer.',
  },
  {
    id: 'dsack',
    says: 'RFC 2018 §4: a block tells octets that are held ahead of RCV.NXT. RFC 9293 §3.4: a FIN takes a sequence number as an octet does.',
    does: 'The segment that answers a repeated one begins its blocks with the octets that came twice. With `text` it leaves at once, however much of the other is new; no block tells of a FIN; and what is old by its timestamp is not told of.',
    why: 'RFC 2883 §5: the sender learns that it need not have sent them again.',
  },
  {
    id: 'ack-number',
    says: 'RFC 9293 §3.10.7.4: `<SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>`.',
    does: 'SEQ is SND.UNA+SND.WND if that is less than SND.NXT (by a unit of our window scale, where there is one).',
    why: 'The peer would drop what lies outside its window.',
  },
  {
    id: 'nagle',
    says: 'RFC 9293 §3.7.4 (SHLD-7): the Nagle algorithm SHOULD be implemented, with a way to disable it (MUST-17).',
    does: 'Off by default. With `on` Minshall’s variant: full segments in flight do not hold a small one.',
    why: 'In a script a SEND and its segment belong together.',
  },
  {
    id: 'fin-with-text',
    says: 'RFC 9293 §3.10.4: queue until all SENDs are segmentized, then form a FIN segment.',
    does: 'The last segment of text has the FIN.',
    why: 'It is one segment less.',
  },
  {
    id: 'no-ack-bit',
    says: 'RFC 9293 §3.10.7.4: the sequence number is checked first, and what lies outside the window is answered.',
    does: 'Such a segment is dropped silently, wherever it lies.',
    why: 'It belongs to nothing that was ever sent.',
  },
  {
    id: 'window-edges',
    says: 'RFC 9293 §3.10.7.4, first check: SEG.SEQ=RCV.NXT+RCV.WND is outside; so is a segment that ends before RCV.NXT, and a FIN while RCV.WND=0.',
    does: '`inclusive`: all three pass the first check: the ACK of a repeated FIN is processed, a RST at the right edge is challenged, and a FIN at RCV.NXT is taken with a closed window.',
    why: 'Nothing is lost by it, and the stalls of RFC 9293 §A.2 do not occur.',
  },
  {
    id: 'before-window',
    says: 'RFC 9293 §3.10.7.4, first check: it is not acceptable; an ACK is sent, and it is dropped.',
    does: '`trim`: the fifth check is made of what is left of it, nothing, and the ACK is sent after it.',
    why: 'A peer that repeats what we have may have received what we sent meanwhile.',
  },
  {
    id: 'beyond-window',
    says: 'RFC 9293 §3.10.7.4, first check: segments with higher ending sequence numbers are trimmed to the window.',
    does: 'The whole segment is taken when the user has read everything, else it is answered with an ACK and dropped.',
    why: 'Buffers are kept by segments, not by octets.',
  },
  {
    id: 'late-reset',
    says: 'RFC 9293 §3.10.7.4, first check: it lies before the window and is dropped.',
    does: 'It is obeyed.',
    why: 'Some stacks do not count their FIN when they reset.',
  },
  {
    id: 'sacked-reset',
    says: 'RFC 5961 §3.2: a RST in the window that is not at RCV.NXT is answered with a challenge ACK.',
    does: 'It is obeyed where SACK was agreed on.',
    why: 'What was sent before it is lost, and it has the number that the peer really sends next; to guess that is as hard as to guess RCV.NXT.',
  },
  {
    id: 'after-fin',
    says: 'RFC 9293 §3.10.7.4, seventh and eighth check: text is ignored there; a FIN is acknowledged.',
    does: 'Neither is answered; what lies before RCV.NXT is, as it was taken before. `ignore`: text that begins there and goes beyond RCV.NXT is reset, and the TCB deleted.',
    why: 'Nothing can follow a FIN.',
  },
  {
    id: 'closing-reset',
    says: 'RFC 9293 §3.10.7.4, second check: in CLOSING and LAST-ACK the TCB is deleted, and nobody is told.',
    does: 'The user is told "connection reset".',
    why: 'Text that was sent before the FIN may be lost.',
  },
  {
    id: 'ack-range',
    says: 'RFC 5961 §5.2: SND.UNA-MAX.SND.WND =< SEG.ACK.',
    does: 'The lower bound is also ISS+1, of an active open ISS: on a new connection every ACK below SND.UNA is answered with an ACK and dropped. TS.Recent is not set by an ACK below SND.UNA, unless the segment is expected: the next one, with the window that is known, bare, or with text for which memory is reserved. Text that is expected is taken with it, and its ACK is the challenge.',
    why: 'An ACK of what was never sent is a guess.',
  },
  {
    id: 'ack-throttle',
    says: 'RFC 9293 §3.10.7.4: every unacceptable segment is answered with an ACK; RFC 5961 §7 limits challenge ACKs.',
    does: 'Both are counted together. Segments with text or FIN and without SYN are always answered. After 100 answers to ACKs out of range, with no acceptable one between them, there are no more. `ack-throttle challenges` is the letter.',
    why: 'One forged FIN or octet in the window, and two TCPs would answer each other’s ACKs for ever.',
  },
  {
    id: 'abort-flags',
    says: 'RFC 9293 §3.10.5: `<SEQ=SND.NXT><CTL=RST>`.',
    does: '`<SEQ=SND.NXT><ACK=RCV.NXT><CTL=RST,ACK>`.',
    why: 'It is formed as any other segment of the connection.',
  },
  {
    id: 'unread-on-close',
    says: 'RFC 9293 §3.10.4: a FIN is sent. §3.6.1 (SHLD-3): if text is lost by a CLOSE, a RST SHOULD show it.',
    does: 'A reset as of an ABORT is sent, and the TCB deleted. A shutdown sends its FIN.',
    why: 'The peer must not believe that its text was read.',
  },
  {
    id: 'window-update',
    says: 'RFC 9293 §3.8.6.2.2: the window is advertised anew when it can move by the smaller of half the buffer and a full segment.',
    does: 'A RECEIVE sends an ACK only if the window is at least twice as large as before; else the next segment says it.',
    why: 'A sender that still has half a window needs no segment of its own.',
  },
];
