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

/** The stack of functions: the one that there always is. */
export const STACK: OwnOption = {
  level: 'IPPROTO_TCP',
  systems: freebsd,
  set: (_ctx, _socket, { value }) => {
    const stack = nameIn(value);
    if (stack === undefined) return undefined;
    if (stack === DEFAULT_STACK) return done(0);
    return OTHER_STACKS.includes(stack)
      ? unsupported(`the TCP stack \`${stack}\``)
      : failed('ENOENT');
  },
  tell: () => done(0, { value: { text: DEFAULT_STACK } }),
};

/** No filter. */
export const ACCEPT_FILTER: OwnOption = {
  level: 'SOL_SOCKET',
  systems: freebsd,
  set: (_ctx, _socket, { value }) => {
    const filter = nameIn(value);
    if (filter === undefined) return undefined;
    if (filter === '') return done(0);
    return ACCEPT_FILTERS.includes(filter)
      ? unsupported(`the accept filter \`${filter}\``)
      : failed('ENOENT');
  },
  tell: () => failed('EINVAL'),
};
