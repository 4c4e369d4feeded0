/** Whole short connections of ours beside XState actors, Node's sockets and plain objects, all in the same rounds. */

import { shortConnections } from './bound.js';
import { compare, type Goal, perSecond } from './measure.js';
import { netConnections } from './node-net.js';
import { xstateConnections } from './xstate.js';

/** `work` opens and closes so many connections; the goals are ratios to the peers. */
export async function compareShortConnections(
  name: string,
  count: number,
  work: (count: number) => void,
  goals: { readonly xstate: Goal; readonly net: Goal },
): Promise<void> {
  const ours = {
    name,
    unit: 'connections/s',
    measured: () => perSecond(count, () => work(count)),
  };
  await compare(ours, [
    {
      name: 'XState actors',
      measured: () => perSecond(3_000, () => xstateConnections(3_000)),
      goal: goals.xstate,
    },
    {
      name: 'Node net on loopback',
      measured: () => perSecond(1_500, () => netConnections(1_500)),
      goal: goals.net,
    },
    {
      name: 'plain objects',
      measured: () => perSecond(60_000, () => void shortConnections(60_000)),
    },
  ]);
}
