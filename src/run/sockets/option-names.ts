/** FreeBSD's options whose value is a name: TCP_FUNCTION_BLK, SO_ACCEPTFILTER. */

import { done, failed, unsupported } from './context.js';
import { freebsd, type OwnOption } from './option-kinds.js';
import type { OptionValue } from './socket-calls.js';

const DEFAULT_STACK = 'freebsd';
const OTHER_STACKS = ['rack', 'bbr'];
const ACCEPT_FILTERS = ['dataready', 'httpready', 'dnsready', 'tlsready'];

function nameIn(value: OptionValue): string | undefined {
  return typeof value === 'object' && 'text' in value ? value.text : undefined;
}

/** Takes one name; others that the system knows are not there. */
function taking(
  usual: string,
  others: readonly string[],
  what: string,
): NonNullable<OwnOption['set']> {
  return (_ctx, _socket, { value }) => {
    const name = nameIn(value);
    if (name === undefined) return undefined;
    if (name === usual) return done(0);
    return others.includes(name) ? unsupported(`${what} \`${name}\``) : failed('ENOENT');
  };
}

/** The stack of functions: the one that there always is. */
export const STACK: OwnOption = {
  level: 'IPPROTO_TCP',
  systems: freebsd,
  set: taking(DEFAULT_STACK, OTHER_STACKS, 'the TCP stack'),
  tell: () => done(0, { value: { text: DEFAULT_STACK } }),
};

/** No filter. */
export const ACCEPT_FILTER: OwnOption = {
  level: 'SOL_SOCKET',
  systems: freebsd,
  set: taking('', ACCEPT_FILTERS, 'the accept filter'),
  tell: () => failed('EINVAL'),
};
