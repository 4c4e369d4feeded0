/** What a random script begins with: sysctls, options of sockets, and the options of the peer's SYN. */

import { type Draft, write } from './draft.js';

type Choice = readonly [weight: number, name: string, values: readonly (number | string)[]];

/** Sysctls that change what connections do, and values for them. */
const SYSCTLS: readonly Choice[] = [
  [4, 'tcp_timestamps', [0, 0, 2]],
  [4, 'tcp_sack', [0]],
  [3, 'tcp_window_scaling', [0]],
  [4, 'tcp_ecn', [0, 1, 1, 2]],
  [2, 'tcp_dsack', [0]],
  [2, 'tcp_retries2', [1, 2, 4]],
  [3, 'tcp_syn_retries', [1, 2]],
  [3, 'tcp_synack_retries', [1, 2]],
  [2, 'tcp_syn_linear_timeouts', [0, 1, 3]],
  [2, 'tcp_orphan_retries', [1, 2]],
  [3, 'tcp_fin_timeout', [1, 2]],
  [2, 'tcp_rfc1337', [1]],
  [2, 'tcp_abort_on_overflow', [1]],
  [2, 'tcp_syncookies', [0, 2]],
  [1, 'tcp_max_syn_backlog', [2, 8]],
  [2, 'tcp_keepalive_time', [1, 2]],
  [2, 'tcp_keepalive_intvl', [1]],
  [2, 'tcp_keepalive_probes', [1, 2]],
  [2, 'tcp_invalid_ratelimit', [0, 250]],
  [2, 'tcp_early_retrans', [0]],
  [2, 'tcp_recovery', [0, 2]],
  [2, 'tcp_frto', [0]],
  [2, 'tcp_reordering', [1, 6]],
  [2, 'tcp_congestion_control', ['cubic']],
  [2, 'tcp_slow_start_after_idle', [0]],
  [2, 'tcp_moderate_rcvbuf', [0]],
  [2, 'tcp_rmem', ['"4096 8192 16384"', '"4096 50000 4000000"', '"4096 262144 67108864"']],
  [2, 'tcp_wmem', ['"4096 8192 16384"', '"4096 32768 4000000"']],
  [1, 'tcp_min_snd_mss', [100, 500]],
  [1, 'tcp_rto_min_us', [50_000, 500_000]],
  [1, 'tcp_rto_max_ms', [1_500]],
  [1, 'tcp_max_tw_buckets', [0]],
  [1, 'tcp_tw_reuse', [1]],
  [1, 'tcp_autocorking', [0]],
  [1, 'tcp_no_metrics_save', [1]],
  [1, 'tcp_thin_linear_timeouts', [1]],
  [1, 'tcp_shrink_window', [1]],
  [1, 'tcp_retrans_collapse', [0]],
  [1, 'tcp_notsent_lowat', [2_000]],
  [1, 'tcp_pingpong_thresh', [1, 3]],
];

/** Options of a socket with a number, by their levels, and values for them. */
const OPTIONS: readonly Choice[] = [
  [4, 'SOL_TCP, TCP_NODELAY', [1, 1, 0]],
  [3, 'SOL_TCP, TCP_CORK', [1, 0]],
  [3, 'SOL_TCP, TCP_QUICKACK', [0, 1]],
  [3, 'SOL_TCP, TCP_MAXSEG', [88, 300, 512, 1200]],
  [3, 'SOL_TCP, TCP_USER_TIMEOUT', [250, 700, 1500, 4000]],
  [2, 'SOL_TCP, TCP_SYNCNT', [1, 2]],
  [2, 'SOL_TCP, TCP_DEFER_ACCEPT', [1, 3]],
  [2, 'SOL_TCP, TCP_LINGER2', [1, 2, -1]],
  [2, 'SOL_TCP, TCP_WINDOW_CLAMP', [500, 2000, 8000]],
  [2, 'SOL_TCP, TCP_NOTSENT_LOWAT', [100, 2000]],
  [2, 'SOL_TCP, TCP_KEEPIDLE', [1, 2]],
  [2, 'SOL_TCP, TCP_KEEPINTVL', [1]],
  [2, 'SOL_TCP, TCP_KEEPCNT', [1, 2]],
  [3, 'SOL_SOCKET, SO_KEEPALIVE', [1, 1, 0]],
  [3, 'SOL_SOCKET, SO_RCVBUF', [2304, 5000, 16384, 100_000]],
  [3, 'SOL_SOCKET, SO_SNDBUF', [4608, 10_000, 50_000]],
  [2, 'SOL_SOCKET, SO_RCVLOWAT', [5, 1000]],
  [1, 'SOL_SOCKET, SO_OOBINLINE', [1]],
  [1, 'SOL_TCP, TCP_THIN_LINEAR_TIMEOUTS', [1]],
];

/** Sets none, or some sysctls. */
export function setSysctls(draft: Draft): void {
  const { dice } = draft;
  const count = dice.weighted([
    [5, 0],
    [4, 1],
    [3, 2],
    [1, 4],
  ]);
  for (let i = 0; i < count; i++) {
    const [, name, values] = chosen(draft, SYSCTLS);
    write(draft, `\`sysctl -q net.ipv4.${name}=${dice.one(...values)}\``, 0);
    if (name === 'tcp_ecn') draft.ecn = true;
  }
}

/** Sets none, or some options of a socket. */
export function setOptions(draft: Draft, fd: number, often = 0.35): void {
  while (draft.dice.chance(often)) setOption(draft, fd, 0);
}

/** Sets one option of a socket. */
export function setOption(draft: Draft, fd: number, wait?: number): void {
  const { dice } = draft;
  if (dice.chance(0.08)) {
    setLinger(draft, fd, wait);
    return;
  }
  const [, name, values] = chosen(draft, OPTIONS);
  write(draft, `setsockopt(${fd}, ${name}, [${dice.one(...values)}], 4) = 0`, wait);
}

/** SO_LINGER: a close resets, or waits for the peer. */
export function setLinger(draft: Draft, fd: number, wait?: number): void {
  const value = `{onoff=${draft.dice.one(1, 1, 1, 0)}, linger=${draft.dice.one(0, 0, 1)}}`;
  write(draft, `setsockopt(${fd}, SOL_SOCKET, SO_LINGER, ${value}, 8) = 0`, wait);
}

function chosen({ dice }: Draft, choices: readonly Choice[]): Choice {
  return dice.weighted(choices.map((choice) => [choice[0], choice] as const));
}

/** Chooses what the peer is; the window that it tells from then on fits its scale. */
export function choosePeer(draft: Draft): void {
  const { dice } = draft;
  const mss = dice.weighted([
    [6, 1460],
    [5, 1000],
    [2, 536],
    [2, 1220],
    [1, 88],
    [1, 40],
    [1, 8960],
  ]);
  const shift = dice.chance(0.6) ? dice.one(0, 1, 4, 7, 7, 7, 8, 14) : undefined;
  draft.peer = { mss, sack: dice.chance(0.65), timestamps: dice.chance(0.35), shift };
  const wide = dice.one(2_000, 6_000, 14_600, 30_000, 65_535, 65_535);
  const narrow = dice.one(60, 128, 257, 257, 512, 2_048);
  draft.window = shift === undefined || shift < 4 ? wide : shift === 14 ? narrow % 64 : narrow;
}

/** The options of a SYN or SYN,ACK of the peer's, in one of the usual orders. */
export function synOptions(draft: Draft, answers: boolean): readonly string[] {
  const { peer, dice } = draft;
  const { mss, sack, timestamps, shift } = peer;
  const bare = dice.chance(0.04);
  const options = bare ? [] : [`mss ${mss}`];
  if (bare) draft.peer = { ...peer, mss: 536 };
  if (timestamps) {
    draft.clock += 1;
    const stamp = `TS val ${draft.clock} ecr ${answers ? 7 : 0}`;
    options.push(...(sack ? ['sackOK'] : ['nop', 'nop']), stamp);
  } else if (sack) options.push(...dice.one(['nop', 'nop', 'sackOK'], ['sackOK', 'nop', 'nop']));
  if (shift !== undefined) options.push('nop', `wscale ${shift}`);
  // An option that nobody has, to end with.
  if (dice.chance(0.03)) options.push('eol', 'nop', 'nop', 'nop');
  return options.length === 0 ? ['none'] : options;
}
