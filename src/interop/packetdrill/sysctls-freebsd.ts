/** FreeBSD's settings by their sysctl names, as settings of a host here. Times are milliseconds, as `sysctl` shows them. */

import type { Settings } from '../../tcp/settings.js';
import { UDP_HEADER } from '../../tcp/udp-encapsulation.js';
import {
  count,
  freebsdEcn,
  millisecond,
  type Reading,
  type Sysctls,
  second,
} from './sysctl-values.js';

/** The settings that each sysctl comes to; those that are not here concern no connection. */
export const FREEBSD_READINGS: Readonly<Record<string, Reading>> = {
  'net.inet.tcp.fastopen.client_enable': (value) => ({ fastOpen: value === 0 ? 'off' : 'client' }),
  'net.inet.tcp.fastopen.server_enable': (value) => ({ fastOpen: value === 0 ? 'client' : 'both' }),
  'net.inet.tcp.fastopen.acceptany': (value) => ({
    fastOpenCookieless: value === 0 ? 'off' : 'server',
  }),
  'net.inet.tcp.fastopen.path_disable_time': (value) => ({ fastOpenRetry: value * second }),
  // 2: window scaling alone, 3: timestamps alone.
  'net.inet.tcp.rfc1323': (value, sysctls) => ({
    timestamps: value === 1 || value === 3,
    windowScale: windowScale(sysctls),
  }),
  'net.inet.tcp.tolerate_missing_ts': (value) => ({
    missingTimestamps: value === 0 ? 'drop' : 'accept',
  }),
  'net.inet.tcp.sack.enable': (value) => ({ sack: value !== 0 }),
  'net.inet.tcp.ecn.enable': freebsdEcn,
  'net.inet.tcp.ecn.maxretries': (value) => ({ ecnRetries: count(value) }),
  'net.inet.tcp.blackhole': (value, _, text) => {
    const closedPort = CLOSED_PORT[value];
    return closedPort === undefined ? `\`${text}\`` : { closedPort };
  },
  'net.inet.tcp.recvspace': (value) => ({ window: value }),
  'net.inet.tcp.sendspace': (value) => ({ sendBuffer: value }),
  'net.inet.tcp.minmss': (value) => ({ mssMin: Math.max(1, value) }),
  'net.inet.tcp.rexmit_initial': (value) => ({ rto: value * millisecond }),
  'net.inet.tcp.rexmit_min': (value) => ({ rtoMin: value * millisecond }),
  'net.inet.tcp.rexmit_slop': (value) => ({ rtoSlop: value * millisecond }),
  'net.inet.tcp.persmin': (value) => ({ persistMin: value * millisecond }),
  'net.inet.tcp.persmax': (value) => ({ persistMax: value * millisecond }),
  'net.inet.tcp.rexmit_drop_options': (value) => ({ synPlainAfter: value === 0 ? undefined : 3 }),
  'net.inet.tcp.retries': (value) => ({ retries: count(value), synRetries: count(value) }),
  'net.inet.tcp.syncache.rexmtlimit': (value) => ({ synAckRetries: count(value) }),
  'net.inet.tcp.syncookies': (_, sysctls) => synCookies(sysctls),
  'net.inet.tcp.syncookies_only': (_, sysctls) => synCookies(sysctls),
  'net.inet.tcp.keepinit': (value) => ({ openTimeout: value * millisecond }),
  'net.inet.tcp.keepidle': (_, sysctls) => keepalive(sysctls),
  'net.inet.tcp.always_keepalive': (_, sysctls) => keepalive(sysctls),
  'net.inet.tcp.keepintvl': (value, sysctls) => ({
    keepaliveInterval: value * millisecond,
    ...finWait2(sysctls),
  }),
  'net.inet.tcp.keepcnt': (value, sysctls) => ({
    keepaliveProbes: Math.max(1, count(value)),
    ...finWait2(sysctls),
  }),
  'net.inet.tcp.delayed_ack': (value, { profile }) => ({
    ackDelay: value === 0 ? 0 : profile.ackDelay,
  }),
  'net.inet.tcp.delacktime': (value) => ({ ackDelay: value * millisecond }),
  // FreeBSD drops them in every state; by the standard a synchronized one challenges each SYN (RFC 5961 §4).
  'net.inet.tcp.drop_synfin': (value, { system }) => ({
    synFin: value === 0 ? 'take' : system === 'freebsd' ? 'drop' : 'unsynchronized',
  }),
  'net.inet.tcp.icmp_may_rst': (value, { profile }) => ({
    icmpAbortOpen: value === 0 ? 'none' : profile.icmpAbortOpen,
  }),
  'net.inet.tcp.msl': (value) => ({ msl: value * millisecond }),
  'net.inet.tcp.finwait2_timeout': (_, sysctls) => finWait2(sysctls),
  'net.inet.tcp.fast_finwait2_recycle': (_, sysctls) => finWait2(sysctls),
  'net.inet.tcp.ack_war_cnt': (_, sysctls) => ackWar(sysctls),
  'net.inet.tcp.ack_war_timewindow': (_, sysctls) => ackWar(sysctls),
  'net.inet.tcp.insecure_rst': (_, sysctls) => challengeAck(sysctls),
  'net.inet.tcp.insecure_syn': (_, sysctls) => challengeAck(sysctls),
  'net.inet.tcp.udp_tunneling_port': (value) => ({ udpPort: port(value) }),
  'net.inet.tcp.udp_tunneling_overhead': (value) => ({ udpOverhead: overhead(value) }),
  'net.inet.ip.portrange.first': (value) => ({ firstPort: value }),
  'net.inet.ip.portrange.last': (value) => ({ lastPort: value }),
  'kern.ipc.maxsockbuf': (_, sysctls) => ({ windowScale: windowScale(sysctls) }),
};

/** A port there is, or none. */
function port(value: number): number {
  return value >= 0 && value <= 65_535 ? value : 0;
}

function overhead(value: number): number {
  return Math.min(Math.max(value, UDP_HEADER), 1_024);
}

/** What a segment meets where nobody listens, by the sysctl's value. */
const CLOSED_PORT = ['reset', 'drop-syn', 'drop', 'drop-all'] as const;

/** Cookies alone are those that are switched on, too. */
function synCookies({ values }: Sysctls): Partial<Settings> {
  if (values.get('net.inet.tcp.syncookies') === 0) return { synCookies: 'off' };
  const only = values.get('net.inet.tcp.syncookies_only') ?? 0;
  return { synCookies: only === 0 ? 'on-overflow' : 'always' };
}

/** Whether all connections are probed without being asked for, and when. */
function keepalive({ values }: Sysctls): Partial<Settings> {
  const idle = values.get('net.inet.tcp.keepidle') ?? 7_200_000;
  const always = (values.get('net.inet.tcp.always_keepalive') ?? 0) !== 0;
  return { keepalive: always ? idle * millisecond : 0 };
}

/** A closed FIN_WAIT_2 lasts as long as keep-alive probes would take, or for a time of its own (`fast_finwait2_recycle`). */
function finWait2({ values, profile }: Sysctls): Partial<Settings> {
  const recycles = (values.get('net.inet.tcp.fast_finwait2_recycle') ?? 0) !== 0;
  const own = values.get('net.inet.tcp.finwait2_timeout') ?? 60_000;
  if (recycles) return { finWait2Timeout: own * millisecond };
  const probes = values.get('net.inet.tcp.keepcnt') ?? profile.keepaliveProbes;
  const interval = values.get('net.inet.tcp.keepintvl');
  const between = interval === undefined ? profile.keepaliveInterval : interval * millisecond;
  return { finWait2Timeout: probes * between };
}

/** So many challenge ACKs in so many milliseconds; 0 of either is no limit. */
function ackWar({ values, profile }: Sysctls): Partial<Settings> {
  const most = values.get('net.inet.tcp.ack_war_cnt') ?? profile.challengeAckLimit;
  const window = values.get('net.inet.tcp.ack_war_timewindow');
  const interval = window === undefined ? profile.challengeAckInterval : window * millisecond;
  if (most === 0 || interval === 0) return { challengeAckLimit: 1_000_000 };
  return { challengeAckLimit: most, challengeAckInterval: interval };
}

/** RFC 5961 is in force for RSTs and for SYNs, each unless it is given up. */
function challengeAck({ values }: Sysctls): Partial<Settings> {
  const insecure = (what: string) => (values.get(`net.inet.tcp.insecure_${what}`) ?? 0) !== 0;
  if (insecure('rst')) return { challengeAck: insecure('syn') ? 'off' : 'syn' };
  return { challengeAck: insecure('syn') ? 'rst' : 'on' };
}

/** The smallest shift with which 65535 reaches the largest socket buffer; none when the option is switched off. */
function windowScale({ values, profile }: Sysctls): number | undefined {
  const extensions = values.get('net.inet.tcp.rfc1323') ?? 1;
  if (extensions !== 1 && extensions !== 2) return undefined;
  const largest = values.get('kern.ipc.maxsockbuf');
  if (largest === undefined) return profile.windowScale;
  let least = 0;
  while (least < 14 && 65_535 * 2 ** least < largest) least += 1;
  return least;
}
