/** The ends of a connection that is given: of the other end what follows when nothing is on its way. */

import { hasOwnFin, hasPeersFin, type State } from '../tcp/states.js';
import type { Expression, StateExpression } from './expression-tree.js';
import type { GivenEnd, ProgramHost } from './program.js';
import type { GivenStatement } from './statement-tree.js';

/** The end that is given, and the other one when it is a host that knows of the connection. */
export function givenEnds(
  { local, remote, state, remoteState, as, values: written }: GivenStatement,
  role: ProgramHost['role'] | undefined,
): readonly GivenEnd[] {
  const values = written.map(({ name, value }) => ({ name: name.text.toLowerCase(), value }));
  const label = as?.text;
  const { host, port } = local;
  const own: GivenEnd = { host: host.text, port, state: state.state, values, as: label };
  const other = remoteState?.state ?? OTHER_END[state.state];
  if (other === undefined || other === 'CLOSED' || role !== 'host') return [own];
  const mirrored = mirror(values, state, other);
  return [
    own,
    { host: remote.host.text, port: remote.port, state: other, values: mirrored, as: label },
  ];
}

type GivenValue = GivenEnd['values'][number];

/** The state of the other end when nothing is on its way; undefined when it knows nothing. */
const OTHER_END: Readonly<Record<State, State | undefined>> = {
  LISTEN: undefined,
  SYN_SENT: undefined,
  SYN_RCVD: 'SYN_SENT',
  ESTABLISHED: 'ESTABLISHED',
  FIN_WAIT_1: 'ESTABLISHED',
  FIN_WAIT_2: 'CLOSE_WAIT',
  CLOSE_WAIT: 'FIN_WAIT_2',
  CLOSING: 'CLOSING',
  LAST_ACK: 'FIN_WAIT_2',
  TIME_WAIT: undefined,
  CLOSED: undefined,
};

/** What one end sends is what the other receives. */
const MIRRORED: Readonly<Record<string, string>> = {
  iss: 'irs',
  irs: 'iss',
  'snd.nxt': 'rcv.nxt',
  'rcv.nxt': 'snd.nxt',
  'snd.wnd': 'rcv.wnd',
  'rcv.wnd': 'snd.wnd',
};

/**
 * The other end's numbers. A FIN still on its way counts at the end that sent it, not at the other: what the
 * other end has received ends before it.
 */
function mirror(
  values: readonly GivenValue[],
  { state, range }: StateExpression,
  other: State,
): readonly GivenValue[] {
  return values.flatMap(({ name, value }): readonly GivenValue[] => {
    const mirrored = MIRRORED[name];
    if (mirrored === undefined) return [];
    const unseen =
      (name === 'snd.nxt' && hasOwnFin(state) && !hasPeersFin(other)) ||
      (name === 'rcv.nxt' && hasOwnFin(other) && !hasPeersFin(state));
    if (!unseen) return [{ name: mirrored, value }];
    const one: Expression = { kind: 'number', value: 1, text: '1', range };
    const operator = name === 'snd.nxt' ? '-' : '+';
    return [
      { name: mirrored, value: { kind: 'binary', operator, left: value, right: one, range } },
    ];
  });
}
