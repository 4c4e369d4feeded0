/** Rows without a test, with the reason. */

/** Rows, or whole groups, that this TCP does not have. */
export const OUT_OF_SCOPE: Readonly<Record<string, string>> = {
  'OPN-06': 'There are no Diffserv values and no security compartments here that could be refused.',
  'TWT-33':
    'Contradicts §3.10.5, which deletes the TCB and enters CLOSED: that is done (ABT-05). §3.5.2 says "should" in passing.',
  'QUE-21':
    'Permitted, and not done: under pressure `on-overflow recycle` (QUE-22) or SYN cookies (QUE-04) make room, and no timer is shortened.',
};

/** Rows that are not done yet. */
export const OPEN: Readonly<Record<string, string>> = {};
