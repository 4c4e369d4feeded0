/** Options of Linux at the level of sockets that change nothing of a stream. */

import { failed } from './context.js';
import type { Option, OwnOption } from './option-kinds.js';
import { bounded, kept, linux, refusing } from './option-kinds.js';

const MOST = 2 ** 31 - 1;
const MOST_BUDGET = 65_535;

/** What sockets of other families have. */
const NOT_OF_STREAMS: OwnOption = {
  level: 'SOL_SOCKET',
  systems: linux,
  set: () => failed('EOPNOTSUPP'),
  tell: () => failed('EOPNOTSUPP'),
};

const off = { systems: linux };

export const PLAIN_SOCKET_OPTIONS: Readonly<Record<string, Option | OwnOption>> = {
  SO_PASSCRED: NOT_OF_STREAMS,
  SO_PASSSEC: NOT_OF_STREAMS,
  SO_PASSPIDFD: NOT_OF_STREAMS,
  SO_TIMESTAMPNS: kept('SOL_SOCKET', 0, off),
  SO_RXQ_OVFL: kept('SOL_SOCKET', 0, off),
  SO_RCVMARK: kept('SOL_SOCKET', 0, off),
  SO_NO_CHECK: kept('SOL_SOCKET', 0, off),
  SO_WIFI_STATUS: kept('SOL_SOCKET', 0, off),
  SO_NOFCS: kept('SOL_SOCKET', 0, off),
  SO_LOCK_FILTER: kept('SOL_SOCKET', 0, off),
  SO_SELECT_ERR_QUEUE: kept('SOL_SOCKET', 0, off),
  SO_PREFER_BUSY_POLL: kept('SOL_SOCKET', 0, off),
  SO_BUSY_POLL: bounded('SOL_SOCKET', MOST),
  // It is told under no name.
  SO_BUSY_POLL_BUDGET: { ...bounded('SOL_SOCKET', MOST_BUDGET), as: 'SO_BUSY_POLL_BUDGET' },
  // Once there was a meaning for it.
  SO_BSDCOMPAT: { ...kept('SOL_SOCKET', 0, off), told: () => undefined },
  SO_INCOMING_NAPI_ID: refusing('SOL_SOCKET', 'ENOPROTOOPT', 0),
  SO_TXREHASH: {
    ...bounded('SOL_SOCKET', 1, 1),
    apply: (value) => (value < -1 || value > 1 ? undefined : {}),
    told: (value) => Math.abs(value),
  },
};
