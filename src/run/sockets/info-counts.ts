/** TCP_INFO: what was counted and measured of a connection, as Linux tells it. Times are microseconds, of what was last milliseconds. */

import { FIRST_COUNTERS } from '../../tcp/ecn/counters.js';
import type { AccurateEcn } from '../../tcp/ecn/feedback.js';
import { longestWait } from '../../tcp/receiving/dialogue.js';
import { firstSegment, LEAST_MSS } from '../../tcp/receiving/peer-segment.js';
import type { Instant } from '../../tcp/rule.js';
import { isSynchronized } from '../../tcp/states.js';
import type { Tcb } from '../../tcp/tcb.js';
import { fullSegment, initialWindow } from '../../tcp/window.js';
import type { Counts } from './counting.js';
import { beginCounting } from './counting.js';
import { octetsDelivered } from './delivery-rate.js';
import { waitedUntil } from './holdups.js';

type Info = Readonly<Record<string, number>>;

/** What 64 and 32 bits say of a rate without a bound, and of a round trip that was never measured. */
const NO_BOUND = 2 ** 64 - 1;
const NEVER = 2 ** 32 - 1;

/** Of a listener: a rate is a socket's, whatever it is. */
export const NOTHING_COUNTED: Info = {
  ...countedInfo(beginCounting(0), undefined, 0),
  tcpi_last_data_sent: 0,
  tcpi_last_data_recv: 0,
  tcpi_last_ack_recv: 0,
  tcpi_min_rtt: 0,
  tcpi_delivery_rate_app_limited: 0,
};

/** And of a socket that has never been connected. */
export const FRESH_COUNTED: Info = countedInfo(beginCounting(0), undefined, 0);

/** All that was counted by now; `tcb` is the connection as it is or was last, whose segments have so many octets of text. */
export function countedInfo(counts: Counts, tcb: Tcb | undefined, now: Instant, segment = 0): Info {
  return {
    // Linux tells of neither any more.
    tcpi_fackets: 0,
    tcpi_last_ack_sent: 0,
    ...trafficInfo(counts),
    ...timeoutInfo(counts, now),
    ...lastInfo(counts, tcb, now),
    ...holdupInfo(counts, now),
    ...markedInfo(counts, tcb),
    ...receiverInfo(tcb),
    tcpi_pacing_rate: counts.pace === undefined ? NO_BOUND : Math.floor(counts.pace),
    tcpi_max_pacing_rate: NO_BOUND,
    ...rateInfo(counts, segment),
    tcpi_min_rtt: tcb?.rto.least ?? NEVER,
    tcpi_reord_seen: tcb?.rto.recovery?.rack.reordered ?? 0,
  };
}

/** How fast text arrives at the peer, in segments of so many octets. */
export function rateInfo({ rate }: Counts, segment: number): Info {
  return {
    tcpi_delivery_rate: octetsDelivered(rate, segment),
    tcpi_delivery_rate_app_limited: rate.sample.limited ? 1 : 0,
  };
}

function trafficInfo(counts: Counts): Info {
  return {
    tcpi_segs_in: counts.segmentsIn,
    tcpi_data_segs_in: counts.textsIn,
    tcpi_rcv_ooopack: counts.aheadIn,
    tcpi_segs_out: counts.segmentsOut,
    tcpi_data_segs_out: counts.textsOut,
    tcpi_bytes_sent: counts.octetsOut,
    tcpi_bytes_retrans: counts.octetsAgain,
    tcpi_dsack_dups: counts.twice,
  };
}

/** With each time-out of its own a connection takes another way, where there is one. */
function timeoutInfo(counts: Counts, now: Instant): Info {
  const { timeouts, timeoutRows, timeoutTime, timeoutSince = now } = counts;
  return {
    tcpi_total_rto: timeouts,
    tcpi_total_rto_recoveries: timeoutRows,
    tcpi_total_rto_time: Math.floor((timeoutTime + now - timeoutSince) / 1_000),
    tcpi_rehash: timeouts - counts.requestTimeouts,
  };
}

/** How long ago: before the connection is open Linux counts from the start of the machine. */
function lastInfo({ sentAt, heardAt, ackedAt }: Counts, tcb: Tcb | undefined, now: Instant): Info {
  if (tcb === undefined || sentAt === undefined || heardAt === undefined) return {};
  const ago = (at: Instant) => Math.floor((now - at) / 1_000);
  return {
    tcpi_last_data_sent: ago(sentAt),
    tcpi_last_data_recv: ago(heardAt),
    ...(ackedAt === undefined ? {} : { tcpi_last_ack_recv: ago(ackedAt) }),
  };
}

function holdupInfo({ holdups }: Counts, now: Instant): Info {
  const { busy, window, buffer } = waitedUntil(holdups, now);
  return {
    tcpi_busy_time: busy + window + buffer,
    tcpi_rwnd_limited: window,
    tcpi_sndbuf_limited: buffer,
  };
}

/** Packets with CE, and octets of each codepoint: of classic ECN the peer tells none. */
function markedInfo({ deliveredMarked, markedIn, octetsIn }: Counts, tcb: Tcb | undefined): Info {
  const { ecn } = tcb?.options ?? {};
  const [, ect1, ect0, ce] = octetsIn;
  const { s, r } = ecn?.mode === 'accurate' ? ecn : { s: FIRST_COUNTERS, r: FIRST_COUNTERS };
  const accurate = ecn?.mode === 'accurate';
  return {
    tcpi_delivered_ce: accurate ? s.cep - FIRST_COUNTERS.cep : deliveredMarked,
    tcpi_delivered_e1_bytes: s.e1b - FIRST_COUNTERS.e1b,
    tcpi_delivered_e0_bytes: s.e0b - FIRST_COUNTERS.e0b,
    tcpi_delivered_ce_bytes: s.ceb - FIRST_COUNTERS.ceb,
    tcpi_received_ce: accurate ? r.cep - FIRST_COUNTERS.cep : markedIn,
    tcpi_received_e1_bytes: accurate ? r.e1b - FIRST_COUNTERS.e1b : ect1,
    tcpi_received_e0_bytes: accurate ? r.e0b - FIRST_COUNTERS.e0b : ect0,
    tcpi_received_ce_bytes: accurate ? r.ceb - FIRST_COUNTERS.ceb : ce,
    tcpi_ecn_mode: tcb === undefined ? 0 : feedbackMode(tcb),
    tcpi_accecn_opt_seen: accurate ? HEARD.indexOf(ecn.option.heard) : 0,
    tcpi_accecn_fail_mode: accurate ? failures(ecn) : 0,
  };
}

/** None, classic, accurate, and accurate that was asked for and not answered yet. */
function feedbackMode({ state, options: { ecn }, settings }: Tcb): number {
  if (state === 'SYN_SENT' && settings.accurateEcn === 'ask') return 3;
  if (state === 'SYN_SENT' && settings.ecn === 'ask') return 1;
  return ecn === undefined ? 0 : ecn.mode === 'classic' ? 1 : 2;
}

const HEARD = ['nothing', 'empty', 'counters', 'zeroed'];

/** The ACE field as sent and as heard, the AccECN Option as sent and as heard. */
function failures({ plain, mangled, option }: AccurateEcn): number {
  return (plain ? 1 : 0) | (mangled ? 2 : 0) | (option.dropped ? 4 : 0) | (option.heeded ? 0 : 8);
}

/** What is believed of the peer's segments, and how far the window goes: known with the deviation receive-space alone. */
export function receiverInfo(tcb: Tcb | undefined): Info {
  const wait = {
    tcpi_ato: tcb === undefined ? 0 : Math.min(longestWait(tcb.settings), tcb.dialogue?.wait ?? 0),
    tcpi_rcv_rtt: Math.floor((tcb?.space?.trip.eighths ?? 0) / 8),
  };
  if (tcb === undefined)
    return { ...wait, tcpi_rcv_mss: 0, tcpi_rcv_ssthresh: 0, tcpi_rcv_space: 0 };
  const { space, rcv, state, settings, options } = tcb;
  if (settings.receiveSpace === 'octets') return wait;
  if (space !== undefined) {
    const { segment, threshold, goal } = space;
    return {
      ...wait,
      tcpi_rcv_space: goal,
      tcpi_rcv_mss: segment,
      tcpi_rcv_ssthresh: threshold,
    };
  }
  if (isSynchronized(state) || tcb.open === 'passive') return wait;
  return {
    ...wait,
    // Or SYNs have crossed.
    tcpi_rcv_mss:
      state === 'SYN_SENT' ? LEAST_MSS : firstSegment(settings.mss, fullSegment(tcb), rcv.wnd),
    tcpi_rcv_ssthresh: Math.min(rcv.wnd, initialWindow(settings, rcv.shift, options.timestamps)),
    tcpi_rcv_space: 0,
  };
}
