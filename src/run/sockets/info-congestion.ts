/** TCP_INFO: the congestion window, and what phase of congestion control a connection is in. */

import { reducedWindow } from '../../tcp/congestion/cubic.js';
import { congestionWindow } from '../../tcp/congestion/flight.js';
import { holdsSynLoss } from '../../tcp/congestion/syn-loss.js';
import { haveSynsCrossed } from '../../tcp/states.js';
import type { Tcb } from '../../tcp/tcb.js';

/** TCP_CA_Open, TCP_CA_Disorder, TCP_CA_Recovery. */
const PHASES = { open: 0, disorder: 1, reduced: 2, recovery: 3 };

/** TCP_CA_Open to TCP_CA_Loss, and ssthresh once there was a loss; none of it without a congestion window. */
export function congestionInfo(tcb: Tcb): Readonly<Record<string, number>> {
  if (tcb.settings.initialWindow === undefined) return {};
  const { congestion, recovery } = tcb.rto;
  const opening = synLostWhile(tcb);
  const threshold = opening
    ? reducedWindow(tcb.settings, tcb.settings.initialWindow)
    : (congestion?.threshold ?? Number.POSITIVE_INFINITY);
  const synLost = opening || holdsSynLoss(tcb);
  return {
    tcpi_snd_cwnd: synLost && tcb.state === 'SYN_SENT' ? 1 : congestionWindow(tcb),
    tcpi_snd_ssthresh: Math.min(threshold, NO_THRESHOLD),
    tcpi_ca_state:
      congestion?.loss === undefined && !synLost ? PHASES[recovery?.phase ?? 'open'] : 4,
    tcpi_reordering: recovery?.rack.degree ?? tcb.settings.reorderingDegree,
  };
}

/** The loss of a SYN lowers ssthresh until the connection is open. */
function synLostWhile(tcb: Tcb): boolean {
  return tcb.rto.synRetransmitted && (tcb.state === 'SYN_SENT' || haveSynsCrossed(tcb));
}

/** TCP_INFINITE_SSTHRESH. */
const NO_THRESHOLD = 0x7fffffff;
