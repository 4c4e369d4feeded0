/** The kernel's settings by their sysctl names, Linux's and FreeBSD's, as settings of a host here. */

import type { Settings } from '../../tcp/settings.js';
import {
  count,
  LINUX_MTU_PROBING,
  linuxEcn,
  linuxEcnOption,
  millisecond,
  percent,
  type Reading,
  type Sysctls,
  second,
  unlessUsual,
} from './sysctl-values.js';
import { FREEBSD_READINGS } from './sysctls-freebsd.js';

type Made = Partial<Settings>;

/** The key that Google's and the kernel's own scripts set: `TFO_COOKIE` is a cookie of it. */
export const DEFAULT_KEY = 'a1a1a1a1-b2b2b2b2-c3c3c3c3-d4d4d4d4';

/** What Google's and the kernel's own scripts set on a real host first, as far as it concerns connections. */
export const DEFAULTS_SH: readonly (readonly [name: string, value: string])[] = [
  ['net.ipv4.tcp_rmem', '4096 540000 15728640'],
  ['net.ipv4.tcp_wmem', '4096 262144 4194304'],
  ['net.ipv4.tcp_timestamps', '1'],
  ['net.ipv4.tcp_syn_retries', '5'],
  ['net.ipv4.tcp_synack_retries', '5'],
  ['net.ipv4.tcp_sack', '1'],
  ['net.ipv4.tcp_ecn', '0'],
  ['net.ipv4.tcp_syncookies', '1'],
  ['net.ipv4.tcp_congestion_control', 'cubic'],
  ['net.ipv4.tcp_slow_start_after_idle', '0'],
  ['net.ipv4.tcp_fastopen', '0x70403'],
  ['net.ipv4.tcp_fastopen_key', DEFAULT_KEY],
];

/** The settings that a sysctl comes to: none when it concerns nothing here; a text when it asks for what there is not. */
export function settingsOfSysctl(name: string, value: string, sysctls: Sysctls): Made | string {
  if (name === 'net.ipv4.tcp_fastopen_key') {
    const fastOpenKey = linuxFastOpenKey(value);
    return fastOpenKey === undefined ? `the value of \`${name}=${value}\`` : { fastOpenKey };
  }
  if (name === 'net.ipv4.tcp_congestion_control') return congestion(value);
  if (name === 'net.inet.tcp.functions_default')
    return value === 'freebsd' ? {} : `the TCP stack \`${value}\``;
  const known = READINGS[name.replace(/^net\.ipv[46]\./, 'linux.')];
  if (known === undefined) return {};
  const number = numberIn(value);
  if (!Number.isFinite(number)) return `the value of \`${name}=${value}\``;
  sysctls.values.set(name, number);
  return known(number, sysctls, `${name}=${value}`);
}

/** Of what a kernel may have beside Reno, CUBIC is here. */
function congestion(value: string): Made | string {
  const name = value.trim();
  if (name === 'reno' || name === 'cubic') return { congestionAlgorithm: name };
  return `the congestion control \`${name}\``;
}

/** The last number of a value: of buffers the largest. */
function numberIn(value: string): number {
  return Number(value.trim().split(/\s+/).at(-1) ?? '');
}

const READINGS: Readonly<Record<string, Reading>> = {
  'linux.tcp_timestamps': (value) => ({ timestamps: value !== 0 }),
  'linux.tcp_fastopen': linuxFastOpen,
  'linux.tcp_fastopen_blackhole_timeout_sec': (value, _, text) =>
    value === 0 ? {} : `\`${text}\``,
  'linux.tcp_ecn': linuxEcn,
  'linux.tcp_ecn_fallback': (value) => ({
    ecnRetries: value === 0 ? 255 : 0,
    accurateEcnRetries: value === 0 ? 255 : 1,
    ecnMangling: value === 0 ? 'off' : 'marked',
  }),
  'linux.tcp_ecn_option': linuxEcnOption,
  'linux.tcp_ecn_option_beacon': (value) => ({ accurateEcnBeacon: count(value) }),
  'linux.tcp_sack': (value) => ({ sack: value !== 0 }),
  'linux.tcp_window_scaling': (_value, sysctls) => ({ windowScale: linuxScale(sysctls) }),
  'linux.tcp_rmem': (value, sysctls, text) => ({
    windowScale: linuxScale(sysctls),
    window: linuxWindow(text, sysctls),
    windowMemory: value,
  }),
  'linux.tcp_wmem': (value, _, text) => ({ sendBuffer: usualOf(text) ?? value }),
  'linux.tcp_syn_retries': (value) => ({ synRetries: count(value) }),
  'linux.tcp_syn_linear_timeouts': (value) => ({ synLinearTimeouts: count(value) }),
  'linux.tcp_synack_retries': (value) => ({ synAckRetries: count(value) }),
  'linux.tcp_retries1': (value) => ({ retriesWarn: Math.max(1, count(value)) }),
  'linux.tcp_retries2': (value) => ({ retries: count(value) }),
  'linux.tcp_orphan_retries': (value, { profile }) => ({
    orphanRetries: value === 0 ? profile.orphanRetries : count(value),
    orphanRetriesLate: count(value),
  }),
  'linux.tcp_max_tw_buckets': (value) => ({ timeWaitLimit: Math.max(0, value) }),
  'linux.tcp_syncookies': (value) => ({
    synCookies: value === 0 ? 'off' : value === 1 ? 'on-overflow' : 'always',
  }),
  'linux.tcp_max_syn_backlog': (value) => ({ maxSynBacklog: Math.max(0, value) }),
  'linux.tcp_fin_timeout': (value) => ({ finWait2Timeout: value * second }),
  'linux.tcp_rfc1337': (value) => ({ timeWaitResets: value === 0 ? 'obey' : 'ignore' }),
  'linux.tcp_abort_on_overflow': (value) => ({ onOverflow: value === 0 ? 'drop' : 'reset-ack' }),
  'linux.tcp_keepalive_intvl': (value) => ({ keepaliveInterval: value * second }),
  'linux.tcp_keepalive_probes': (value) => ({ keepaliveProbes: Math.max(1, count(value)) }),
  'linux.tcp_rto_max_ms': (value) => ({ rtoMax: value * millisecond }),
  // 0 is no limit.
  'linux.tcp_invalid_ratelimit': (value) =>
    value <= 0
      ? { challengeAckLimit: 1_000_000 }
      : { challengeAckLimit: 1, challengeAckInterval: value * millisecond },
  'linux.tcp_slow_start_after_idle': (value) => ({ idleWindow: value === 0 ? 'keep' : 'halve' }),
  'linux.tcp_reordering': (value) => ({ reorderingDegree: Math.max(1, Math.min(300, value)) }),
  // The first bit means nothing any more.
  'linux.tcp_recovery': (value, _, text) => ((value & ~3) === 0 ? {} : `\`${text}\``),
  'linux.tcp_min_tso_segs': (value) => ({ unitLeast: Math.max(1, Math.min(45, value)) }),
  'linux.tcp_tso_rtt_log': (value) => ({ unitNearby: 2 ** Math.max(0, Math.min(31, value)) }),
  'linux.tcp_tso_win_divisor': (value) => ({ unitWait: count(value) }),
  'linux.tcp_pacing_ss_ratio': (value) => ({ paceSlowStart: percent(value) }),
  'linux.tcp_pacing_ca_ratio': (value) => ({ paceAvoidance: percent(value) }),
  'linux.tcp_mtu_probing': (value) => ({ mtuProbing: LINUX_MTU_PROBING[value] ?? 'always' }),
  'linux.tcp_mtu_probe_floor': unlessUsual(48),
  'linux.tcp_probe_threshold': unlessUsual(8),
  'linux.tcp_probe_interval': unlessUsual(600),
  'linux.tcp_app_win': unlessUsual(31),
  'linux.tcp_workaround_signed_windows': unlessUsual(0),
  'linux.tcp_base_mss': (value) => ({ mtuProbeBase: Math.max(48, value) }),
  'linux.tcp_early_retrans': (value) => ({ tailLossProbe: value >= 3 }),
  'linux.tcp_frto': (value, { profile: { spuriousTimeout } }) => ({
    spuriousTimeout: value === 0 && spuriousTimeout === 'undo' ? 'echo' : spuriousTimeout,
  }),
  'linux.tcp_thin_linear_timeouts': (value) => ({ thinLinearTimeouts: value !== 0 }),
  'linux.tcp_shrink_window': (value) => ({ windowRetract: value !== 0 }),
  'linux.tcp_comp_sack_nr': (value) => ({ compressedAcks: count(value) }),
  'linux.tcp_comp_sack_delay_ns': (value) => ({ compressedAckDelay: Math.floor(value / 1_000) }),
  'linux.tcp_dsack': (value) => ({ dsack: value !== 0 ? 'on' : 'off' }),
  'linux.tcp_moderate_rcvbuf': (value, { profile: { receiveSpace } }) => ({
    receiveSpace: value === 0 && receiveSpace === 'growing-memory' ? 'memory' : receiveSpace,
  }),
  'linux.route.mtu_expires': (value) => ({ pathMtuExpiry: value * second }),
  'linux.route.min_pmtu': (value) => ({ pathMtuMin: Math.max(68, value) }),
  'linux.tcp_retrans_collapse': (value) => ({ repacketize: value !== 0 }),
  'linux.tcp_min_snd_mss': (value) => ({ mssMin: Math.max(48, value) }),
  'linux.tcp_rto_min_us': (value) => ({ rtoMin: value }),
  ...FREEBSD_READINGS,
};

/** The bits of `net.ipv4.tcp_fastopen`: client, server, each without cookies, and listeners that need not ask for it. */
const FAST_OPEN = {
  client: 0x1,
  server: 0x2,
  clientFree: 0x4,
  serverFree: 0x200,
  listeners: 0x400,
};

function linuxFastOpen(value: number): Made {
  const has = (bit: number) => (value & bit) !== 0;
  const role = (client: number, server: number) =>
    has(client) ? (has(server) ? 'both' : 'client') : has(server) ? 'server' : 'off';
  return {
    fastOpen: role(FAST_OPEN.client, FAST_OPEN.server),
    fastOpenCookieless: role(FAST_OPEN.clientFree, FAST_OPEN.serverFree),
    fastOpenQueue: has(FAST_OPEN.listeners) ? undefined : 0,
  };
}

/** Four words of 32 bits, or twice four; the octets of a word stand in the order of a little-endian machine. */
export function linuxFastOpenKey(value: string): string | undefined {
  const keys = value.split(',').map((key) => {
    const words = key.split('-');
    if (words.length !== 4 || !words.every((word) => /^[0-9a-fA-F]{1,8}$/.test(word))) return '';
    return words
      .map((word) => (word.padStart(8, '0').match(/../g) ?? []).reverse().join(''))
      .join('');
  });
  return keys.includes('') || keys.length > 2 ? undefined : keys.join(',').toLowerCase();
}

/** What a socket may ask for (`net.core.rmem_max`) counts, too, when the shift is chosen. */
const LARGEST_ASKED = 4_194_304;

/** The shift, by the largest buffer that was set, unless none is to be offered. */
function linuxScale({ values, profile }: Sysctls): number | undefined {
  const largest = values.get('net.ipv4.tcp_rmem');
  if (values.get('net.ipv4.tcp_window_scaling') === 0) return undefined;
  return largest === undefined ? profile.windowScale : linuxShift(largest);
}

/** Linux offers the shift with which the largest buffer fits into 16 bits, rounded down (`tcp_select_initial_window`). */
function linuxShift(largest: number): number {
  return Math.max(0, Math.min(14, Math.floor(Math.log2(Math.max(LARGEST_ASKED, largest))) - 15));
}

/** Linux counts half the usual buffer (the middle number of three) as window. */
function linuxWindow(text: string, { profile }: Sysctls): number {
  const usual = usualOf(text);
  return usual === undefined ? profile.window : Math.max(1, Math.floor(usual / 2));
}

/** Of three sizes of a buffer the middle one, which it has at first. */
function usualOf(text: string): number | undefined {
  const usual = Number(text.replace(/^.*=/, '').trim().split(/\s+/)[1]);
  return Number.isFinite(usual) ? usual : undefined;
}
