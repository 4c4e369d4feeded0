/** IP_MTU and IPV6_MTU: what the path to the peer takes. */

import { done, failed, tcbOf } from './context.js';
import { tcpInfo } from './info.js';
import { linux, type OwnOption } from './option-kinds.js';

/** The MTU of the path to the peer, once there is one, and as long as the socket has not left it. */
export function pathMtu(level: 'IPPROTO_IP' | 'IPPROTO_IPV6'): OwnOption {
  return {
    level,
    systems: linux,
    tell: (ctx, socket) =>
      (tcbOf(ctx, socket) ?? socket.last)?.remote === undefined
        ? failed('ENOTCONN')
        : done(0, { value: tcpInfo(ctx, socket).tcpi_pmtu ?? 0 }),
  };
}
