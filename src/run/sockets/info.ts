/** TCP_INFO and TCP_MAXSEG: what a connection tells of itself. */

import { congestionWindow } from '../../tcp/congestion.js';
import { distance } from '../../tcp/seq.js';
import type { State } from '../../tcp/states.js';
import type { Tcb } from '../../tcp/tcb.js';
import { fullSegment } from '../../tcp/window.js';
import type { Context } from './context.js';
import { settingsOf, stateOf, tcbOf } from './context.js';
import type { System } from './socket-calls.js';
import type { BsdSocket } from './table.js';

/** `tcpi_state`: Linux counts from TCP_ESTABLISHED = 1, FreeBSD from TCPS_CLOSED = 0. */
const STATE_NUMBERS: Readonly<Record<System, Readonly<Record<State, number>>>> = {
  linux: {
    ESTABLISHED: 1,
    SYN_SENT: 2,
    SYN_RCVD: 3,
    FIN_WAIT_1: 4,
    FIN_WAIT_2: 5,
    // TIME_WAIT is no longer the socket's on Linux: it reports CLOSED (7).
    TIME_WAIT: 7,
    CLOSED: 7,
    CLOSE_WAIT: 8,
    LAST_ACK: 9,
    LISTEN: 10,
    CLOSING: 11,
  },
  freebsd: {
    CLOSED: 0,
    LISTEN: 1,
    SYN_SENT: 2,
    SYN_RCVD: 3,
    ESTABLISHED: 4,
    CLOSE_WAIT: 5,
    FIN_WAIT_1: 6,
    CLOSING: 7,
    LAST_ACK: 8,
    FIN_WAIT_2: 9,
    TIME_WAIT: 10,
  },
};

/** TCPI_OPT_TIMESTAMPS, TCPI_OPT_SACK, TCPI_OPT_WSCALE, TCPI_OPT_ECN, TCPI_OPT_SYN_DATA. */
const AGREED = { timestamps: 1, sack: 2, windowScale: 4, ecn: 8, synData: 32 };

/** The fields of `struct tcp_info` that have a meaning here. Times are microseconds. */
export function tcpInfo(ctx: Context, socket: BsdSocket): Readonly<Record<string, number>> {
  const known = stateOf(ctx, socket);
  // A connect that is deferred counts as begun.
  const state = STATE_NUMBERS[ctx.table.system][socket.deferred ? 'SYN_SENT' : known];
  const tcb = tcbOf(ctx, socket) ?? socket.last;
  if (tcb === undefined) return { tcpi_state: state };
  const { options, rto, snd, rcv, fastOpen } = tcb;
  const counts = ctx.table.counts.get(socket.connection ?? -1);
  return {
    tcpi_state: state,
    tcpi_retransmits: rto.expiries,
    tcpi_probes: rto.probes,
    tcpi_options:
      (options.timestamps ? AGREED.timestamps : 0) |
      (options.sack ? AGREED.sack : 0) |
      (options.windowScale ? AGREED.windowScale : 0) |
      (options.ecn ? AGREED.ecn : 0) |
      (fastOpen?.opened && fastOpen.text > 0 ? AGREED.synData : 0),
    tcpi_delivered: counts?.delivered ?? 0,
    tcpi_snd_wscale: snd.shift,
    tcpi_rcv_wscale: rcv.shift,
    tcpi_rto: rto.value,
    tcpi_snd_mss: fullSegment(tcb),
    tcpi_unacked: tcb.retransmissions.length,
    ...congestionInfo(tcb),
    tcpi_retrans: tcb.retransmissions.filter((sent) => sent.retransmissions > 0).length,
    tcpi_total_retrans: counts?.retransmitted ?? 0,
    tcpi_backoff: backoff(tcb),
    tcpi_pmtu: tcb.settings.mss + HEADERS[remoteFamily(tcb)],
    tcpi_bytes_acked: Math.max(0, distance(tcb.iss, snd.una) - 1),
    tcpi_bytes_received: Math.max(0, distance(tcb.irs, rcv.nxt) - 1),
    tcpi_notsent_bytes: tcb.sends.reduce((sum, { data }) => sum + data.length, 0),
    tcpi_fastopen_client_fail: clientFailure(tcb),
    tcpi_rtt: rto.srtt ?? 0,
    tcpi_rttvar: rto.rttvar ?? 0,
    tcpi_advmss: advertisedMss(tcb),
    tcpi_snd_wnd: snd.wnd,
    tcpi_rcv_wnd: rcv.wnd,
  };
}

/** TCP_CA_Open and TCP_CA_Loss; none of it without a congestion window. */
function congestionInfo(tcb: Tcb): Readonly<Record<string, number>> {
  if (tcb.settings.initialWindow === undefined) return {};
  const lost = tcb.rto.congestion?.loss !== undefined;
  return { tcpi_snd_cwnd: congestionWindow(tcb), tcpi_ca_state: lost ? 4 : 0 };
}

/** Once open, Linux takes the timestamps' octets off the MSS that was offered. */
function advertisedMss({ settings, options, state }: Tcb): number {
  const open = state !== 'SYN_SENT' && state !== 'SYN_RCVD';
  return settings.mss - (open && options.timestamps ? TIMESTAMPS_LENGTH : 0);
}

/** The headers of IP and TCP without options, octets. */
const HEADERS = { ipv4: 40, ipv6: 60 };

function remoteFamily({ remote }: Tcb): keyof typeof HEADERS {
  return remote?.address.includes(':') ? 'ipv6' : 'ipv4';
}

/** How often the RTO was doubled for what is outstanding: not by the linear time-outs of a SYN. */
function backoff({ rto, state, settings }: Tcb): number {
  const linear = state === 'SYN_SENT' ? settings.synLinearTimeouts : 0;
  return Math.max(0, rto.expiries - linear) + rto.probes;
}

/** Why a client's text did not travel on its SYN: TFO_COOKIE_UNAVAILABLE, TFO_DATA_NOT_ACKED, TFO_SYN_RETRANSMITTED. */
function clientFailure({ fastOpen, rto, state }: Tcb): number {
  if (fastOpen?.role !== 'client' || state === 'SYN_SENT') return 0;
  if (fastOpen.option?.cookie === '') return 1;
  if (fastOpen.opened || fastOpen.text === 0) return 0;
  return rto.synRetransmitted ? 3 : 2;
}

/** What the timestamps option takes of every segment, with its padding. */
const TIMESTAMPS_LENGTH = 12;

/** TCP_MAXSEG: Linux tells what is left for text, FreeBSD the agreed MSS; before there is a peer, the default. */
export function tcpMaxSegment(ctx: Context, socket: BsdSocket): number {
  const tcb = tcbOf(ctx, socket);
  const { mss } = settingsOf(ctx, socket);
  if (tcb === undefined || tcb.remote === undefined || tcb.state === 'SYN_SENT') {
    const asked = socket.options.TCP_MAXSEG;
    return typeof asked === 'number' ? asked : Math.min(mss, 536);
  }
  const agreed = fullSegment(tcb);
  return ctx.table.system === 'freebsd' && tcb.options.timestamps
    ? agreed + TIMESTAMPS_LENGTH
    : agreed;
}
