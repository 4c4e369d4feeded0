/** RFC 9293 §3.9.1, the settings: FreeBSD 14 as a profile, by its documentation and its community’s tests. */

import type { Difference } from './difference.js';
import { differs } from './difference.js';

const second = 1_000_000;

/** In the order in which a connection meets them. What its community's tests show counts as observed. */
export const FREEBSD_DIFFERENCES: readonly Difference[] = [
  differs('windowScale', 6, 'For a buffer of 2 MiB.'),
  differs('timestamps', true, 'net.inet.tcp.rfc1323=1.'),
  differs('sack', true, 'net.inet.tcp.sack.enable=1.'),
  differs('ecn', 'accept', 'net.inet.tcp.ecn.enable=2.', 'documented'),
  differs('ecnRetries', 1, 'net.inet.tcp.ecn.maxretries.', 'documented'),
  differs('firstPort', 10_000, 'net.inet.ip.portrange.first.', 'documented'),
  differs('rtoMin', 30_000, 'net.inet.tcp.rexmit_min.', 'documented'),
  differs('rtoSlop', second / 5, 'net.inet.tcp.rexmit_slop: SYNs at 0, 1, 3.2 and 7.4 s.'),
  differs('rtoMax', 64 * second, 'TCPTV_REXMTMAX.', 'documented'),
  differs('synRetries', 12, 'net.inet.tcp.retries; the open fails before.', 'documented'),
  differs('openTimeout', 75 * second, 'net.inet.tcp.keepinit.'),
  differs('synAckRetries', 3, 'net.inet.tcp.syncache.rexmtlimit.', 'documented'),
  differs('retries', 12, 'net.inet.tcp.retries.', 'documented'),
  differs('userTimeout', 0, 'Only the number of retransmissions ends a connection.', 'documented'),
  differs('giveUpReset', 'reset', 'tcp_drop of what has received a SYN.', 'documented'),
  differs('keepaliveProbes', 8, 'net.inet.tcp.keepcnt.', 'documented'),
  differs('keepaliveReset', 'reset', 'tcp_drop after the last probe.', 'documented'),
  differs('synCookies', 'on-overflow', 'net.inet.tcp.syncookies=1.', 'documented'),
  differs('cookieOptions', 'number', 'Shift and SACK are bits of the ISN.', 'documented'),
  differs('halfOpen', 'cache', 'The SYN cache: a repeated SYN has its SYN,ACK.', 'documented'),
  differs('synText', 'text', 'The FIN of a SYN is not kept, nor is its text in LISTEN.'),
  differs('listenSynAck', 'drop', 'Such a SYN,ACK is not answered.'),
  differs('listenCalls', 'refuse', 'connect on a listening socket: EOPNOTSUPP.', 'documented'),
  differs(
    'simultaneousOpen',
    'figure-ack',
    'The SYN is trimmed, its ACK counts, and is acknowledged.',
    'documented',
  ),
  differs('ackDelay', second / 25, 'net.inet.tcp.delacktime.', 'documented'),
  differs('pawsAnswer', 'text', 'tcp_do_segment: without text, silence.', 'documented'),
  differs('mssMin', 216, 'net.inet.tcp.minmss.', 'documented'),
  differs('challengeAckLimit', 5, 'net.inet.tcp.ack_war_cnt.', 'documented'),
  differs('challengeAckInterval', second, 'net.inet.tcp.ack_war_timewindow.', 'documented'),
  differs('abortFlags', 'rst-ack', 'SO_LINGER with 0 seconds sends RST,ACK.', 'documented'),
  differs(
    'tooBigOffer',
    'lower-ipv6',
    'Over IPv4 a SYN_SENT connection knows the default MSS of 536 alone.',
  ),
  differs('tooBigSegments', 'again', 'tcp_mtudisc.', 'documented'),
  differs('icmpAbort', 'none', 'tcp_notify.', 'documented'),
  differs('icmpAbortOpen', 'refusal', 'net.inet.tcp.icmp_may_rst=1.'),
  differs(
    'icmpSoftLimit',
    4,
    'tcp_notify: a second soft error after more than three retransmissions.',
    'documented',
  ),
  differs('textAfterClose', 'reset', 'Text after close() is reset.', 'documented'),
  differs(
    'windowEdges',
    'right',
    'tcp_do_segment: only what has text is cut off there.',
    'documented',
  ),
  differs(
    'beforeWindow',
    'trim',
    'tcp_do_segment: what is old is cut off, its ACK is not.',
    'documented',
  ),
  differs('afterFin', 'silence', 'Text and FIN after the FIN have no answer.', 'documented'),
  differs(
    'closingFin',
    'repeat',
    'While the FIN is outstanding it travels with every acknowledgment.',
  ),
  differs('closingReset', 'told', 'ECONNRESET after a shutdown.'),
  differs('finWait2Timeout', 600 * second, 'keepcnt times keepintvl.', 'documented'),
  differs('msl', 30 * second, 'net.inet.tcp.msl.', 'documented'),
  differs('timeWait', 'silence', 'What has no ACK is dropped, unless it is a newer SYN.'),
  differs('timeWaitReuse', true, 'A SYN beyond RCV.NXT reopens a connection.'),
  differs('timeWaitResets', 'ignore', 'A RST does nothing in TIME_WAIT.'),
];
