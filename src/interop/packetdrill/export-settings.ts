/** What a host is told in its settings, as its system is told it: what that does of its own needs no word. The socket options are Linux's. */

import { usualMss } from '../../tcp/datagram.js';
import { settingsOfProfile } from '../../tcp/profiles.js';
import type { Settings } from '../../tcp/settings.js';
import { RFC9293 } from '../../tcp/settings.js';
import { type ExportedHost, systemOf } from './export-conversations.js';
import { FREEBSD_SYSCTLS, freebsdSocketOptions } from './export-freebsd.js';
import {
  bit,
  LINUX_ECN,
  LINUX_MTU_PROBING,
  millisecond,
  second,
  type Writing,
} from './sysctl-values.js';

/** A kernel has them for all its connections. The opposite is `READINGS` in sysctls.ts. */
const LINUX_SYSCTLS: Readonly<Record<string, Writing>> = {
  tcp_timestamps: ({ timestamps }) => bit(timestamps),
  tcp_sack: ({ sack }) => bit(sack),
  tcp_rmem: receiveBuffer,
  tcp_window_scaling: ({ windowScale }) => bit(windowScale !== undefined),
  tcp_ecn: ecnValue,
  tcp_syncookies: ({ synCookies }) => ['off', 'on-overflow', 'always'].indexOf(synCookies),
  tcp_abort_on_overflow: ({ onOverflow }) =>
    bit(onOverflow === 'reset' || onOverflow === 'reset-ack'),
  tcp_syn_retries: ({ synRetries }) => synRetries,
  tcp_syn_linear_timeouts: ({ synLinearTimeouts }) => synLinearTimeouts,
  tcp_synack_retries: ({ synAckRetries }) => synAckRetries,
  tcp_retries1: ({ retriesWarn }) => retriesWarn,
  tcp_retries2: ({ retries }) => retries,
  tcp_orphan_retries: ({ orphanRetries, retries }) => orphanRetries ?? retries,
  tcp_rto_min_us: ({ rtoMin }) => rtoMin,
  tcp_rto_max_ms: ({ rtoMax }) => Math.round(rtoMax / millisecond),
  tcp_min_tso_segs: ({ unitLeast }) => unitLeast,
  tcp_tso_rtt_log: ({ unitNearby }) => Math.floor(Math.log2(unitNearby)),
  tcp_tso_win_divisor: ({ unitWait }) => unitWait,
  tcp_pacing_ss_ratio: ({ paceSlowStart }) => paceSlowStart,
  tcp_pacing_ca_ratio: ({ paceAvoidance }) => paceAvoidance,
  tcp_mtu_probing: ({ mtuProbing }) => LINUX_MTU_PROBING.indexOf(mtuProbing),
  tcp_base_mss: ({ mtuProbeBase }) => mtuProbeBase,
  tcp_early_retrans: ({ tailLossProbe }) => (tailLossProbe ? 3 : 0),
  tcp_retrans_collapse: ({ repacketize }) => bit(repacketize),
  tcp_dsack: ({ dsack }) => bit(dsack !== 'off'),
  tcp_fin_timeout: ({ finWait2Timeout }) =>
    finWait2Timeout === 0 ? undefined : Math.round(finWait2Timeout / second),
  tcp_rfc1337: ({ timeWaitResets }) => bit(timeWaitResets === 'ignore'),
  tcp_keepalive_intvl: ({ keepaliveInterval }) => Math.round(keepaliveInterval / second),
  tcp_keepalive_probes: ({ keepaliveProbes }) => keepaliveProbes,
};

/** AccECN brings classic ECN with it; what is asked for alone is accepted, too. */
function ecnValue({ ecn, accurateEcn }: Settings): number {
  const classic =
    accurateEcn === 'ask' || (accurateEcn === 'accept' && ecn === 'off') ? undefined : ecn;
  return LINUX_ECN.findIndex(
    (one) => one.accurateEcn === accurateEcn && (classic === undefined || one.ecn === classic),
  );
}

/** Least, usual and largest: half the usual one is the window, and the largest has room for the shift that is offered. */
function receiveBuffer({ window, windowScale = 10 }: Settings): string {
  const rounded = window === RFC9293.window ? window + 1 : window;
  return `"4096 ${2 * rounded} ${Math.max(2 * rounded, 2 ** (windowScale + 15))}"`;
}

/** How a system is told: what an older Linux does not know is passed over. */
const TOLD = {
  linux: { command: 'sysctl -q -e', prefix: 'net.ipv4.', sysctls: LINUX_SYSCTLS },
  freebsd: { command: 'sysctl', prefix: '', sysctls: FREEBSD_SYSCTLS },
} as const;

/**
 * The command that makes a system what the host is: one line, or none. What the system does of its own is said as well where the
 * host's profile does not: the script may be run under that, too.
 */
export function sysctlLines(host: ExportedHost): readonly string[] {
  const system = systemOf(host);
  const { command, prefix, sysctls } = TOLD[system];
  const usual = [system, host.profile].map((name) => settingsOfProfile(name) ?? RFC9293);
  const words = Object.entries(sysctls).flatMap(([name, writing]) => {
    const value = writing(host.settings);
    const isUsual = usual.every((one) => writing(one) === value);
    return value === undefined || isUsual ? [] : `${prefix}${name}=${value}`;
  });
  return words.length === 0 ? [] : [`\`${command} ${words.join(' ')}\``];
}

/** What each of the host's sockets is told: `SOL_TCP, TCP_MAXSEG, [1000], 4`. */
export function socketOptions(host: ExportedHost): readonly string[] {
  if (systemOf(host) === 'freebsd') return freebsdSocketOptions(host);
  const { settings, address } = host;
  const { mss, nagle, keepalive, userTimeout, windowScale } = settings;
  const options: string[] = [];
  const set = (level: string, name: string, value: number) =>
    void options.push(`${level}, ${name}, [${value}], 4`);
  if (mss < usualMss(address) && mss >= LEAST_MSS) set('SOL_TCP', 'TCP_MAXSEG', mss);
  if (windowScale !== undefined && windowScale < LEAST_SHIFT)
    set('SOL_TCP', 'TCP_WINDOW_CLAMP', 65_535 * 2 ** windowScale);
  if (!nagle) set('SOL_TCP', 'TCP_NODELAY', 1);
  if (keepalive > 0) {
    set('SOL_SOCKET', 'SO_KEEPALIVE', 1);
    set('SOL_TCP', 'TCP_KEEPIDLE', Math.max(1, Math.round(keepalive / second)));
  }
  if (userTimeout !== 0 && userTimeout !== RFC9293.userTimeout)
    set('SOL_TCP', 'TCP_USER_TIMEOUT', Math.round(userTimeout / millisecond));
  return options;
}

/** What a kernel offers of itself: its buffers may become 4 MB large, which no sysctl of a namespace forbids. */
const LEAST_SHIFT = 7;

/** Kernels refuse a smaller one. */
const LEAST_MSS = 88;

/** The device's MTU where the host's segments are longer than usual: no socket may ask for more than fits. FreeBSD's may not ask for less, either. */
export function mtuLines(host: ExportedHost): readonly string[] {
  const usual = usualMss(host.address);
  const { mss } = host.settings;
  return mss > usual || (mss !== usual && systemOf(host) === 'freebsd')
    ? [`--mtu=${Math.min(MOST_MTU, USUAL_MTU + mss - usual)}`]
    : [];
}

const USUAL_MTU = 1500;
const MOST_MTU = 65_535;
