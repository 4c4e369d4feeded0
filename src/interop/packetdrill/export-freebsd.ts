/** What a host with the profile `freebsd` is told in its settings, as FreeBSD is told it. The opposite of `sysctls-freebsd.ts`. */

import type { Settings } from '../../tcp/settings.js';
import type { ExportedHost } from './export-conversations.js';
import { bit, FREEBSD_ECN, millisecond, second, type Writing } from './sysctl-values.js';

const milliseconds = (duration: number) => Math.round(duration / millisecond);

export const FREEBSD_SYSCTLS: Readonly<Record<string, Writing>> = {
  'kern.ipc.maxsockbuf': ({ windowScale }) =>
    windowScale === undefined ? undefined : 65_535 * 2 ** windowScale,
  // 2: window scaling alone, 3: timestamps alone.
  'net.inet.tcp.rfc1323': ({ timestamps, windowScale }) =>
    windowScale === undefined ? (timestamps ? 3 : 0) : timestamps ? 1 : 2,
  'net.inet.tcp.sack.enable': ({ sack }) => bit(sack),
  'net.inet.tcp.ecn.enable': ({ ecn, accurateEcn }) => ecnValue(ecn, accurateEcn),
  'net.inet.tcp.recvspace': ({ window }) => window,
  'net.inet.tcp.sendspace': ({ sendBuffer }) => sendBuffer,
  'net.inet.tcp.minmss': ({ mssMin }) => mssMin,
  'net.inet.tcp.rexmit_initial': ({ rto }) => milliseconds(rto),
  'net.inet.tcp.rexmit_min': ({ rtoMin }) => milliseconds(rtoMin),
  'net.inet.tcp.persmin': ({ persistMin }) => milliseconds(persistMin),
  'net.inet.tcp.persmax': ({ persistMax }) => milliseconds(persistMax),
  'net.inet.tcp.rexmit_drop_options': ({ synPlainAfter }) => bit(synPlainAfter !== undefined),
  'net.inet.tcp.retries': ({ retries }) => retries,
  'net.inet.tcp.syncache.rexmtlimit': ({ synAckRetries }) => synAckRetries,
  'net.inet.tcp.syncookies': ({ synCookies }) => bit(synCookies !== 'off'),
  'net.inet.tcp.syncookies_only': ({ synCookies }) => bit(synCookies === 'always'),
  'net.inet.tcp.keepinit': ({ openTimeout }) => milliseconds(openTimeout),
  'net.inet.tcp.keepintvl': ({ keepaliveInterval }) => milliseconds(keepaliveInterval),
  'net.inet.tcp.keepcnt': ({ keepaliveProbes }) => keepaliveProbes,
  'net.inet.tcp.delayed_ack': ({ ackDelay }) => bit(ackDelay > 0),
  'net.inet.tcp.delacktime': ({ ackDelay }) =>
    ackDelay === 0 ? undefined : milliseconds(ackDelay),
  'net.inet.tcp.drop_synfin': ({ synFin }) => bit(synFin === 'drop'),
  'net.inet.tcp.msl': ({ msl }) => milliseconds(msl),
  'net.inet.tcp.udp_tunneling_port': ({ udpPort }) => udpPort,
  'net.inet.tcp.udp_tunneling_overhead': ({ udpOverhead }) => udpOverhead,
};

function ecnValue(ecn: Settings['ecn'], accurateEcn: Settings['accurateEcn']): number | undefined {
  const value = FREEBSD_ECN.findIndex(
    (one) => one.accurateEcn === accurateEcn && (accurateEcn !== 'off' || one.ecn === ecn),
  );
  return value < 0 ? undefined : value;
}

/** What each of the host's sockets is told: `IPPROTO_TCP, TCP_NODELAY, [1], 4`. An MSS of more than 536 follows from the MTU alone. */
export function freebsdSocketOptions({ settings }: ExportedHost): readonly string[] {
  const { nagle, keepalive, udpPeer } = settings;
  const options: string[] = [];
  if (!nagle) options.push('IPPROTO_TCP, TCP_NODELAY, [1], 4');
  if (udpPeer > 0) options.push(`IPPROTO_TCP, TCP_REMOTE_UDP_ENCAPS_PORT, [${udpPeer}], 4`);
  if (keepalive > 0) {
    const idle = Math.max(1, Math.round(keepalive / second));
    options.push('SOL_SOCKET, SO_KEEPALIVE, [1], 4', `IPPROTO_TCP, TCP_KEEPIDLE, [${idle}], 4`);
  }
  return options;
}
