/** Connections that are there from the start: `given A:1000 ESTABLISHED with B:80 { snd.nxt 100 rcv.nxt 300 }`. */

import { inPieces } from '../base/pieces.js';
import type { GivenEnd, OperationOf } from '../lang/program.js';
import type { GivenConnection } from '../sim/director.js';
import { addressOf } from '../sim/world.js';
import type { Instant } from '../tcp/rule.js';
import type { Segment } from '../tcp/segment.js';
import { ACK, FIN, SYN, segment } from '../tcp/segment.js';
import { add, type Seq, seq } from '../tcp/seq.js';
import type { State } from '../tcp/states.js';
import { hasOwnFin, hasPeersFin, isHalfOpen } from '../tcp/states.js';
import type { Socket, Tcb } from '../tcp/tcb.js';
import { closedTcb } from '../tcp/tcb.js';
import type { Timers } from '../tcp/timers.js';
import { NO_TIMERS } from '../tcp/timers.js';
import { numberOf } from './calls.js';
import type { Environment, Problem } from './environment.js';
import { evaluate } from './evaluate.js';
import { environmentOf } from './facts.js';
import type { RunState } from './state.js';

type Given = OperationOf<'given'>;

/** The ends of a given connection as TCBs; the problem when a value cannot be calculated. */
export function givenConnections(
  state: RunState,
  given: Given,
): readonly GivenConnection[] | Problem {
  const made: GivenConnection[] = [];
  for (const end of given.ends) {
    const env = environmentOf(state, { host: end.host, connection: end.as, port: undefined });
    const port = numberOf(end.port, env);
    if (typeof port === 'object') return port;
    const [localPort, remotePort] = [
      numberOf(given.local.port, env),
      numberOf(given.remote.port, env),
    ];
    if (typeof localPort === 'object') return localPort;
    if (typeof remotePort === 'object') return remotePort;
    const isLocal = end.host === given.local.host && port === localPort;
    const other = isLocal ? given.remote.host : given.local.host;
    const local = { address: addressOf(state.world, end.host), port };
    const remote = {
      address: addressOf(state.world, other),
      port: isLocal ? remotePort : localPort,
    };
    const tcb = givenTcb(state, end, local, remote, env);
    if ('kind' in tcb) return tcb;
    made.push({ host: end.host, name: end.as, tcb });
  }
  return made;
}

type Values = ReadonlyMap<string, number>;

function valuesOf(end: GivenEnd, env: Environment): Values | Problem {
  const values = new Map<string, number>();
  for (const { name, value } of end.values) {
    const found = evaluate(value, env);
    if (found.kind === 'problem') return found;
    if ('value' in found && typeof found.value === 'number') values.set(name, found.value);
  }
  return values;
}

/** The window of a connection whose script gives none, octets. */
const WINDOW = 65535;

/**
 * A TCB in the given state. What the script leaves out follows from the rest: nothing is outstanding but the SYN or FIN
 * that the state waits to have acknowledged, and the initial numbers lie just before what is next.
 */
function givenTcb(
  state: RunState,
  end: GivenEnd,
  local: Socket,
  remote: Socket,
  env: Environment,
): Tcb | Problem {
  const host = state.world.hosts.get(end.host);
  const values = valuesOf(end, env);
  if ('kind' in values) return values;
  const settings = host?.settings ?? state.setup.program.hosts[0]?.settings;
  if (!settings) return { kind: 'problem', message: `${end.host} has no TCP.`, range: NOWHERE };
  const { iss, una, nxt, irs, rcvNxt, number } = numbersOf(end.state, values);
  const wnd = values.get('snd.wnd') ?? WINDOW;
  const base = closedTcb(local, remote, settings);
  const tcb: Tcb = {
    ...base,
    state: end.state,
    open: end.state === 'SYN_SENT' ? 'active' : base.open,
    iss,
    irs,
    isn: { kind: 'given', value: iss },
    snd: {
      una,
      nxt,
      wnd,
      up: number('snd.up', una),
      wl1: number('snd.wl1', irs),
      wl2: number('snd.wl2', una),
      max: values.get('snd.max') ?? wnd,
      mss: values.get('snd.mss') ?? settings.mss,
      shift: 0,
    },
    rcv: {
      nxt: rcvNxt,
      wnd: values.get('rcv.wnd') ?? settings.window,
      up: number('rcv.up', rcvNxt),
      shift: 0,
    },
    options: { ...base.options, lastAckSent: rcvNxt },
    queued: { ...base.queued, closing: hasOwnFin(end.state) },
    fin: hasOwnFin(end.state) ? add(nxt, -1) : undefined,
  };
  const { now } = state.world;
  return { ...tcb, ...outstanding(tcb, now), timers: timersOf(tcb, now) };
}

/** The sequence numbers that a connection in this state has, as far as no value says otherwise. */
function numbersOf(state: State, values: Values) {
  const number = (name: string, otherwise: Seq) => {
    const value = values.get(name);
    return value === undefined ? otherwise : seq(value);
  };
  const [mine, theirs] = [usedNumbers(state), peerNumbers(state)];
  const nxt = number('snd.nxt', add(number('iss', seq(0)), mine));
  const una = number('snd.una', waitsForAck(state) ? add(nxt, -1) : nxt);
  const iss = number('iss', add(nxt, -mine));
  const rcvNxt = number('rcv.nxt', add(number('irs', seq(0)), theirs));
  const irs = number('irs', add(rcvNxt, -theirs));
  return { iss, una, nxt, irs, rcvNxt, number };
}

const NOWHERE = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

/** How many sequence numbers our SYN and FIN have taken. */
function usedNumbers(state: State): number {
  return hasOwnFin(state) ? 2 : 1;
}

/** How many sequence numbers the peer's SYN and FIN have taken; none is known before a SYN of it came. */
function peerNumbers(state: State): number {
  if (state === 'SYN_SENT') return 0;
  return hasPeersFin(state) ? 2 : 1;
}

/** States in which a SYN or FIN of ours is not yet acknowledged. */
function waitsForAck(state: State): boolean {
  return isHalfOpen(state) || ['FIN_WAIT_1', 'CLOSING', 'LAST_ACK'].includes(state);
}

/** The SYN or FIN that is to be sent again until it is acknowledged. */
function outstanding(tcb: Tcb, now: Instant): Pick<Tcb, 'retransmissions'> {
  if (!waitsForAck(tcb.state)) return { retransmissions: [] };
  const ctl = tcb.state === 'SYN_SENT' ? SYN : tcb.state === 'SYN_RCVD' ? SYN | ACK : FIN | ACK;
  const sent: Segment = segment({
    ctl,
    sourcePort: tcb.local.port,
    destinationPort: tcb.remote?.port ?? 0,
    seq: add(tcb.snd.nxt, -1),
    ack: tcb.state === 'SYN_SENT' ? seq(0) : tcb.rcv.nxt,
    wnd: Math.min(tcb.rcv.wnd, 65535),
  });
  return { retransmissions: inPieces([{ segment: sent, sentAt: now, retransmissions: 0 }]) };
}

function timersOf({ state, settings }: Tcb, now: Instant): Timers {
  return {
    ...NO_TIMERS,
    retransmission: waitsForAck(state) ? now + settings.rto : undefined,
    timeWait: state === 'TIME_WAIT' ? now + 2 * settings.msl : undefined,
  };
}
