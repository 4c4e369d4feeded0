/** RFC 9293 §3.9.2.2 ICMP Messages: what an error message does to the connection that caused it. */

import { deleteTcb } from './delete-tcb.js';
import { isOpenEarly } from './fast-open.js';
import type { Handling } from './handling.js';
import type { Host } from './host/connection-table.js';
import { learnFromOpen } from './host/fast-open.js';
import { findTuple } from './host/lookup.js';
import { isCached, isMereRequest } from './host/requests.js';
import { settle } from './host/settle.js';
import { revertBackoff } from './icmp/disruption.js';
import type { IcmpError, IcmpMessage } from './icmp/messages.js';
import { ICMP_TEXT } from './icmp/messages.js';
import { askedMtu, followPath } from './icmp/path-mtu.js';
import { pathMtu, withPath } from './icmp/paths.js';
import { isIPv6 } from './ip-version.js';
import { resetOf } from './reset.js';
import { editRto } from './retransmission/variables.js';
import type { Effect, Instant, Microstep, Rule, RuleInfo, Verdict } from './rule.js';
import { createRule, finish, goOn, runRules } from './rule.js';
import { distance, num } from './seq.js';
import type { Move } from './states.js';
import { isSynchronized, STATES } from './states.js';
import { editTcb, printSocket, type Tcb } from './tcb.js';
import { TEXT } from './user-texts.js';

/** A message, and whether its connection is the user's already: a listener's child may still wait for ACCEPT. */
type Directed = IcmpMessage & {
  readonly taken: boolean;
  /** What the host knows of the path. */
  readonly knownMtu: number | undefined;
  /** When the connection has received something last. */
  readonly heardAt: Instant;
};

const RFC = 'RFC 9293 §3.9.2.2';

const anyToClosed: readonly Move[] = STATES.filter(
  (state) => state !== 'CLOSED' && state !== 'LISTEN' && state !== 'TIME_WAIT',
).map((state): Move => `${state} -> CLOSED`);

function rule(
  id: string,
  rfc: string,
  title: string,
  moves: readonly Move[],
  run: Rule<Directed>['run'],
): Rule<Directed> {
  return createRule({ id: `icmp/${id}`, rfc, title, moves }, run);
}

const connectionRules: readonly Rule<Directed>[] = [
  rule('2-sequence', 'RFC 5927 §4.1', 'TCP Sequence Number Checking', [], checkSequence),
  rule('3-request', 'RFC 4987 §3.3', 'A half-open request', ['SYN_RCVD -> CLOSED'], checkRequest),
  rule('3-silence', RFC, 'Source Quench', [], checkQuench),
  rule('3-redirect', 'RFC 1122 §3.2.2.2', 'Redirect', [], checkRedirect),
  rule('4-too-big', 'RFC 9293 §3.7.2', 'Path MTU Discovery', [], checkTooBig),
  rule('4-disruption', 'RFC 6069 §4', 'Connectivity Disruption', anyToClosed, revertBackoff),
  rule('5-error', RFC, 'Soft Errors, Hard Errors', anyToClosed, checkError),
];

const UNKNOWN: RuleInfo = {
  id: 'icmp/1-demultiplex',
  rfc: RFC,
  title: 'The connection that created the error',
  moves: [],
};

/** For the catalogue, in order. */
export const icmpRules: readonly RuleInfo[] = [UNKNOWN, ...connectionRules];

/** An ICMP error message arrives: it is directed to the connection that it quotes (MUST-54). */
export function icmpArrives(host: Host, message: IcmpMessage, now: Instant): Handling {
  const { source, destination, udp } = message;
  const connection = findTuple(host, source.port, destination.address, destination.port);
  const peer = udp?.destination ?? 0;
  if (connection === undefined || connection.tcb.settings.udpPeer !== peer) {
    return { connection: undefined, microsteps: [unknownStep(message)] };
  }
  const { ref, tcb, accepted: taken, heardAt } = connection;
  const knownMtu = pathMtu(host, destination.address, now);
  const about = { ...message, taken, knownMtu, heardAt };
  const steps = runRules(connectionRules, ref, tcb, about, now);
  const after = steps.at(-1)?.after;
  const learned = learnFromOpen(host, connection, after, undefined, now);
  const asked = message.error === 'too-big' ? askedMtu(tcb, message) : undefined;
  // The routes of IPv4 know of it even if it changes nothing here.
  const heeded = !isIPv6(destination.address) && steps.at(-1)?.rule.id === 'icmp/4-too-big';
  if (asked !== undefined && (heeded || after?.snd.mss !== tcb.snd.mss))
    host.paths = withPath(host, destination.address, asked, now);
  return { connection: ref, microsteps: settle(host, connection, [...steps, ...learned], now) };
}

function unknownStep({ error, source, destination }: IcmpMessage): Microstep {
  const why = () =>
    `${ICMP_TEXT[error]}: no connection from ${printSocket(source)} to ${printSocket(destination)}: ignored`;
  const effects: readonly Effect[] = [{ kind: 'discard', reason: 'ICMP for no connection' }];
  return {
    rule: UNKNOWN,
    why,
    connection: undefined,
    before: undefined,
    after: undefined,
    effects,
  };
}

/** Only what is outstanding can have caused an error: SND.UNA =< SEQ < SND.NXT. */
function checkSequence(tcb: Tcb, { error, seq }: IcmpMessage): Verdict {
  const { una, nxt } = tcb.snd;
  const edge = tcb.settings.icmpRange === 'sent' && tcb.state !== 'TIME_WAIT' && seq === nxt;
  const outstanding = edge || distance(una, seq) < distance(una, nxt);
  const range = () => `SEQ=${num(seq)}, SND.UNA=${num(una)}, SND.NXT=${num(nxt)}`;
  // A request, and an entry of the SYN cache, know their own number alone (deviation half-open).
  const known = outstanding && (!(isMereRequest(tcb) || isCached(tcb)) || seq === tcb.iss);
  if (known) return goOn(() => `${ICMP_TEXT[error]}: ${range()}: of a segment under way`);
  const why = () => `${ICMP_TEXT[error]}: ${range()}: of nothing that is outstanding: ignored`;
  return finish(why, undefined, [{ kind: 'discard', reason: 'ICMP for nothing outstanding' }]);
}

/** Deviation `half-open`: a request knows what is unreachable, and nothing else; an entry of the SYN cache counts. */
function checkRequest(tcb: Tcb, { error, destination }: IcmpMessage): Verdict {
  if (isCached(tcb)) return countForEntry(tcb, error);
  if (!isMereRequest(tcb)) return goOn(() => 'not a mere request');
  const ends = (isIPv6(destination.address) ? ENDS_IPV6 : ENDS_IPV4).includes(error);
  return ends ? forget(tcb, ICMP_TEXT[error]) : keep(ICMP_TEXT[error]);
}

function keep(text: string): Verdict {
  return finish(() => `${text}: the request stays (deviation half-open)`, undefined, [
    { kind: 'discard', reason: text },
  ]);
}

function forget(tcb: Tcb, text: string): Verdict {
  const closed = deleteTcb(tcb, TEXT.reset);
  const why = () => `${text}: the request is forgotten (deviation half-open)`;
  return finish(why, closed.tcb, closed.effects);
}

function countForEntry(tcb: Tcb, error: IcmpError): Verdict {
  const text = ICMP_TEXT[error];
  const { icmpSoftLimit: limit } = tcb.settings;
  if (limit === undefined || UNCOUNTED.includes(error)) return keep(text);
  if (tcb.rto.softError && tcb.rto.expiries >= limit - 1) return forget(tcb, text);
  return finish(() => `${text}: noted (icmp-soft-limit)`, noted(tcb), [
    { kind: 'discard', reason: text },
  ]);
}

/** What says nothing of the way: datagrams that were not put together or are too short, and MUST-55. */
const UNCOUNTED: readonly IcmpError[] = [
  'reassembly-time-exceeded',
  'bad-length',
  'source-quench',
  'redirect',
];

function noted(tcb: Tcb): Tcb {
  return editTcb(tcb, { rto: editRto(tcb.rto, { softError: true }) });
}

/** What ends a request. */
const ENDS_IPV4: readonly IcmpError[] = [
  'net-unreachable',
  'host-unreachable',
  'time-exceeded',
  'parameter-problem',
];
const ENDS_IPV6: readonly IcmpError[] = [
  'prohibited',
  'port-unreachable',
  'parameter-problem',
  'unknown-next-header',
];

/** MUST-55. */
function checkQuench(_tcb: Tcb, { error }: IcmpMessage): Verdict {
  if (error !== 'source-quench') return goOn(() => 'no source quench');
  return discardSilently(error);
}

/** It concerns the routes of IP; TCP has nothing to do about it. */
function checkRedirect(_tcb: Tcb, { error }: IcmpMessage): Verdict {
  if (error !== 'redirect') return goOn(() => 'no redirect');
  return discardSilently(error);
}

function discardSilently(error: IcmpError): Verdict {
  const text = ICMP_TEXT[error];
  return finish(() => `${text}: silently discarded`, undefined, [
    { kind: 'discard', reason: text },
  ]);
}

function checkTooBig(tcb: Tcb, message: Directed, now: Instant): Verdict {
  if (message.error !== 'too-big') return goOn(() => 'the size of the datagram is no problem');
  return followPath(tcb, message, message, now);
}

/** Codes 2 and 3 of Destination Unreachable; 4 is Path MTU Discovery's. */
const HARD: readonly IcmpError[] = ['protocol-unreachable', 'port-unreachable'];
/** What a host or a filter says that does not want the connection; an unrecognized next header is ICMPv6's unreachable protocol. */
const REFUSALS: readonly IcmpError[] = [
  ...HARD,
  'prohibited',
  'net-prohibited',
  'time-exceeded',
  'unknown-next-header',
];

function checkError(tcb: Tcb, { error, taken }: Directed, now: Instant): Verdict {
  const text = ICMP_TEXT[error];
  const kind = HARD.includes(error) ? 'hard' : 'soft';
  if (aborts(tcb, error, taken)) {
    const closed = deleteTcb(tcb, text, text);
    const policy = () => (isSynchronized(tcb.state) ? 'icmp-abort' : 'icmp-abort-open');
    const why = () => `${text}: a ${kind} error ends ${tcb.state} (${policy()}): TCB deleted`;
    return finish(why, closed.tcb, closed.effects);
  }
  if (isCounted(tcb, error)) {
    if (isOneTooMany(tcb)) return giveUpOpen(tcb, text, now);
    const why = () => `${text}: the user is told, and the next one may end ${tcb.state}`;
    const after = noted(tcb);
    return finish(() => `${why()} (icmp-soft-limit)`, after, [{ kind: 'signal', text }]);
  }
  const why = () => `${text}: a ${kind} error, the user is told and the connection goes on`;
  return finish(why, undefined, [{ kind: 'signal', text }]);
}

/** Deviation `icmp-soft-limit`: whether the message counts against an open. */
function isCounted({ state, settings }: Tcb, error: IcmpError): boolean {
  if (settings.icmpSoftLimit === undefined || UNCOUNTED.includes(error)) return false;
  if (state === 'SYN_SENT') return true;
  // What would have ended SYN_SENT is nothing to SYN_RCVD.
  const refuses = settings.icmpAbortOpen === 'refusal' && REFUSALS.includes(error);
  return state === 'SYN_RCVD' && !refuses;
}

function isOneTooMany({
  rto,
  settings: { icmpSoftLimit = Number.POSITIVE_INFINITY },
}: Tcb): boolean {
  return rto.softError && rto.expiries >= icmpSoftLimit;
}

function giveUpOpen(tcb: Tcb, text: string, now: Instant): Verdict {
  const closed = deleteTcb(tcb, text, text);
  const told = tcb.state === 'SYN_RCVD';
  const why = () =>
    `${text}: the second error, after ${tcb.rto.expiries} retransmissions, ends ${tcb.state} (icmp-soft-limit)`;
  return finish(why, closed.tcb, told ? [resetOf(tcb, now), ...closed.effects] : closed.effects);
}

/** SHLD-26, MUST-56; RFC 5461 §4 and RFC 5927 §5.2 tell what others do. */
function aborts(tcb: Tcb, error: IcmpError, taken: boolean): boolean {
  const { state, settings } = tcb;
  if (state === 'TIME_WAIT') return false;
  // What was opened fast and accepted is as good as established.
  if (isSynchronized(state) || (isOpenEarly(tcb) && taken))
    return settings.icmpAbort === 'hard' && HARD.includes(error);
  switch (settings.icmpAbortOpen) {
    case 'hard':
      return HARD.includes(error);
    case 'refusal':
      return state === 'SYN_SENT' && REFUSALS.includes(error);
    case 'any':
      return true;
    case 'none':
      return false;
  }
}
