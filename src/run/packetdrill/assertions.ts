/** Assertions of a packetdrill script: what the kernel tells of the connection under test. */

import type { PacketOperationOf } from '../../lang/packet-operations.js';
import type { Instruction } from '../../lang/program.js';
import type { Judgement } from '../judge.js';
import type { OptionValue, System } from '../sockets/socket-calls.js';
import { callSocket } from '../sockets/sockets.js';
import { dropSocket, freshSocket } from '../sockets/table.js';
import type { RunState } from '../state.js';
import { calculate, membersOf } from './calculate.js';
import { connectionsOf, currentFlow, type PacketState } from './state.js';
import { failed, met } from './verdicts.js';

/** What `TCP_INFO` and `SO_MEMINFO` say of the connection under test. */
export function judgeAssertions(
  state: RunState,
  instruction: Instruction,
  { assertions }: PacketOperationOf<'pkt-assert'>,
): Judgement | { readonly kind: 'unsupported'; readonly what: string } {
  const info = infoOf(state);
  if (typeof info === 'string') return { kind: 'unsupported', what: info };
  for (const { expression, text } of assertions) {
    const names = membersOf(expression);
    const missing = names.find((name) => info[name] === undefined);
    if (missing !== undefined)
      return { kind: 'unsupported', what: `an assertion about \`${missing}\`` };
    if (calculate(expression, info) !== 0) continue;
    const actual = names.map((name) => `${name} is ${info[name]}`).join(', ');
    const [only, ...others] = names;
    const field = only !== undefined && others.length === 0 ? only : 'assert';
    const shown = field === 'assert' ? actual : String(info[field]);
    return failed(state, instruction, actual, [{ field, expected: text, actual: shown }]);
  }
  return met(() => 'it holds');
}

/** Of the flow's socket; of a child that was not accepted yet, of a socket made for the question alone. */
function infoOf(state: RunState): Readonly<Record<string, number>> | string {
  const { table } = state.packets as PacketState;
  const flow = currentFlow(state.packets as PacketState);
  const fd = flow?.fd ?? borrowed(state);
  if (fd === undefined) return 'an assertion without a connection';
  const info = optionOf(state, fd, 'IPPROTO_TCP', 'TCP_INFO');
  const memory = memoryOf(state, fd, table.system);
  if (flow?.fd === undefined) dropSocket(table, fd);
  return typeof info === 'object' && 'info' in info
    ? { ...info.info, ...memory }
    : 'an assertion about a socket that is closed';
}

/** The members of Linux's `SO_MEMINFO` that have an option of their own: how large the buffers may become. */
const MEMORY = { SK_MEMINFO_RCVBUF: 'SO_RCVBUF', SK_MEMINFO_SNDBUF: 'SO_SNDBUF' };

function memoryOf(state: RunState, fd: number, system: System): Readonly<Record<string, number>> {
  if (system !== 'linux') return {};
  return Object.fromEntries(
    Object.entries(MEMORY).flatMap(([member, name]) => {
      const value = optionOf(state, fd, 'SOL_SOCKET', name);
      return typeof value === 'number' ? [[member, value]] : [];
    }),
  );
}

function optionOf(
  { packets, world }: RunState,
  fd: number,
  level: 'IPPROTO_TCP' | 'SOL_SOCKET',
  name: string,
): OptionValue | undefined {
  const call = { kind: 'getsockopt', fd, level, name } as const;
  const { table } = packets as PacketState;
  const answer = callSocket(table, world, call, { origin: -1, number: () => 0 });
  return answer.kind === 'done' ? answer.value : undefined;
}

function borrowed({ world, packets }: RunState): number | undefined {
  const { table } = packets as PacketState;
  const flow = currentFlow(packets as PacketState);
  const [entry] = flow === undefined ? [] : connectionsOf(world, flow);
  if (!entry) return undefined;
  // Not the lowest free descriptor: nobody but this question sees it.
  const fd = -1;
  const { id: connection } = entry.ref;
  table.sockets.set(fd, { ...freshSocket('AF_INET', false), role: 'connection', connection });
  return fd;
}
