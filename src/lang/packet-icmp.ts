/** ICMP errors by their numbers, and by the names that packetdrill has for those: a type, and mostly a code. */

import type { IcmpError } from '../tcp/icmp/messages.js';

/** What a code says, its name if there is one, and other ways to write it. Any code is a number as well: `code_2`. */
type Code = readonly [error: IcmpError, name?: string | undefined, ...others: string[]];

interface Type {
  readonly number: number;
  /** In the order of their numbers. */
  readonly codes: readonly Code[];
  /** What every other code says. */
  readonly others?: IcmpError;
}

type Types = Readonly<Record<string, Type>>;

/** RFC 792, RFC 1122 §3.2.2.1, RFC 1812 §5.2.7.1. */
const ICMP: Types = {
  unreachable: {
    number: 3,
    codes: [
      ['net-unreachable', 'net_unreachable'],
      ['host-unreachable', 'host_unreachable'],
      ['protocol-unreachable', 'protocol_unreachable'],
      ['port-unreachable', 'port_unreachable'],
      ['too-big', 'frag_needed'],
      ['source-route-failed', 'source_route_failed'],
      ['net-unknown', 'net_unknown'],
      ['host-unknown', 'host_unknown'],
      ['host-isolated', 'source_host_isolated'],
      ['net-prohibited', 'net_prohibited'],
      ['prohibited', 'host_prohibited'],
      ['net-tos', 'net_unreachable_for_tos'],
      ['host-tos', 'host_unreachable_for_tos'],
      ['prohibited', 'packet_filtered'],
      ['precedence', 'precedence_violation'],
      ['precedence', 'precedence_cutoff'],
    ],
  },
  source_quench: { number: 4, codes: [['source-quench']], others: 'source-quench' },
  redirect: { number: 5, codes: [['redirect']], others: 'redirect' },
  time_exceeded: {
    number: 11,
    // The names are the FreeBSD community's; Google's packetdrill has none.
    codes: [
      ['time-exceeded', undefined, 'ttl_exceeded_in_transit'],
      ['reassembly-time-exceeded', undefined, 'frag_reass_exceeded'],
    ],
    others: 'time-exceeded',
  },
  parameter_problem: {
    number: 12,
    codes: [['parameter-problem'], ['parameter-problem'], ['bad-length']],
    others: 'parameter-problem',
  },
};

/** RFC 4443 §3. */
const ICMPV6: Types = {
  unreachable: {
    number: 1,
    codes: [
      ['net-unreachable', 'no_route', 'net_unreachable'],
      ['prohibited', 'admin_prohibited'],
      ['beyond-scope', 'not_neighbour'],
      ['host-unreachable', 'address_unreachable', 'addr_unreachable'],
      ['port-unreachable', 'port_unreachable'],
    ],
  },
  packet_too_big: { number: 2, codes: [['too-big']], others: 'too-big' },
  time_exceeded: {
    number: 3,
    codes: [
      ['time-exceeded', 'exceeded_hop_limit'],
      ['reassembly-time-exceeded', 'exceeded_frag_time'],
    ],
    others: 'time-exceeded',
  },
  parameter_problem: {
    number: 4,
    codes: [
      ['parameter-problem', 'header_field'],
      ['unknown-next-header', 'unknown_next_header'],
      ['parameter-problem', 'unknown_option'],
    ],
    others: 'parameter-problem',
  },
};

function typesOf(version: 4 | 6): Types {
  return version === 4 ? ICMP : ICMPV6;
}

/** The type that a name or a number, `type_3`, stands for; undefined when it is no error of this version. */
export function icmpTypeOf(word: string, version: 4 | 6): string | undefined {
  const types = typesOf(version);
  const number = /^type_(\d+)$/.exec(word)?.[1];
  if (number === undefined) return Object.hasOwn(types, word) ? word : undefined;
  return Object.keys(types).find((name) => types[name]?.number === Number(number));
}

/** The number of a type's code: 0 when none is written. Undefined: packetdrill has no such name. */
export function icmpCodeOf(
  type: string,
  word: string | undefined,
  version: 4 | 6,
): number | undefined {
  if (word === undefined) return 0;
  const number = /^code_(\d+)$/.exec(word)?.[1];
  if (number !== undefined) return Number(number) < 256 ? Number(number) : undefined;
  const index = typesOf(version)[type]?.codes.findIndex((one) => one.slice(1).includes(word)) ?? -1;
  return index < 0 ? undefined : index;
}

/** The error that a type and a code are; undefined when TCP is told nothing by it. */
export function icmpErrorOf(
  type: string,
  code: string | undefined,
  version: 4 | 6,
): IcmpError | undefined {
  const name = icmpTypeOf(type, version);
  const number = name === undefined ? undefined : icmpCodeOf(name, code, version);
  if (name === undefined || number === undefined) return undefined;
  const { codes, others } = typesOf(version)[name] as Type;
  return codes[number]?.[0] ?? others;
}

/** The first type of ICMPv6 that is no error: what is not known of those is nothing to anybody (RFC 4443 §2.4). */
const FIRST_INFORMATION = 128;

/** Whether a message is of a type, or of a code, that means nothing, so that a host is silent about it (RFC 1122 §3.2.2). */
export function isDiscarded(type: string, code: string | undefined, version: 4 | 6): boolean {
  const name = icmpTypeOf(type, version);
  if (name !== undefined) {
    const isKnown = icmpErrorOf(type, code, version) !== undefined;
    return version === 4 && !isKnown && icmpCodeOf(name, code, version) !== undefined;
  }
  const number = Number(/^type_(\d+)$/.exec(type)?.[1] ?? Number.NaN);
  return number >= (version === 4 ? 0 : FIRST_INFORMATION);
}

/** `unreachable frag_needed`; undefined when this version has no such message. */
export function icmpNameOf(error: IcmpError, version: 4 | 6): string | undefined {
  const found = find(error, version);
  if (found === undefined) return undefined;
  const { type, code, name = code === 0 ? undefined : `code_${code}` } = found;
  return name === undefined ? type : `${type} ${name}`;
}

/** Type and code as they are on the wire; undefined when this version has no such message. */
export function icmpNumbersOf(
  error: IcmpError,
  version: 4 | 6,
): readonly [type: number, code: number] | undefined {
  const found = find(error, version);
  return found && [(typesOf(version)[found.type] as Type).number, found.code];
}

/** The same, if no other type and code says it. */
export function onlyNumbersOf(
  error: IcmpError,
  version: 4 | 6,
): readonly [type: number, code: number] | undefined {
  const types = Object.values(typesOf(version));
  const codes = types.flatMap(({ codes }) => codes.filter(([said]) => said === error));
  return codes.length === 1 ? icmpNumbersOf(error, version) : undefined;
}

/** What a version says instead where only the other has a message. */
const INSTEAD: Readonly<Record<4 | 6, Readonly<Partial<Record<IcmpError, IcmpError>>>>> = {
  4: { 'beyond-scope': 'host-unreachable' },
  6: { 'protocol-unreachable': 'unknown-next-header' },
};

function find(error: IcmpError, version: 4 | 6) {
  const said = INSTEAD[version][error] ?? error;
  for (const [type, { codes }] of Object.entries(typesOf(version))) {
    const code = codes.findIndex((one) => one[0] === said);
    if (code >= 0) return { type, code, name: codes[code]?.[1] };
  }
  return undefined;
}
