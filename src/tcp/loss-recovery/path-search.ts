/** RFC 4821 §7 Packetization Layer Path MTU Discovery: what becomes of a longer segment that was tried tells what the path takes. */

import { uncongested } from '../congestion/flight.js';
import { threeQuarters } from '../congestion/window-use.js';
import type { Congestion } from '../congestion.js';
import { headerOctets } from '../datagram.js';
import { TIMESTAMPS_LENGTH } from '../options.js';
import type { RetransmissionVariables } from '../retransmission/variables.js';
import { editRto } from '../retransmission/variables.js';
import type { Duration, Instant } from '../rule.js';
import type { Seq } from '../seq.js';
import { atOrBefore } from '../seq.js';
import type { Tcb } from '../tcb.js';
import { editSnd, editTcb } from '../tcb.js';

/** RFC 4821 §7.1: what is known of the path. Lengths are those of whole datagrams, octets. */
export interface PathSearch {
  /** search_low: the path takes that much. */
  readonly low: number;
  /** search_high: more is not tried. */
  readonly high: number;
  /** The probe that is under way. */
  readonly probe: PathProbe | undefined;
  /** When the search began, or began anew. */
  readonly since: Instant;
}

export interface PathProbe {
  readonly from: Seq;
  readonly end: Seq;
  readonly octets: number;
}

/** What a black hole lets through at least, octets of text. */
const FLOOR = 48;

/** How long nothing is tried once the search is over, as Linux has it. */
const PAUSE: Duration = 600_000_000;

/** What a datagram has beside its text, octets. */
export function besideText({ local, options }: Tcb): number {
  return headerOctets(local.address) + (options.timestamps ? TIMESTAMPS_LENGTH : 0);
}

/** A TCB with what is known of the path now. */
export function withSearch(tcb: Tcb, search: PathSearch): Tcb {
  return editTcb(tcb, { rto: editRto(tcb.rto, { search }) });
}

/** What the peer's SYN has told bounds the search, even if nothing so long may leave here. */
export function boundBySyn({ rto, settings, local }: Tcb, mss: number | undefined): Tcb['rto'] {
  const { mtuProbing, mssUntold } = settings;
  if (mtuProbing !== 'always' || mss === undefined) return rto;
  // Who is told the MSS by its user believes no other.
  const told = mssUntold > 0 ? Math.min(mss, mssUntold) : mss;
  const high = told + headerOctets(local.address);
  return editRto(rto, { search: { low: high, high, probe: undefined, since: 0 } });
}

/** From the text that every path is believed to take to what both sides and the way so far allow. */
function begun(tcb: Tcb, text: number, now: Instant): PathSearch {
  const high = tcb.rto.search?.high ?? tcb.snd.mss + besideText(tcb);
  return { low: Math.min(high, text + besideText(tcb)), high, probe: undefined, since: now };
}

/** A connection that is open: with `mtu-probing always` the search begins, and who has opened begins with short segments. */
export function searching(tcb: Tcb, now: Instant): Tcb {
  const { mtuProbing, mtuProbeBase, timestamps } = tcb.settings;
  if (mtuProbing !== 'always') return tcb;
  const search = withSearch(tcb, begun(tcb, mtuProbeBase, now));
  if (tcb.open === 'passive') return search;
  // Room was left for the timestamps that the SYN has offered.
  const spare = timestamps && !tcb.options.timestamps ? TIMESTAMPS_LENGTH : 0;
  return withMss(search, Math.min(tcb.snd.mss, mtuProbeBase + spare));
}

function withMss(tcb: Tcb, mss: number): Tcb {
  return mss === tcb.snd.mss ? tcb : editTcb(tcb, { snd: editSnd(tcb.snd, { mss }) });
}

/** Segments have the length that is known to arrive, and no longer one is tried than may leave here: reckoned anew when anything about the way changes. */
export function asKnown(tcb: Tcb): Tcb {
  const { search } = tcb.rto;
  if (search === undefined) return tcb;
  const here = tcb.settings.mss + headerOctets(tcb.local.address);
  const known = search.high <= here ? tcb : withSearch(tcb, { ...search, high: here });
  return withMss(known, Math.min(search.low, here) - besideText(tcb));
}

/** How much text is known to arrive in a segment: any, where nothing is searched for. */
export function textKnown(tcb: Tcb): number {
  const { search } = tcb.rto;
  return search === undefined ? Number.POSITIVE_INFINITY : search.low - besideText(tcb);
}

/** An ICMP message has told what the path takes. */
export function boundBy(tcb: Tcb, octets: number): Tcb {
  const { search } = tcb.rto;
  if (search === undefined || search.high <= octets) return tcb;
  return withSearch(tcb, { ...search, low: Math.min(search.low, octets), high: octets });
}

/** The search is over: after a long pause the path may have become another. */
export function searchingAnew(tcb: Tcb, { high, since }: PathSearch, now: Instant): Tcb {
  if (now - since < PAUSE) return tcb;
  const low = tcb.snd.mss + besideText(tcb);
  return withSearch(tcb, { low, high: Math.max(high, low), probe: undefined, since: now });
}

/** RFC 4821 §7.6.1: the probe is acknowledged. Segments are that long from now on, and the window has as many octets as before. */
export function proven(tcb: Tcb, ack: Seq): Tcb {
  const { search } = tcb.rto;
  if (search?.probe === undefined || !atOrBefore(search.probe.end, ack)) return tcb;
  const { octets } = search.probe;
  const known = tcb.rto.congestion;
  const window = known && Math.floor((known.window * (tcb.snd.mss + besideText(tcb))) / octets);
  const congestion = known && { ...known, window: Math.max(1, window ?? 1) };
  const found = { ...search, low: octets, probe: undefined };
  return asKnown(editTcb(tcb, { rto: editRto(tcb.rto, { search: found, congestion }) }));
}

/** RFC 4821 §7.6.2: what was lost is the probe, and what came before has arrived. */
export function isProbeLost({ rto, snd }: Tcb): boolean {
  return rto.search?.probe !== undefined && rto.search.probe.from === snd.una;
}

/** That tells of its length, and nothing of congestion: the window is what it was before the probe, until all that is outstanding is acknowledged. */
export function afterLostProbe(tcb: Tcb, congestion: Congestion | undefined): Congestion {
  const known = congestion ?? uncongested(tcb);
  const threshold = Math.max(known.threshold, threeQuarters(known.window));
  return { ...known, window: known.window + 1, threshold, loss: { until: tcb.snd.nxt } };
}

/** The path does not take what was tried. */
export function withoutLength(search: PathSearch | undefined): PathSearch | undefined {
  if (search?.probe === undefined) return search;
  return { ...search, high: search.probe.octets - 1, probe: undefined };
}

/** RFC 4821 §7.6.3: something goes again, and the probe tells nothing any more. */
export function inconclusive(rto: RetransmissionVariables): RetransmissionVariables {
  const { search } = rto;
  if (search?.probe === undefined) return rto;
  return editRto(rto, { search: { ...search, probe: undefined } });
}

/** RFC 4821 §7.7: nothing has arrived for so long that the path may swallow what is long: shorter segments, and still shorter ones the next time. */
export function inBlackHole(tcb: Tcb, now: Instant): Tcb {
  const { mtuProbing, mtuProbeBase, mssMin } = tcb.settings;
  if (mtuProbing === 'off') return tcb;
  const { search } = tcb.rto;
  if (search === undefined) return asKnown(withSearch(tcb, begun(tcb, mtuProbeBase, now)));
  const half = Math.floor((search.low - besideText(tcb)) / 2);
  const text = Math.max(Math.min(mtuProbeBase, half), FLOOR, mssMin);
  const low = Math.min(search.low, text + besideText(tcb));
  return asKnown(withSearch(tcb, { ...search, low, probe: undefined }));
}
