/** P2: whole short connections with nothing recorded. */

import { headless } from './churn.js';
import { compareShortConnections } from './short-connections.js';

void compareShortConnections('P2 short connections, headless', 20_000, headless, {
  xstate: { must: 10, aim: 25, better: 'more' },
  net: { must: 14, aim: 35, better: 'more' },
});
