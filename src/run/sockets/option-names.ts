/** FreeBSD's options whose value is a name: TCP_FUNCTION_BLK, SO_ACCEPTFILTER. */

import { type Attempt, done, failed, unsupported } from './context.js';

export const DEFAULT_STACK = 'freebsd';
const OTHER_STACKS = ['rack', 'bbr'];
const ACCEPT_FILTERS = ['dataready', 'httpready', 'dnsready', 'tlsready'];

/** FreeBSD's stack of functions, and its accept filters, by name: the stack that there always is, and no filter. */
export function setByName(name: string, text: string): Attempt {
  if (name === 'TCP_FUNCTION_BLK') {
    if (text === DEFAULT_STACK) return done(0);
    return OTHER_STACKS.includes(text)
      ? unsupported(`the TCP stack \`${text}\``)
      : failed('ENOENT');
  }
  if (name !== 'SO_ACCEPTFILTER') return unsupported(name);
  if (text === '') return done(0);
  return ACCEPT_FILTERS.includes(text)
    ? unsupported(`the accept filter \`${text}\``)
    : failed('ENOENT');
}
