/** ICMP errors by the names that packetdrill has for them: a type, and mostly a code. */

import type { IcmpError } from '../tcp/icmp/messages.js';

/** The name of each error, of ICMP and of ICMPv6 where that has another. */
const NAMES: Readonly<Record<IcmpError, readonly [four: string, six?: string]>> = {
  'net-unreachable': ['unreachable net_unreachable', 'unreachable no_route'],
  'host-unreachable': ['unreachable host_unreachable', 'unreachable address_unreachable'],
  'protocol-unreachable': [
    'unreachable protocol_unreachable',
    'parameter_problem unknown_next_header',
  ],
  'port-unreachable': ['unreachable port_unreachable'],
  'too-big': ['unreachable frag_needed', 'packet_too_big'],
  'source-route-failed': ['unreachable source_route_failed'],
  'net-unknown': ['unreachable net_unknown'],
  'host-unknown': ['unreachable host_unknown'],
  'host-isolated': ['unreachable source_host_isolated'],
  'net-prohibited': ['unreachable net_prohibited'],
  'net-tos': ['unreachable net_unreachable_for_tos'],
  'host-tos': ['unreachable host_unreachable_for_tos'],
  prohibited: ['unreachable packet_filtered', 'unreachable admin_prohibited'],
  precedence: ['unreachable precedence_violation'],
  'beyond-scope': ['unreachable not_neighbour'],
  'time-exceeded': ['time_exceeded'],
  'reassembly-time-exceeded': [
    'time_exceeded frag_time_exceeded',
    'time_exceeded frag_reass_exceeded',
  ],
  'parameter-problem': ['parameter_problem'],
  'bad-length': ['parameter_problem code_2', 'parameter_problem'],
  'unknown-next-header': ['parameter_problem unknown_next_header'],
  'source-quench': ['source_quench'],
  redirect: ['redirect'],
};

/** What else is written, and what it is here. */
const OTHER_NAMES: Readonly<Record<string, IcmpError>> = {
  unreachable: 'net-unreachable',
  'unreachable host_prohibited': 'prohibited',
  'unreachable precedence_cutoff': 'precedence',
  'unreachable addr_unreachable': 'host-unreachable',
  'time_exceeded exceeded_frag_time': 'reassembly-time-exceeded',
};

const named = Object.entries(NAMES) as readonly (readonly [IcmpError, readonly string[]])[];

// Of two errors with one name it is the one that has it as its first.
const ERRORS: ReadonlyMap<string, IcmpError> = new Map([
  ...named.flatMap(([error, names]) => names.slice(1).map((six) => [six, error] as const)),
  ...named.flatMap(([error, names]) => names.slice(0, 1).map((four) => [four, error] as const)),
  ...Object.entries(OTHER_NAMES),
]);

/** Types that packetdrill knows no codes of but as numbers. */
const WITHOUT_CODES = new Set(['source_quench', 'packet_too_big']);

/** Whether packetdrill has a name for this code of a type, or takes it as a number: `code_13`. What the codes of other types say is the same to TCP. */
export function isIcmpCode(type: string, code: string): boolean {
  const known = type !== 'unreachable' && !WITHOUT_CODES.has(type);
  return known || /^code_\d+$/.test(code) || ERRORS.has(`${type} ${code}`);
}

/** The types that errors have. */
export const ICMP_ERROR_TYPES: readonly string[] = [...ERRORS.keys()].map((name) =>
  name.replace(/ .*/, ''),
);

/** The error that has a name; a code that a type has not is as good as none. Undefined: there is no such type, or no such unreachable. */
export function icmpErrorOf(type: string, code: string | undefined): IcmpError | undefined {
  const exact = ERRORS.get(code === undefined ? type : `${type} ${code}`);
  return exact ?? (type === 'unreachable' ? undefined : ERRORS.get(type));
}

/** `unreachable frag_needed`. */
export function icmpNameOf(error: IcmpError, version: 4 | 6): string {
  const [four, six = four] = NAMES[error];
  return version === 4 ? four : six;
}
