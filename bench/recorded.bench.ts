/** P1: whole short connections with everything recorded that going back needs, beside XState actors, Node's sockets and plain objects. */

import { shortConnections } from './bound.js';
import { recorded } from './churn.js';
import { compare, perSecond } from './measure.js';
import { netConnections } from './node-net.js';
import { xstateConnections } from './xstate.js';

const count = 5_000;

await compare(
  {
    name: 'P1 short connections, recorded',
    unit: 'connections/s',
    measured: () => perSecond(count, () => recorded(count)),
  },
  [
    {
      name: 'XState actors',
      measured: () => perSecond(3_000, () => xstateConnections(3_000)),
      goal: { must: 6, aim: 15, better: 'more' },
    },
    {
      name: 'Node net on loopback',
      measured: () => perSecond(1_500, () => netConnections(1_500)),
      goal: { must: 9, aim: 20, better: 'more' },
    },
    {
      name: 'plain objects',
      measured: () => perSecond(60_000, () => void shortConnections(60_000)),
    },
  ],
);
