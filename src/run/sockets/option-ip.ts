/** Switches of Linux at the level of IP that change nothing of a stream, and IP_RECVERR, which makes every ICMP error one of the socket's. */

import { kept, linux, type Option } from './option-kinds.js';

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

const on = { systems: linux, get: () => 1 };
const off = { systems: linux };

export const IP_OPTIONS: Readonly<Record<string, Option>> = {
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
};
