/** Assertions of a packetdrill script: what the kernel tells of the connection under test. */

import type { PacketOperationOf } from '../../lang/packet-operations.js';
import type { Instruction } from '../../lang/program.js';
import type { Judgement } from '../judge.js';
import { memoryInfo } from '../sockets/info-memory.js';
import type { OptionValue } from '../sockets/socket-calls.js';
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
  const told = infoOf(state);
  if (typeof told === 'string') return { kind: 'unsupported', what: told };
  for (const { expression, kept, text } of assertions) {
    const packets = state.packets as PacketState;
    const info = { ...told, ...Object.fromEntries(packets.kept) };
    const names = membersOf(expression);
    const missing = names.find((name) => info[name] === undefined);
    if (missing !== undefined)
      return { kind: 'unsupported', what: `an assertion about \`${missing}\`` };
    const value = calculate(expression, info);
    if (kept !== undefined) {
      state.packets = { ...packets, kept: new Map([...packets.kept, [kept, value]]) };
      continue;
    }
    if (value !== 0) continue;
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
  const info = tcpInfo(state, fd);
  const memory = memoryInfo(table, state.world, fd);
  if (flow?.fd === undefined) dropSocket(table, fd);
  return typeof info === 'object' && 'info' in info
    ? { ...info.info, ...memory }
    : 'an assertion about a socket that is closed';
}

function tcpInfo({ packets, world }: RunState, fd: number): OptionValue | undefined {
  const call = { kind: 'getsockopt', fd, level: 'IPPROTO_TCP', name: 'TCP_INFO' } as const;
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
