/** Connections that are there from the start: `given A:1000 ESTABLISHED with B:80 { snd.nxt 100 rcv.nxt 300 }`. */

import { inPieces } from '../base/pieces.js';
import type { GivenEnd, OperationOf } from '../lang/program.js';
import type { GivenConnection } from '../sim/director.js';
import { addressOf } from '../sim/world.js';
import type { SentSegment } from '../tcp/retransmission/sent-queue.js';
import { armTimers } from '../tcp/retransmission.js';
import type { Instant } from '../tcp/rule.js';
import { ACK, FIN, PSH, SYN, segment } from '../tcp/segment.js';
import { add, before, distance, num, type Seq, seq } from '../tcp/seq.js';
import type { State } from '../tcp/states.js';
import { hasOwnFin, hasPeersFin, isHalfOpen } from '../tcp/states.js';
import type { Socket, Tcb } from '../tcp/tcb.js';
import { closedTcb } from '../tcp/tcb.js';
import { limitFinWait2 } from '../tcp/timers/fin-wait-2.js';
import { restartKeepalive } from '../tcp/timers/keep-alive.js';
import { editTimers } from '../tcp/timers.js';
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
  if (distance(una, nxt) > MOST * segmentOf(tcb)) return tooMuch(end, tcb);
  return withTimers({ ...tcb, retransmissions: inPieces(outstanding(tcb, now)) }, now);
}

/** So many segments can be outstanding. */
const MOST = 10_000;

function segmentOf({ snd }: Tcb): number {
  return Math.max(1, snd.mss);
}

/** SND.UNA lies beyond SND.NXT, or further before it than anybody sends. */
function tooMuch(end: GivenEnd, { snd }: Tcb): Problem {
  const written = end.values.find(({ name }) => name === 'snd.una' || name === 'snd.nxt');
  const [una, nxt] = [num(snd.una), num(snd.nxt)];
  const message = before(snd.nxt, snd.una)
    ? `SND.UNA=${una} lies beyond SND.NXT=${nxt}: nothing is acknowledged before it is sent. Give an \`snd.una\` of at most ${nxt}, or none.`
    : `${distance(snd.una, snd.nxt)} octets would be outstanding from SND.UNA=${una} to SND.NXT=${nxt}: at most ${MOST} segments can be.`;
  return { kind: 'problem', message, range: written?.value.range ?? NOWHERE };
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

/** What is to be sent again until it is acknowledged: text, of which nobody has said what it is (octets of 0), and the SYN or FIN. */
function outstanding(tcb: Tcb, now: Instant): readonly SentSegment[] {
  const { state, snd } = tcb;
  const sent = (ctl: number, at: Seq, octets = 0): SentSegment => ({
    segment: segment({
      ctl,
      sourcePort: tcb.local.port,
      destinationPort: tcb.remote?.port ?? 0,
      seq: at,
      ack: state === 'SYN_SENT' ? seq(0) : tcb.rcv.nxt,
      wnd: Math.min(tcb.rcv.wnd, 65535),
      data: new Uint8Array(octets),
    }),
    sentAt: now,
    retransmissions: 0,
  });
  if (isHalfOpen(state)) return [sent(state === 'SYN_SENT' ? SYN : SYN | ACK, add(snd.nxt, -1))];
  const end = waitsForAck(state) ? add(snd.nxt, -1) : snd.nxt;
  const all: SentSegment[] = [];
  for (let at = snd.una; before(at, end); ) {
    const octets = Math.min(distance(at, end), segmentOf(tcb));
    const next = add(at, octets);
    all.push(sent(next === end ? PSH | ACK : ACK, at, octets));
    at = next;
  }
  return waitsForAck(state) ? [...all, sent(FIN | ACK, end)] : all;
}

/** The timers that such a connection has: they begin now. */
function withTimers(tcb: Tcb, now: Instant): Tcb {
  const armed = armTimers(tcb, now);
  if (tcb.state === 'TIME_WAIT') {
    const timers = editTimers(armed.timers, { timeWait: now + 2 * tcb.settings.msl });
    return { ...armed, timers };
  }
  return restartKeepalive(limitFinWait2(armed, now), now, now);
}
