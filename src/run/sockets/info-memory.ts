/** SO_MEMINFO: the memory of a socket of Linux. */

import type { World } from '../../sim/world.js';
import { usedMemory } from '../../tcp/receiving/memory.js';
import { hasPeersFin } from '../../tcp/states.js';
import type { Tcb } from '../../tcp/tcb.js';
import { contextOf, tcbOf } from './context.js';
import { RECEIVE_BUFFER } from './option-buffers.js';
import { queuedMemory, reserved } from './send-memory.js';
import { sendBuffer } from './send-space.js';
import type { BsdSocket, SocketTable } from './table.js';
import { pinnedMemory } from './zerocopy.js';

/** The members whose values are known, by their names: what messages in the error queue, text that is not copied and the peer's FIN take is not. */
export function memoryInfo(
  table: SocketTable,
  world: World,
  fd: number,
): Readonly<Record<string, number>> {
  const socket = table.sockets.get(fd);
  if (socket === undefined || table.system !== 'linux') return {};
  const ctx = contextOf(table, world, { origin: -1, number: () => 0 });
  const { SO_RCVBUF: told } = socket.options;
  const own = RECEIVE_BUFFER.get(ctx, socket);
  const buffers = {
    SK_MEMINFO_RCVBUF: typeof told === 'number' ? told : own,
    SK_MEMINFO_SNDBUF: sendBuffer(ctx, socket),
    // What the interface has taken is gone, and nobody else works for the socket.
    SK_MEMINFO_WMEM_ALLOC: 0,
    SK_MEMINFO_BACKLOG: 0,
  };
  const tcb = tcbOf(ctx, socket);
  const read = tcb && receivedMemory(socket, tcb);
  if (tcb === undefined || read === undefined) return buffers;
  const received = { ...buffers, SK_MEMINFO_RMEM_ALLOC: read, SK_MEMINFO_OPTMEM: 0 };
  const queued = queuedMemory(tcb);
  if (queued === undefined) return received;
  const sent = queued + pinnedMemory(socket, tcb);
  const spare = table.counts.get(socket.connection ?? -1)?.sparePages ?? 0;
  return {
    ...received,
    SK_MEMINFO_WMEM_QUEUED: sent,
    SK_MEMINFO_FWD_ALLOC: reserved(read + sent, spare),
  };
}

/** What unread text takes, where nothing else is in the queue. */
function receivedMemory(socket: BsdSocket, { space, queued, state }: Tcb): number | undefined {
  const others = socket.errorQueue.length > 0 || socket.zerocopy.shared.length > 0;
  if (others || hasPeersFin(state)) return undefined;
  if (space === undefined) return state === 'SYN_SENT' ? 0 : undefined;
  return usedMemory({ queued }, space);
}
