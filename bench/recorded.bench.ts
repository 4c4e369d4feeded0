/** P1: whole short connections with everything recorded that going back needs. */

import { recorded } from './churn.js';
import { compareShortConnections } from './short-connections.js';

void compareShortConnections('P1 short connections, recorded', 20_000, recorded, {
  xstate: { must: 6, aim: 15, better: 'more' },
  net: { must: 9, aim: 20, better: 'more' },
});
