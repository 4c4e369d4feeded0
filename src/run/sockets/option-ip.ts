/** Options of Linux at the level of IP that change nothing of a stream, and IP_RECVERR, which makes every ICMP error one of the socket's. */

import { done, failed } from './context.js';
import type { OwnOption } from './option-kinds.js';
import { bounded, kept, linux, type Option, refusing } from './option-kinds.js';
import { pathMtu } from './path-mtu.js';

/** IP_MTU_DISCOVER, by its values: whether what ICMP says the path does not take goes again at once (WANT, DO, PROBE) or waits for the RTO (DONT, INTERFACE, OMIT). */
const PATH_MTU_DISCOVERY = ['wait', 'again', 'again', 'again', 'wait', 'wait'] as const;
const WANT = 1;

const DISCOVERY: Option = {
  level: 'IPPROTO_IP',
  systems: linux,
  apply: (value) => {
    const tooBigSegments = PATH_MTU_DISCOVERY[value];
    return tooBigSegments && { tooBigSegments };
  },
  get: () => WANT,
};

/** IPV6_MTU_DISCOVER: the same values, and what IPv6 does not divide goes again with DONT, too. */
const DISCOVERY_OF_IPV6: Option = {
  ...DISCOVERY,
  level: 'IPPROTO_IPV6',
  apply: (value, ctx, socket) =>
    value === 0 ? { tooBigSegments: 'again' } : DISCOVERY.apply(value, ctx, socket),
};

const LEAST_MTU = 1280;

/** IPV6_MTU: how long datagrams may be before they are divided, which those of a stream never are. */
const MTU_OF_IPV6: OwnOption = {
  ...pathMtu('IPPROTO_IPV6'),
  set: (_ctx, _socket, { value }) => {
    if (typeof value !== 'number') return undefined;
    return value === 0 || value >= LEAST_MTU ? done(0) : failed('EINVAL');
  },
};

const on = { systems: linux, get: () => 1 };
const off = { systems: linux };

export const IP_OPTIONS: Readonly<Record<string, Option | OwnOption>> = {
  IP_MTU: pathMtu('IPPROTO_IP'),
  IPV6_MTU: MTU_OF_IPV6,
  IP_RECVERR: kept('IPPROTO_IP', 0, off),
  IPV6_RECVERR: kept('IPPROTO_IPV6', 0, off),
  IP_MTU_DISCOVER: DISCOVERY,
  IP_PKTINFO: kept('IPPROTO_IP', 0, off),
  IP_RECVTTL: kept('IPPROTO_IP', 0, off),
  IP_RECVTOS: kept('IPPROTO_IP', 0, off),
  IP_RECVOPTS: kept('IPPROTO_IP', 0, off),
  IP_RETOPTS: kept('IPPROTO_IP', 0, off),
  IP_FREEBIND: kept('IPPROTO_IP', 0, off),
  IP_TRANSPARENT: kept('IPPROTO_IP', 0, off),
  IP_BIND_ADDRESS_NO_PORT: kept('IPPROTO_IP', 0, off),
  IP_MULTICAST_LOOP: kept('IPPROTO_IP', 0, on),
  IP_MULTICAST_ALL: bounded('IPPROTO_IP', 1, 1),
  // A stream has none of these.
  IP_MULTICAST_TTL: { ...kept('IPPROTO_IP', 0, on), apply: () => undefined },
  IP_RECVFRAGSIZE: { ...kept('IPPROTO_IP', 0, off), apply: () => undefined },
  IP_HDRINCL: refusing('IPPROTO_IP', 'ENOPROTOOPT', 0),
  IP_NODEFRAG: refusing('IPPROTO_IP', 'ENOPROTOOPT', 0),
  IP_CHECKSUM: kept('IPPROTO_IP', 0, off),
  IP_PASSSEC: kept('IPPROTO_IP', 0, off),
  IP_RECVORIGDSTADDR: kept('IPPROTO_IP', 0, off),
  IP_RECVERR_RFC4884: bounded('IPPROTO_IP', 1),
  IPV6_MTU_DISCOVER: DISCOVERY_OF_IPV6,
  IPV6_RECVPKTINFO: kept('IPPROTO_IPV6', 0, off),
  IPV6_RECVHOPLIMIT: kept('IPPROTO_IPV6', 0, off),
  IPV6_RECVTCLASS: kept('IPPROTO_IPV6', 0, off),
  IPV6_RECVPATHMTU: kept('IPPROTO_IPV6', 0, off),
  IPV6_DONTFRAG: kept('IPPROTO_IPV6', 0, off),
  IPV6_FREEBIND: kept('IPPROTO_IPV6', 0, off),
  IPV6_TRANSPARENT: kept('IPPROTO_IPV6', 0, off),
  IPV6_MULTICAST_LOOP: bounded('IPPROTO_IPV6', 1, 1),
  IPV6_MULTICAST_ALL: kept('IPPROTO_IPV6', 0, on),
  IPV6_MULTICAST_HOPS: refusing('IPPROTO_IPV6', 'ENOPROTOOPT', 1),
};
