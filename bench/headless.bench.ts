/** P2: whole short connections with nothing recorded, beside XState actors, Node's sockets and plain objects. */

import { shortConnections } from './bound.js';
import { headless } from './churn.js';
import { compare, perSecond } from './measure.js';
import { netConnections } from './node-net.js';
import { xstateConnections } from './xstate.js';

const count = 20_000;

await compare(
  {
    name: 'P2 short connections, headless',
    unit: 'connections/s',
    measured: () => perSecond(count, () => headless(count)),
  },
  [
    {
      name: 'XState actors',
      measured: () => perSecond(3_000, () => xstateConnections(3_000)),
      goal: { must: 10, aim: 25, better: 'more' },
    },
    {
      name: 'Node net on loopback',
      measured: () => perSecond(1_500, () => netConnections(1_500)),
      goal: { must: 14, aim: 35, better: 'more' },
    },
    {
      name: 'plain objects',
      measured: () => perSecond(60_000, () => void shortConnections(60_000)),
    },
  ],
);
