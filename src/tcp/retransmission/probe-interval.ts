/** RFC 9293 §3.8.6.1 Zero-Window Probing: how long it is from one probe to the next. */

import type { Duration } from '../rule.js';
import type { Tcb } from '../tcb.js';
import { doublings } from './round-trip.js';

/** SHLD-29, SHLD-30: the RTO, doubled for each probe since the window closed. */
export function firstInterval(tcb: Tcb): Duration {
  return intervalAfter(tcb, tcb.rto.probes);
}

/** The same for what is not the first; with the deviation `window-probe` what has doubled the RTO before doubles it again. */
export function probeInterval(tcb: Tcb): Duration {
  const { rto, settings } = tcb;
  return intervalAfter(tcb, rto.probes + (settings.windowProbe === 'empty' ? doublings(tcb) : 0));
}

function intervalAfter({ rto, settings }: Tcb, expiries: number): Duration {
  const { persistMin, persistMax, rtoMax } = settings;
  const most = persistMax > 0 ? persistMax : rtoMax;
  const least = settings.windowProbe === 'empty' ? LEAST_INTERVAL : 0;
  const first = Math.max(persistMin > 0 ? ownInterval(rto) : rto.value, least);
  const times = settings.windowProbe === 'empty' ? Math.min(expiries, settings.retries) : expiries;
  return Math.min(Math.max(first * 2 ** times, persistMin), Math.max(most, persistMin));
}

/** Deviation `persist-min`: the first interval comes from the round trip, not from the RTO. */
function ownInterval({ srtt, rttvar, value }: Tcb['rto']): Duration {
  return srtt === undefined ? value : 4 * srtt + 8 * (rttvar ?? 0);
}

/** Deviation `window-probe`: the least interval, whatever `rto-min` is. */
const LEAST_INTERVAL: Duration = 200_000;
