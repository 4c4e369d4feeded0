/** RFC 9293 §3.9.1, the settings: Linux 6.18 as a profile, as measured on a running kernel. */

import type { Difference } from './difference.js';
import { differs } from './difference.js';

const second = 1_000_000;

/** In the order in which a connection meets them. */
export const LINUX_DIFFERENCES: readonly Difference[] = [
  differs('window', 64_240, '44 segments of 1460 octets; the buffer grows later.'),
  differs('windowScale', 10, 'For a buffer of up to 32 MiB.'),
  differs('timestamps', true, 'net.ipv4.tcp_timestamps=1.'),
  differs('sack', true, 'net.ipv4.tcp_sack=1.'),
  differs('isnClock', 'fast', 'A keyed hash of the four-tuple and a clock of 64 ns.'),
  differs('firstPort', 32_768, 'net.ipv4.ip_local_port_range.'),
  differs('lastPort', 60_999, 'net.ipv4.ip_local_port_range.'),
  differs('rtoMin', second / 5, 'net.ipv4.tcp_rto_min_us.'),
  differs('synRetries', 6, 'net.ipv4.tcp_syn_retries, after the linear ones: ETIMEDOUT at 131 s.'),
  differs('synLinearTimeouts', 4, 'SYNs at 0, 1, 2, 3, 4, 5, 7, 11, 19, 35 and 67 s.'),
  differs('userTimeout', 0, 'TCP_USER_TIMEOUT is off until a program sets it.'),
  differs('orphanRetries', 8, 'net.ipv4.tcp_orphan_retries: the FIN of a closed socket.'),
  differs('synCookies', 'on-overflow', 'net.ipv4.tcp_syncookies=1.'),
  differs('halfOpen', 'request', 'A half-open connection is a small request, no socket.'),
  differs('synText', 'ignore', 'Text on a SYN without Fast Open is not kept.'),
  differs('synFin', 'refuse', 'A SYN,FIN is dropped by a listener.'),
  differs('badSynAck', 'repeat', 'The SYN follows the reset within 10 ms.'),
  differs('synRcvdReset', 'reset', 'ECONNRESET instead of ECONNREFUSED.'),
  differs('simultaneousOpen', 'figure-ack', 'The crossing SYN,ACK completes the connection.'),
  differs('listenCalls', 'refuse', 'EISCONN for connect, EPIPE for send.'),
  differs('mssMin', 48, 'net.ipv4.tcp_min_snd_mss.'),
  differs('handshakeEcho', 'check', 'TSecr of the last ACK must lie between the TSvals sent.'),
  differs('missingTimestamps', 'accept', 'Segments without timestamps are processed.'),
  differs('pawsTolerance', 1, 'One tick of TSval is forgiven.'),
  differs('resetTimestamps', 'none', 'Resets that answer a segment have no options.'),
  differs('windowEdges', 'inclusive', 'Both edges of the window are still looked at.'),
  differs('beyondWindow', 'whole', 'A segment beyond the window is taken or refused as a whole.'),
  differs('lateReset', 'obey', 'For peers that do not count their FIN.'),
  differs('closingReset', 'told', 'ECONNRESET after a shutdown.', 'documented'),
  differs('ackRange', 'acknowledged', 'No ACK may be older than what was acknowledged.'),
  differs('challengeAckLimit', 1, 'net.ipv4.tcp_invalid_ratelimit.'),
  differs('challengeAckInterval', second / 2, 'net.ipv4.tcp_invalid_ratelimit.'),
  differs('windowUpdate', 'doubled', 'tcp_cleanup_rbuf.', 'documented'),
  differs('finAck', 'late', 'A FIN after text is acknowledged as interactive text is.'),
  differs('abortFlags', 'rst-ack', 'SO_LINGER with 0 seconds sends RST,ACK.'),
  differs('icmpAbort', 'none', 'A hard error is kept for SO_ERROR.'),
  differs('icmpAbortOpen', 'any', 'EHOSTUNREACH, ENETUNREACH and others end a connect.'),
  differs('unreadOnClose', 'reset', 'close() with unread text sends RST,ACK.'),
  differs('textAfterClose', 'reset', 'Text after close() is reset.'),
  differs('finWait2Timeout', 60 * second, 'net.ipv4.tcp_fin_timeout.'),
  differs('msl', 30 * second, 'TIME_WAIT lasts 60 s, and that cannot be changed.'),
  differs('timeWait', 'answer', 'TIME_WAIT is a record of its own, no socket.'),
  differs('timeWaitReuse', true, 'A newer SYN reopens a connection.'),
  differs('timeWaitLimit', 262_144, 'net.ipv4.tcp_max_tw_buckets; it depends on the memory.'),
];
