/** The options of Linux's repair mode, which no socket here is in (TCP_REPAIR): what they answer without it. */

import type { Errno } from './errno.js';
import type { SocketCallOf } from './socket-calls.js';
import type { BsdSocket } from './table.js';

type Kind = SocketCallOf<'setsockopt' | 'getsockopt'>['kind'];

const ANSWERS: Readonly<Record<Kind, Readonly<Partial<Record<string, Errno>>>>> = {
  setsockopt: {
    TCP_REPAIR_QUEUE: 'EPERM',
    TCP_REPAIR_OPTIONS: 'EINVAL',
    TCP_REPAIR_WINDOW: 'EPERM',
    TCP_QUEUE_SEQ: 'EPERM',
    TCP_TIMESTAMP: 'EPERM',
  },
  getsockopt: { TCP_REPAIR_QUEUE: 'EINVAL', TCP_QUEUE_SEQ: 'EINVAL' },
};

/** The errno of such an option; undefined for others. */
export function errnoWithoutRepair(
  kind: Kind,
  name: string,
  { role }: BsdSocket,
): Errno | undefined {
  const isFree = kind === 'setsockopt' && name === 'TCP_QUEUE_SEQ' && role === 'fresh';
  return isFree ? 'EINVAL' : ANSWERS[kind][name];
}
