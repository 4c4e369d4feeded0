/** Calls of a random script that look at a connection. */

import { type Draft, write } from './draft.js';

/** Members of TCP_INFO whose value is no matter of when it is looked at. */
const MEMBERS = `state ca_state retransmits probes backoff options snd_mss rcv_mss advmss pmtu
unacked sacked lost retrans snd_cwnd snd_ssthresh rcv_ssthresh reordering total_retrans bytes_acked
bytes_received segs_out segs_in data_segs_in data_segs_out notsent_bytes delivered bytes_sent
bytes_retrans dsack_dups reord_seen rcv_ooopack snd_wnd rcv_wnd snd_wscale rcv_wscale`.split(/\s+/);

const OPTIONS = `SOL_SOCKET, SO_ERROR
SOL_SOCKET, SO_ERROR
SOL_SOCKET, SO_RCVBUF
SOL_SOCKET, SO_SNDBUF
SOL_SOCKET, SO_ACCEPTCONN
SOL_SOCKET, SO_KEEPALIVE
SOL_TCP, TCP_MAXSEG
SOL_TCP, TCP_QUICKACK
SOL_TCP, TCP_NODELAY
SOL_TCP, TCP_DEFER_ACCEPT
SOL_TCP, TCP_SYNCNT
SOL_TCP, TCP_USER_TIMEOUT
SOL_TCP, TCP_LINGER2
SOL_TCP, TCP_WINDOW_CLAMP`.split('\n');

/** Looks once or more at the connection: what it tells of itself, its queues, its events, its options. */
export function looks(draft: Draft): void {
  const { dice, fd = 3 } = draft;
  dice.weighted<() => void>([
    [6, () => info(draft)],
    [
      3,
      () =>
        write(draft, `ioctl(${fd}, ${dice.one('SIOCINQ', 'SIOCOUTQ', 'SIOCOUTQNSD')}, [0]) = 0`),
    ],
    [5, () => write(draft, `poll([{fd=${fd}, events=${events(draft)}, revents=0}], 1, 0) = 0`)],
    [5, () => write(draft, `getsockopt(${fd}, ${dice.one(...OPTIONS)}, [0], [4]) = 0`)],
  ])();
  if (dice.chance(0.3)) looks(draft);
}

function events({ dice }: Draft): string {
  return dice.one(
    'POLLIN',
    'POLLOUT',
    'POLLIN|POLLOUT|POLLRDHUP|POLLERR|POLLHUP',
    'POLLIN|POLLPRI|POLLRDNORM|POLLWRNORM',
  );
}

function info(draft: Draft): void {
  const { dice } = draft;
  const names = new Set(Array.from({ length: dice.one(1, 3, 6) }, () => dice.one(...MEMBERS)));
  write(draft, `%{ ${[...names].map((name) => `assert tcpi_${name} == 0`).join('; ')} }%`);
}
