/** RFC 7413 §4.1.3 and §4.2: what a host does for fast opens: the client's cache of cookies, the server's verdict on a SYN. */

import type { KnownServer } from '../fast-open/cache.js';
import { STRANGER } from '../fast-open/cache.js';
import type { FastOpenOffer } from '../fast-open/syn.js';
import { synTextRoom } from '../fast-open/syn.js';
import type { FastOpenOption } from '../fast-open.js';
import { isLegalCookie, keyOfCookie, makeFastOpenCookie, plays } from '../fast-open.js';
import type { Datagram } from '../handling.js';
import type { ConnectionRef, Instant, Microstep, RuleInfo } from '../rule.js';
import { NO_EFFECTS } from '../rule.js';
import type { Segment } from '../segment.js';
import type { FastOpenAnswer } from '../segment-arrives/arrival.js';
import type { Settings } from '../settings.js';
import type { Socket, Tcb } from '../tcb.js';
import type { Connection, Host } from './connection-table.js';
import type { ListenQueues } from './listen-queues.js';
import { withEntry } from './remembered.js';

const CACHE: RuleInfo = {
  id: 'fast-open/cache',
  rfc: 'RFC 7413 §4.1.3',
  title: 'Client Cookie Handling',
  moves: [],
};
const NEGATIVE: RuleInfo = {
  id: 'fast-open/negative',
  rfc: 'RFC 7413 §4.1.3.1',
  title: 'Client Caching Negative Responses',
  moves: [],
};
const SERVER: RuleInfo = {
  id: 'fast-open/server',
  rfc: 'RFC 7413 §4.2.2',
  title: 'Server: Receiving SYN and responding with SYN-ACK',
  moves: [],
};

/** For the catalogue. */
export const fastOpenRules: readonly RuleInfo[] = [SERVER, CACHE, NEGATIVE];

// The client --------------------------------------------------------------------------------------

/** What an active OPEN to this socket may do besides a plain SYN; undefined: nothing (§4.2.1). */
export function fastOpenOffer(
  { fastOpen }: Host,
  settings: Settings,
  remote: Socket,
  now: Instant,
): FastOpenOffer | undefined {
  if (!plays(settings.fastOpen, 'client')) return undefined;
  if ((fastOpen.disabled.get(pathOf(remote)) ?? now) > now) return undefined;
  const { cookie, mss, unanswered } = fastOpen.servers.get(remote.address) ?? STRANGER;
  const room = synTextRoom(settings, mss, remote.address);
  if (plays(settings.fastOpenCookieless, 'client')) return { option: undefined, room };
  if (cookie !== undefined) return { option: cookie, room };
  const other = settings.fastOpenOption === 'both' && unanswered === 1;
  return { option: { cookie: '', ...(other ? { experimental: true } : {}) }, room: 0 };
}

function pathOf({ address, port }: Socket): string {
  return `${address} ${port}`;
}

/**
 * What the end of SYN_SENT teaches the client: a cookie, a MSS, or that the path does not like fast opens. `seg`: what ended it;
 * undefined: a time-out or an ICMP error.
 */
export function learnFromOpen(
  host: Host,
  { ref, tcb: before }: Connection,
  after: Tcb | undefined,
  seg: Segment | undefined,
  now: Instant,
): readonly Microstep[] {
  const { fastOpen, remote, state } = before;
  if (state !== 'SYN_SENT' || fastOpen?.role !== 'client' || remote === undefined) return [];
  if (after === undefined || after.state === 'SYN_SENT' || after.state === 'SYN_RCVD') return [];
  if (after.state === 'CLOSED') {
    // A RST is the server's own answer, and says nothing of the path.
    return seg === undefined
      ? [step(ref, NEGATIVE, after, negative(host, after, remote, 'no SYN,ACK at all', now))]
      : [];
  }
  const known = host.fastOpen.servers.get(remote.address) ?? STRANGER;
  const mss = seg?.options.mss ?? known.mss;
  const cookie = cookieIn(before, seg?.options.fastOpen);
  if (cookie !== undefined) {
    remember(host, remote, { cookie, mss, unanswered: 0 });
    return [
      step(ref, CACHE, after, () => `cookie ${cookie.cookie} and MSS ${mss} of ${remote.address}`),
    ];
  }
  const refused = fastOpen.text > 0 && after.fastOpen?.opened !== true;
  if (refused || fastOpen.option?.cookie === '') {
    // An empty cookie is an answer, and tells that the kind is known.
    const empty = seg?.options.fastOpen?.cookie === '';
    const unanswered = empty ? known.unanswered : nextKind(before, known);
    remember(host, remote, { ...known, mss, unanswered });
    const what = refused ? 'the text of the SYN was not acknowledged' : 'no cookie came';
    return [step(ref, NEGATIVE, after, negative(host, after, remote, what, now))];
  }
  remember(host, remote, { ...known, mss });
  return [step(ref, CACHE, after, () => `no new cookie; MSS ${mss} of ${remote.address}`)];
}

/** A cookie that was asked for: legal in its length, and of a kind that is read. */
function cookieIn(
  { fastOpen, settings }: Tcb,
  option: FastOpenOption | undefined,
): FastOpenOption | undefined {
  if (option === undefined || fastOpen?.option === undefined || !isLegalCookie(option)) {
    return undefined;
  }
  return reads(settings, option) ? option : undefined;
}

function reads({ fastOpenOption }: Settings, { experimental }: FastOpenOption): boolean {
  return fastOpenOption === 'both' || experimental !== true;
}

/** A request that came through at once and was not answered may have had the wrong kind: each is tried once. */
function nextKind({ fastOpen, rto }: Tcb, { unanswered }: KnownServer): KnownServer['unanswered'] {
  if (fastOpen?.option?.cookie !== '' || rto.synRetransmitted) return unanswered;
  return unanswered === 0 && fastOpen.option.experimental !== true ? 1 : 2;
}

/** "Disable Fast Open on the specific path at least temporarily." */
function negative(host: Host, after: Tcb, remote: Socket, what: string, now: Instant) {
  const { fastOpenRetry } = after.settings;
  const until = now + fastOpenRetry;
  const { disabled } = host.fastOpen;
  if (fastOpenRetry > 0) {
    host.fastOpen = { ...host.fastOpen, disabled: withEntry(disabled, pathOf(remote), until) };
  }
  const then =
    fastOpenRetry > 0
      ? `not tried for ${fastOpenRetry / 1_000_000} s`
      : 'tried again (fast-open-retry 0)';
  return () => `${what}: Fast Open to ${pathOf(remote)} is ${then}`;
}

function remember(host: Host, { address }: Socket, server: KnownServer): void {
  const servers = withEntry(host.fastOpen.servers, address, server);
  host.fastOpen = { ...host.fastOpen, servers };
}

function step(ref: ConnectionRef, rule: RuleInfo, tcb: Tcb, why: () => string): Microstep {
  return { rule, why, connection: ref, before: tcb, after: tcb, effects: NO_EFFECTS };
}

// The server --------------------------------------------------------------------------------------

/** What a listener makes of the Fast Open side of a SYN; undefined when it has none, or is not looked at. */
export function judgeFastOpen(
  host: Host,
  listener: Connection,
  { source, destination, segment: seg }: Datagram,
): { readonly answer: FastOpenAnswer; readonly step: Microstep } | undefined {
  const { tcb, ref } = listener;
  const { settings } = tcb;
  const queues = host.queues.get(ref.id);
  const option = seg.options.fastOpen;
  const cookieless = plays(settings.fastOpenCookieless, 'server');
  if (!plays(settings.fastOpen, 'server') || queues === undefined) return undefined;
  if (option === undefined && !(cookieless && seg.data.length > 0)) return undefined;
  const told = (answer: FastOpenAnswer, why: string) => {
    const about = { connection: ref, before: tcb, after: tcb, effects: NO_EFFECTS };
    return { answer, step: { rule: SERVER, why: () => why, ...about } };
  };
  const overflow = pendingOverflow(settings, queues);
  if (overflow !== undefined) return told(IGNORED, overflow);
  if (cookieless) return told(ACCEPTED, 'no cookie is needed (fast-open-cookieless): opened fast');
  if (option === undefined || !reads(settings, option)) return told(IGNORED, NO_KIND);
  const fresh: FastOpenOption = {
    ...option,
    cookie: makeFastOpenCookie(settings, source, destination),
  };
  if (option.cookie === '') {
    return told({ accept: false, cookie: fresh }, `a cookie is asked for: ${fresh.cookie}`);
  }
  if (!isLegalCookie(option)) {
    return told(IGNORED, `a cookie of ${option.cookie.length / 2} octets: the option is ignored`);
  }
  const key = keyOfCookie(settings, source, destination, option.cookie);
  if (key === undefined) {
    return told({ accept: false, cookie: fresh }, `not a cookie for ${source}: a good one is sent`);
  }
  if (key === 0) return told(ACCEPTED, `the cookie is good for ${source}: opened fast`);
  return told({ accept: true, cookie: fresh }, `the cookie is of the key before: opened fast`);
}

const IGNORED: FastOpenAnswer = { accept: false, cookie: undefined };
const ACCEPTED: FastOpenAnswer = { accept: true, cookie: undefined };
const NO_KIND = 'the experimental option is not read (fast-open-option)';

/** "If PendingFastOpenRequests is over the system limit": why nobody more is opened fast now. */
function pendingOverflow({ fastOpenQueue }: Settings, queues: ListenQueues): string | undefined {
  const limit = fastOpenQueue ?? queues.backlog;
  const pending = queues.early.size;
  if (pending < limit) return undefined;
  return `PendingFastOpenRequests=${pending} has reached the limit ${limit}: Fast Open is off`;
}
