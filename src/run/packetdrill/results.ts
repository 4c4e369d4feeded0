/** The results of a packetdrill script's calls: what they returned and wrote, compared with what the script says. */

import { OPENING_CALLS } from '../../lang/packet-calls.js';
import type { PacketValue } from '../../lang/packet-operations.js';
import type { Difference } from '../expectations.js';
import { errnoNumber } from '../sockets/errno.js';
import type { Done, OptionValue, System } from '../sockets/socket-calls.js';
import { itemsOf, member, optionNamed, optionValue, unbracketed, words } from './arguments.js';
import type { PacketCall } from './calls.js';
import { numberOfConstants } from './constants.js';
import { messageDifferences } from './control-messages.js';
import { epollDifferences } from './epoll.js';
import { printFlags } from './flags.js';
import type { PacketState } from './state.js';

/** What of a call's result is not as the script says. */
export function resultDifferences(
  state: PacketState,
  operation: PacketCall,
  done: Done,
): readonly Difference[] {
  const { call, result } = operation;
  const actual = printResult(done);
  const wrong = (field: string, expected: string, seen: string): readonly Difference[] => [
    { field, expected, actual: seen },
  ];
  const value = wantedValue(operation, state.script.system);
  if (value === undefined) return [];
  const succeeded = done.errno === undefined && done.result >= 0;
  const wanted = printWanted(operation);
  if (value < 0) {
    if (succeeded || value !== -1) return wrong('result', wanted, actual);
    return result.errno === undefined || same(result.errno, done.errno)
      ? []
      : wrong('errno', result.errno, done.errno ?? 'none');
  }
  if (!succeeded) return wrong('result', wanted, actual);
  if (result.errno !== undefined) return wrong('errno', result.errno, 'none');
  // Descriptors are the system's: that there is one is all that counts.
  if (OPENING_CALLS.includes(call) || call.startsWith('accept')) return [];
  if (done.result !== value) return wrong('result', wanted, actual);
  return outputs(state, operation, done);
}

/** The number that a call must return; NaN, which none is, where it has a name that the system does not know. */
function wantedValue({ result }: PacketCall, system: System): number | undefined {
  if (result.names === undefined) return result.value;
  return numberOfConstants(result.names, system) ?? Number.NaN;
}

function same(wanted: string, actual: string | undefined): boolean {
  return usualErrno(wanted) === actual;
}

function usualErrno(name: string): string {
  return SAME_ERRNO.get(name) ?? name;
}

/** Names of errors that both systems, or Linux, have for others. */
const SAME_ERRNO: ReadonlyMap<string, string> = new Map([
  ['EWOULDBLOCK', 'EAGAIN'],
  ['ENOTSUP', 'EOPNOTSUPP'],
]);

export function printResult({ result, errno }: Done): string {
  return errno === undefined ? String(result) : `-1 ${errno}`;
}

export function printWanted({ result }: PacketCall): string {
  const value = result.names?.join('|') ?? String(result.value ?? '...');
  return result.errno === undefined ? value : `${value} ${result.errno}`;
}

/** What the call wrote where its arguments point to. */
function outputs(
  state: PacketState,
  { call, args }: PacketCall,
  done: Done,
): readonly Difference[] {
  const { script } = state;
  if (call === 'epoll_wait') return epollDifferences(state, args[1], done);
  if (call === 'poll') return pollDifferences(args[0], done, script.system);
  if (call === 'recvmsg') return messageDifferences(state, args, done);
  const name = call === 'ioctl' ? (words(args[1])[0] ?? '') : optionNamed(args, script.system).name;
  const written = call === 'getsockopt' ? args[3] : call === 'ioctl' ? args[2] : undefined;
  const wanted = unbracketed(written);
  if (wanted === undefined || wanted.kind === 'any') return [];
  // Of a profile that is no kernel's, buffers have no size of their own.
  if (/^SO_(RCV|SND)BUF$/.test(name) && !script.comparison.options) return [];
  const actual = printOption(
    wanted.kind === 'number' ? numbered(done.value, script.system) : done.value,
  );
  const expected = printWritten(wanted, done, script.system);
  return expected === actual ? [] : [{ field: name, expected, actual }];
}

function printWritten(wanted: PacketValue, done: Done, system: System): string {
  if (wanted.kind === 'words') return named(wanted.words, done, system);
  const stack = member(wanted, 'function_set_name');
  if (stack !== undefined)
    return stack.kind === 'any' ? printOption(done.value) : printWritten(stack, done, system);
  return printOption(wanted.kind === 'text' ? { text: wanted.text } : optionValue(wanted, system));
}

/** What names stand for: an errno for itself, others for their number. */
function named(names: readonly string[], { value }: Done, system: System): string {
  const number = typeof value === 'number' ? numberOfConstants(names, system) : undefined;
  return number === undefined ? names.map(usualErrno).join('|') : String(number);
}

/** An errno as the system numbers it. */
function numbered(value: OptionValue | undefined, system: System): OptionValue | undefined {
  if (typeof value !== 'object' || !('errno' in value)) return value;
  return errnoNumber(system, value.errno) ?? value;
}

function printOption(value: OptionValue | undefined): string {
  if (value === undefined) return 'none';
  if (typeof value === 'number') return String(value);
  if ('errno' in value) return value.errno;
  if ('info' in value) return 'tcp_info';
  if ('text' in value) return `"${value.text}"`;
  if ('octets' in value) return `${value.octets.length} octets`;
  if ('wait' in value) return `${value.wait} us`;
  return `{onoff=${value.onoff}, linger=${value.linger}}`;
}

function pollDifferences(
  value: PacketValue | undefined,
  { revents = [] }: Done,
  system: System,
): readonly Difference[] {
  return itemsOf(value).flatMap((item, i) => {
    const wanted = member(item, 'revents');
    if (wanted !== undefined && wanted.kind !== 'number' && wanted.kind !== 'words') return [];
    const [expected, actual] = printFlags(wanted, revents[i] ?? [], system);
    return expected === actual ? [] : [{ field: 'revents', expected, actual }];
  });
}
