/** TCP_INFO: what a connection tells of itself. */

import { countOf, frontOf, withoutFirst } from '../../base/pieces.js';
import { countArrived } from '../../tcp/loss-recovery/recovery.js';
import { countMarked, countSyn } from '../../tcp/loss-recovery/scoreboard.js';
import { sumOf } from '../../tcp/loss-recovery/tally.js';
import { LEAST_MSS } from '../../tcp/receiving/peer-segment.js';
import { doublings } from '../../tcp/retransmission/round-trip.js';
import { NONE } from '../../tcp/sending/queued.js';
import { distance } from '../../tcp/seq.js';
import type { State } from '../../tcp/states.js';
import type { Tcb } from '../../tcp/tcb.js';
import type { Context } from './context.js';
import { linuxState, machine, settingsOf, tcbOf } from './context.js';
import { skippedOf, unsentNumbers } from './control.js';
import { beginCounting } from './counting.js';
import { congestionInfo } from './info-congestion.js';
import {
  countedInfo,
  FRESH_COUNTED,
  NOTHING_COUNTED,
  rateInfo,
  receiverInfo,
} from './info-counts.js';
import { advertisedMss, mtuOf, textOfSegment } from './max-segment.js';
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

/** TCPI_OPT_TIMESTAMPS, TCPI_OPT_SACK, TCPI_OPT_WSCALE, TCPI_OPT_ECN, TCPI_OPT_ECN_SEEN, TCPI_OPT_SYN_DATA, TCPI_OPT_TFO_CHILD. */
const AGREED = {
  timestamps: 1,
  sack: 2,
  windowScale: 4,
  ecn: 8,
  ecnSeen: 16,
  synData: 32,
  child: 128,
};

/** The fields of `struct tcp_info` that have a meaning here. Times are microseconds. */
export function tcpInfo(ctx: Context, socket: BsdSocket): Readonly<Record<string, number>> {
  const { system } = ctx.table;
  const linux = system === 'linux';
  const alive = tcbOf(ctx, socket);
  const state = STATE_NUMBERS[system][shownState(system, socket, alive)];
  const tcb = alive ?? socket.last;
  const degree = { tcpi_reordering: settingsOf(ctx, socket).reorderingDegree };
  if (socket.role === 'listening' && linux)
    return {
      ...NOTHING_COUNTED,
      ...NO_INFO,
      ...queueInfo(ctx, socket),
      ...degree,
      tcpi_state: state,
    };
  if (tcb === undefined) {
    return linux
      ? {
          ...FRESH_COUNTED,
          ...FRESH_INFO,
          ...dissolvedInfo(ctx, socket),
          ...degree,
          tcpi_state: state,
        }
      : { tcpi_state: state };
  }
  const { rto, snd, rcv } = tcb;
  const counts = ctx.table.counts.get(socket.connection ?? -1) ?? beginCounting(ctx.world.now);
  const segment = textOfSegment(ctx, socket, tcb);
  return {
    tcpi_state: state,
    ...(linux ? countedInfo(counts, tcb, ctx.world.now, segment) : {}),
    ...attempts(tcb),
    tcpi_options: agreedOptions(tcb) | (linux && counts.capableIn ? AGREED.ecnSeen : 0),
    tcpi_delivered: counts.delivered,
    tcpi_snd_wscale: tcb.options.windowScale ? snd.shift : 0,
    tcpi_rcv_wscale: tcb.options.windowScale ? rcv.shift : 0,
    tcpi_rto: rto.value,
    tcpi_snd_mss: segment,
    ...congestionInfo(tcb),
    ...outstandingInfo(tcb, alive !== undefined),
    tcpi_total_retrans: counts.retransmitted,
    tcpi_pmtu: mtuOf(ctx, tcb),
    tcpi_bytes_acked: Math.max(0, distance(tcb.iss, snd.una) - ownSyn(tcb)),
    tcpi_bytes_received: Math.max(0, distance(tcb.irs, rcv.nxt) - 1),
    tcpi_fastopen_client_fail: clientFailure(tcb),
    tcpi_rtt: rto.srtt ?? 0,
    tcpi_rttvar: spreadOf(ctx, tcb),
    tcpi_advmss: advertisedMss(tcb, socket.offered),
    tcpi_snd_wnd: snd.wnd,
    tcpi_rcv_wnd: tcb.space?.told ?? rcv.wnd,
  };
}

/** A connect that is deferred counts as begun. */
function shownState(system: System, { deferred }: BsdSocket, alive: Tcb | undefined): State {
  if (deferred) return 'SYN_SENT';
  if (alive === undefined) return 'CLOSED';
  return system === 'linux' ? linuxState(alive) : alive.state;
}

/** The SYN of an active open counts as an octet, that of a SYN,ACK does not. */
function ownSyn({ open }: Tcb): number {
  return open === 'active' ? 0 : 1;
}

/** Linux begins with a quarter of the first RTO. */
function spreadOf({ table }: Context, { rto, settings, state }: Tcb): number {
  if (rto.spread !== undefined) return Math.floor(rto.spread.mean / 4);
  if (rto.rttvar !== undefined) return rto.rttvar;
  // When nothing could be measured it is that of the RTO of RFC 6298 (5.7).
  const first = state === 'SYN_SENT' ? settings.rto : Math.max(settings.rto, rto.value);
  return table.system === 'linux' ? first / 4 : 0;
}

/** Time-outs of what is outstanding, and probes that no ACK has answered yet. */
function attempts({ rto, timers }: Tcb): Readonly<Record<string, number>> {
  const probing = timers.persist !== undefined;
  return {
    tcpi_retransmits: probing ? 0 : rto.expiries,
    tcpi_probes: probing ? rto.expiries : rto.probes,
  };
}

/** What Linux tells of a listener: what it keeps for connections is not there. */
const NO_INFO: Readonly<Record<string, number>> = {
  tcpi_options: 0,
  tcpi_snd_mss: 0,
  tcpi_advmss: 0,
  tcpi_unacked: 0,
  tcpi_retransmits: 0,
  tcpi_probes: 0,
  tcpi_backoff: 0,
  tcpi_rto: 0,
  tcpi_snd_cwnd: 10,
  tcpi_snd_ssthresh: 0,
  tcpi_ca_state: 0,
  tcpi_rtt: 0,
  tcpi_rttvar: 0,
  tcpi_pmtu: 0,
  tcpi_total_retrans: 0,
  tcpi_delivered: 0,
  tcpi_lost: 0,
  tcpi_retrans: 0,
  tcpi_sacked: 0,
  tcpi_snd_wscale: 0,
  tcpi_rcv_wscale: 0,
  tcpi_notsent_bytes: 0,
  tcpi_bytes_acked: 0,
  tcpi_bytes_received: 0,
  tcpi_snd_wnd: 0,
  tcpi_rcv_wnd: 0,
  tcpi_fastopen_client_fail: 0,
};

/** Connections that wait to be accepted, and how many may. */
function queueInfo(ctx: Context, { connection, ready }: BsdSocket): typeof NO_INFO {
  const queues = machine(ctx).queues.get(connection ?? -1);
  // One more than was asked for has room.
  return { tcpi_unacked: ready.length, tcpi_sacked: (queues?.backlog ?? 1) - 1 };
}

/** And of a socket that has never been connected: what a connection begins with. */
const FRESH_INFO: Readonly<Record<string, number>> = {
  ...NO_INFO,
  tcpi_snd_mss: 536,
  tcpi_rto: 1_000_000,
  tcpi_snd_ssthresh: 0x7fffffff,
  tcpi_rttvar: 250_000,
};

/** What a socket whose association was dissolved still knows of it, and believes of the next peer. */
function dissolvedInfo(ctx: Context, socket: BsdSocket): Readonly<Record<string, number>> {
  const { dissolved, offered, counted } = socket;
  if (dissolved === undefined) return {};
  const anew = { tcpi_notsent_bytes: skippedOf(socket, 'sent'), tcpi_rcv_mss: LEAST_MSS };
  if (dissolved.state === 'LISTEN') return anew;
  const segment = textOfSegment(ctx, socket, dissolved);
  return {
    ...(counted ? rateInfo(counted, segment) : {}),
    ...receiverInfo(dissolved),
    ...anew,
    tcpi_ato: 0,
    tcpi_retransmits: dissolved.rto.expiries,
    tcpi_snd_mss: segment,
    tcpi_advmss: advertisedMss(dissolved, offered),
    tcpi_pmtu: mtuOf(ctx, dissolved),
    tcpi_snd_wnd: dissolved.snd.wnd,
    tcpi_rcv_wnd: dissolved.space?.told ?? dissolved.rcv.wnd,
    ...(dissolved.rto.least === undefined ? {} : { tcpi_min_rtt: dissolved.rto.least }),
  };
}

function agreedOptions({ options, fastOpen, state, settings }: Tcb): number {
  // Linux tells of ECN from the SYN on that asks for it.
  if (state === 'SYN_SENT' && settings.ecn === 'ask') return AGREED.ecn;
  return (
    (options.timestamps ? AGREED.timestamps : 0) |
    (options.sack ? AGREED.sack : 0) |
    (options.windowScale ? AGREED.windowScale : 0) |
    (options.ecn === undefined ? 0 : AGREED.ecn) |
    (options.ecn?.seen ? AGREED.ecnSeen : 0) |
    (fastOpen?.opened && (fastOpen.text > 0 || fastOpen.role === 'client') ? AGREED.synData : 0) |
    (fastOpen?.opened && fastOpen.role === 'server' ? AGREED.child : 0)
  );
}

/** What ends these is the ACK of the FIN: then nothing is left. */
const ENDING: ReadonlySet<State> = new Set<State>(['CLOSING', 'LAST_ACK', 'TIME_WAIT']);

/** What waits for an acknowledgment; nothing once the connection is gone, but what was counted of it stays. */
function outstandingInfo(tcb: Tcb, alive: boolean): Readonly<Record<string, number>> {
  // The SYN,ACK of a listener is the request's.
  const sent = alive || !ENDING.has(tcb.state) ? tcb.retransmissions : NONE;
  const request = tcb.open === 'passive' ? countSyn(sent) : 0;
  const lostSyn = isSynLost(tcb) ? 1 : 0;
  return {
    tcpi_unacked: alive ? countOf(sent) - request : 0,
    tcpi_sacked: countMarked(sent, 'sacked') + countArrived(tcb),
    tcpi_lost: countMarked(sent, 'lost') + lostSyn,
    tcpi_retrans: Math.max(lostSyn, sumOf(withoutFirst(sent, request), 'again')),
    tcpi_notsent_bytes: unsentNumbers(tcb),
    tcpi_backoff: alive ? backoff(tcb) : 0,
  };
}

/** A SYN that was sent again is taken to be lost. */
function isSynLost({ open, retransmissions }: Tcb): boolean {
  const front = frontOf(retransmissions);
  if (open === 'passive' || front === undefined || front.retransmissions === 0) return false;
  return countSyn([[front]]) > 0;
}

/** How often the RTO was doubled, not by the linear time-outs of a SYN: for what is outstanding, and until a round trip is measured again. */
function backoff(tcb: Tcb): number {
  const { rto, state, open, settings, timers } = tcb;
  // SYNs that crossed later may have been sent again before, without a doubling.
  if (state === 'SYN_RCVD' && open === 'active' && rto.srtt === undefined)
    return Math.max(0, Math.round(Math.log2(rto.value / settings.rto)));
  // The SYN,ACK of a listener has a timer of its own.
  if (state === 'SYN_RCVD') return 0;
  const linear = state === 'SYN_SENT' ? settings.synLinearTimeouts : 0;
  // Each probe of a closed window is an expiry, too; one of keep-alive doubles nothing.
  const probes = timers.persist === undefined ? 0 : rto.probes;
  // Thin streams may have linear time-outs: the RTO itself tells.
  const known = settings.thinLinearTimeouts && rto.srtt !== undefined;
  const now = Math.max(0, known ? 0 : rto.expiries - linear, probes);
  return Math.max(now, doublings(tcb));
}

/** Why a client's text did not travel on its SYN: TFO_COOKIE_UNAVAILABLE, TFO_DATA_NOT_ACKED, TFO_SYN_RETRANSMITTED. */
function clientFailure({ fastOpen, rto, state }: Tcb): number {
  if (fastOpen?.role !== 'client') return 0;
  if (fastOpen.option?.cookie === '') return 1;
  if (state === 'SYN_SENT') return 0;
  if (fastOpen.opened || fastOpen.text === 0) return 0;
  return rto.synRetransmitted ? 3 : 2;
}
