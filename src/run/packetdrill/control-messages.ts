/** What `recvmsg` reads beside text, as packetdrill compares it: the flags of the message, and its control messages one by one. */

import { printInstant } from '../../base/time.js';
import type { PacketValue } from '../../lang/packet-operations.js';
import type { Difference } from '../expectations.js';
import { errnoNumber, isErrno } from '../sockets/errno.js';
import type { ControlMessage, Done, System } from '../sockets/socket-calls.js';
import { itemsOf, member, number, words } from './arguments.js';
import { numberOfConstants } from './constants.js';
import { printFlags } from './flags.js';
import type { PacketState } from './state.js';

/** What of a message that was read is not as the script says. */
export function messageDifferences(
  { script }: PacketState,
  args: readonly PacketValue[],
  { result, control = [], messageFlags = [] }: Done,
): readonly Difference[] {
  const { system, tolerance } = script;
  const expected = member(args[1], 'msg_control');
  const { fitting, cut } = fitted(control, expected, system);
  const urgent = result > 0 && words(args[2]).includes('MSG_OOB') ? ['MSG_OOB'] : [];
  const flags = [...messageFlags, ...urgent, ...(cut ? ['MSG_CTRUNC'] : [])];
  const wanted = member(args[1], 'msg_flags');
  const told = wanted?.kind === 'number' || wanted?.kind === 'words';
  const found = told ? differ('msg_flags', ...printFlags(wanted, flags, system)) : [];
  if (expected?.kind === 'any') return found;
  const items = itemsOf(expected).map((item) => wantedText(item, system));
  const actual = fitting.map((message, i) => {
    const item = itemsOf(expected)[i];
    return isInTime(message, item, tolerance) ? (items[i] ?? '') : messageText(message);
  });
  return [...found, ...differ('msg_control', listText(items), listText(actual))];
}

function differ(field: string, expected: string, actual: string): readonly Difference[] {
  return expected === actual ? [] : [{ field, expected, actual }];
}

function listText(messages: readonly string[]): string {
  return messages.length === 0 ? 'none' : messages.join(', ');
}

// Room --------------------------------------------------------------------------------------------

const HEADER = 16;

/** How many octets each carries: an error with the address of who has told it. */
function lengthOf(message: ControlMessage): number {
  switch (message.kind) {
    case 'error':
      return 16 + (message.family === 'AF_INET' ? 16 : 28);
    case 'time':
      return message.name === 'SO_TIMESTAMPING' ? 48 : 16;
    case 'inq':
      return 4;
  }
}

/** The length of one that the script expects, by what it says that it carries. */
function wantedLength(item: PacketValue, system: System): number {
  const data = member(item, 'cmsg_data');
  if (member(data, 'ee_errno') !== undefined) return level(item, system) === SOL_IP ? 32 : 44;
  return member(data, 'scm_sec') === undefined ? 4 : 48;
}

function space(octets: number): number {
  return HEADER + Math.ceil(octets / 8) * 8;
}

/** packetdrill gives as much room as the messages take that it expects; `cut`: what there is does not fit. */
function fitted(
  control: readonly ControlMessage[],
  expected: PacketValue | undefined,
  system: System,
): { readonly fitting: readonly ControlMessage[]; readonly cut: boolean } {
  if (expected?.kind === 'any') return { fitting: control, cut: false };
  let room = itemsOf(expected).reduce((sum, item) => sum + space(wantedLength(item, system)), 0);
  const fitting: ControlMessage[] = [];
  for (const message of control) {
    const octets = lengthOf(message);
    if (room < HEADER + octets) return { fitting, cut: true };
    fitting.push(message);
    room -= space(octets);
  }
  return { fitting, cut: false };
}

// Text --------------------------------------------------------------------------------------------

const SOL_IP = 0;
const EE_MEMBERS = ['errno', 'origin', 'type', 'code', 'info', 'data'] as const;

function level(item: PacketValue, system: System): number {
  return meantBy(member(item, 'cmsg_level'), system);
}

/** A number, or what names stand for. */
function meantBy(value: PacketValue | undefined, system: System): number {
  const names = words(value);
  const [first = ''] = names;
  if (isErrno(first)) return errnoNumber(system, first) ?? Number.NaN;
  return names.length === 0 ? number(value) : (numberOfConstants(names, system) ?? Number.NaN);
}

/** Level, type and data of a message that the script expects. */
function wantedText(item: PacketValue, system: System): string {
  const data = member(item, 'cmsg_data');
  const kind = `${level(item, system)}/${meantBy(member(item, 'cmsg_type'), system)}`;
  if (member(data, 'ee_errno') !== undefined) {
    const values = EE_MEMBERS.map((name) => meantBy(member(data, `ee_${name}`), system));
    return `${kind} ${errorText(values)}`;
  }
  if (member(data, 'scm_sec') !== undefined) return `${kind} ${printInstant(timeOf(data))}`;
  return `${kind} ${meantBy(data, system)}`;
}

function errorText(values: readonly number[]): string {
  return `{${EE_MEMBERS.map((name, i) => `ee_${name}=${values[i]}`).join(', ')}}`;
}

function timeOf(data: PacketValue | undefined): number {
  const nanoseconds = number(member(data, 'scm_nsec'));
  return number(member(data, 'scm_sec')) * 1_000_000 + Math.floor(nanoseconds / 1000);
}

/** How Linux numbers level and type. */
const TIMES = { SO_TIMESTAMP: '1/29', SO_TIMESTAMPNS: '1/35', SO_TIMESTAMPING: '1/37' } as const;

function messageText(message: ControlMessage): string {
  switch (message.kind) {
    case 'error': {
      const kind = message.family === 'AF_INET' ? '0/11' : '41/25';
      return `${kind} ${errorText(EE_MEMBERS.map((name) => message.error[name]))}`;
    }
    case 'time':
      return `${TIMES[message.name]} ${printInstant(message.at)}`;
    case 'inq':
      return `6/36 ${message.octets}`;
  }
}

/** A time may be off as others may; 0 is any. */
function isInTime(
  message: ControlMessage,
  item: PacketValue | undefined,
  tolerance: number,
): boolean {
  const data = member(item, 'cmsg_data');
  if (message.kind !== 'time' || message.name !== 'SO_TIMESTAMPING') return false;
  if (item === undefined || member(data, 'scm_sec') === undefined) return false;
  const isKind = level(item, 'linux') === 1 && meantBy(member(item, 'cmsg_type'), 'linux') === 37;
  const wanted = timeOf(data);
  return isKind && (wanted === 0 || Math.abs(wanted - message.at) <= tolerance);
}

// Sent --------------------------------------------------------------------------------------------

/** SO_TIMESTAMPING as a control message of sendmsg: which times of its text are to be told; no other is known. */
export function timesToTell(
  message: PacketValue | undefined,
  system: System,
): number | { readonly kind: 'unsupported'; readonly what: string } | undefined {
  let times: number | undefined;
  for (const item of itemsOf(member(message, 'msg_control'))) {
    const kind = `${level(item, system)}/${meantBy(member(item, 'cmsg_type'), system)}`;
    if (system !== 'linux' || kind !== TIMES.SO_TIMESTAMPING)
      return { kind: 'unsupported', what: 'a control message of sendmsg' };
    times = meantBy(member(item, 'cmsg_data'), system);
  }
  return times;
}
