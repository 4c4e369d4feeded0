/** What each side of a connection knows, as variables: the host's own connection, and the other end of it. */

import { printInstant } from '../base/time.js';
import { segmentBasesOf } from '../run/look.js';
import { findTuple } from '../tcp/host/lookup.js';
import type { Tcb } from '../tcp/tcb.js';
import {
  CLAIMS,
  type Claim,
  type Knowledge,
  knowledgeOf,
  type Proof,
  standingText,
} from '../views/knowledge.js';
import { type Item, named } from './items.js';
import { type Entry, entryOf, type Moment } from './moment.js';
import { withBases } from './numbers.js';
import type { Past } from './table-items.js';

/** Both ends of a host's connection, each with what it has proof of; of one to itself its only one. */
export function knowledgeItems(
  moment: Moment,
  host: string,
  subject: Entry | undefined,
  past: Past,
): readonly Item[] {
  if (subject === undefined) return [{ name: host, value: 'no connection: it knows nothing' }];
  const { local, remote } = subject.tcb;
  const own = sideItem(moment, subject, past);
  // A connection to itself has one end.
  const isBoth = remote?.address === local.address && remote.port === local.port;
  return isBoth ? [own] : [own, otherSide(moment, subject, past)];
}

function otherSide(moment: Moment, { tcb }: Entry, past: Past): Item {
  const { world } = moment.view;
  const { local, remote } = tcb;
  if (remote === undefined) return { name: 'the peer', value: 'not known yet' };
  const name = world.addresses.get(remote.address);
  const host = name === undefined ? undefined : world.hosts.get(name);
  if (name === undefined || host === undefined) {
    return { name: name ?? 'the peer', value: 'has no TCP here: nobody can tell what it knows' };
  }
  const found = findTuple(host, remote.port, local.address, local.port);
  if (found === undefined) return { name, value: 'has no such connection: it knows nothing' };
  return sideItem(moment, entryOf(moment, found), past);
}

function sideItem(moment: Moment, entry: Entry, past: Past): Item {
  const { ref, name, tcb } = entry;
  const knowledge = knowledgeOf(tcb);
  return {
    name: `${ref.host}.${name}`,
    value: `${knowledgeSummary(knowledge)} (${tcb.state})`,
    children: named(claimItems(moment, entry, knowledge, past)),
  };
}

/** `knows 2 of 4: I can receive, the peer can send`. */
function knowledgeSummary(knowledge: Knowledge): string {
  const shown = CLAIMS.filter((claim) => ['proven', 'heard'].includes(knowledge[claim]));
  const over = CLAIMS.filter((claim) => knowledge[claim] === 'over').length;
  const closed = over === 0 ? '' : `, ${over} over`;
  if (shown.length === 0) return `knows nothing${closed}`;
  return `knows ${shown.length} of 4: ${shown.join(', ')}${closed}`;
}

function claimItems(
  { place }: Moment,
  { ref, tcb }: Entry,
  knowledge: Knowledge,
  past: Past,
): readonly Item[] {
  const proofs = past.proofs(ref, place, knowledge);
  return CLAIMS.map((claim) => claimItem(claim, tcb, knowledge, proofs[claim]));
}

function claimItem(claim: Claim, tcb: Tcb, knowledge: Knowledge, proof: Proof | undefined): Item {
  const at = proof ? ` at ${printInstant(proof.at)} s, ${proof.rule}` : '';
  return {
    name: claim,
    value: withBases(
      standingText(claim, knowledge[claim], proof, at),
      proof?.segment && segmentBasesOf(tcb, proof.segment),
    ),
    type: knowledge[claim],
    ...(proof ? { moment: proof.place } : {}),
  };
}
