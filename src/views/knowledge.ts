/**
 * What each side of a connection knows: which directions work, as far as it has proof. A pure function of its TCB; the proof is
 * found in the record. `docs/knowledge.md` tells the reasoning.
 */

import type { Place, Step } from '../sim/step.js';
import type { ConnectionRef, Instant, Microstep } from '../tcp/rule.js';
import { printSegment, type Segment } from '../tcp/segment.js';
import { before } from '../tcp/seq.js';
import { hasPeersFin } from '../tcp/states.js';
import { finAcked, knowsPeer, type Tcb } from '../tcp/tcb.js';

/** What a side may know, from its own point of view. */
export const CLAIMS = [
  'I can send',
  'I can receive',
  'the peer can send',
  'the peer can receive',
] as const;
export type Claim = (typeof CLAIMS)[number];

/**
 * `unknown`: nothing shows it. `heard`: a SYN says so that nobody has to have sent just now (an old duplicate, a forgery).
 * `proven`: by a segment that could not have come otherwise. `over`: that direction was closed.
 */
export type Standing = 'unknown' | 'heard' | 'proven' | 'over';
export type Knowledge = Readonly<Record<Claim, Standing>>;

const NOTHING: Knowledge = {
  'I can send': 'unknown',
  'I can receive': 'unknown',
  'the peer can send': 'unknown',
  'the peer can receive': 'unknown',
};

/**
 * What a connection knows. Its own segments arrive when the peer has acknowledged its SYN (SND.UNA > ISS): only who received
 * the SYN knows the number. The peer's arrive when its SYN has come; who sent it is certain once it also knows our ISS.
 * A FIN ends a direction: for the sender when it is sent, and for good when it is acknowledged; for the receiver when it has
 * come in order.
 */
export function knowledgeOf(tcb: Tcb | undefined): Knowledge {
  if (tcb === undefined || tcb.isn === undefined || tcb.state === 'CLOSED') return NOTHING;
  const { iss, snd, fin } = tcb;
  const acknowledged = before(iss, snd.una);
  const heard = knowsPeer(tcb);
  const inward = hasPeersFin(tcb.state)
    ? 'over'
    : heard
      ? acknowledged
        ? 'proven'
        : 'heard'
      : 'unknown';
  const outward = acknowledged ? 'proven' : 'unknown';
  return {
    'I can send': fin !== undefined ? 'over' : outward,
    // That something arrives is plain, whoever sent it.
    'I can receive': inward === 'heard' ? 'proven' : inward,
    'the peer can send': inward,
    'the peer can receive': finAcked(tcb) ? 'over' : outward,
  };
}

/** Where a side came to know something, and from what. */
export interface Proof {
  readonly place: Place;
  readonly at: Instant;
  /** The segment that arrived, or the one that this side sent; undefined: none (an edit, a `given`). */
  readonly segment: Segment | undefined;
  /** The rule that took it in. */
  readonly rule: string;
}

export type Proofs = Readonly<Partial<Record<Claim, Proof>>>;

/** What is read of a record. */
export interface Steps {
  readonly length: () => number;
  readonly step: (index: number) => Step;
}

/** How many steps are looked at for a proof: from the connection's beginning on, and from the cursor back. */
const SPAN = 2_000;

/**
 * The proofs of claims that stand at `place`, as far as they lie within the first or the last 2,000 steps of the connection.
 * `born`: the step in which the connection was made.
 */
export function proofsAt(
  record: Steps,
  ref: ConnectionRef,
  born: number,
  place: Place,
  now: Knowledge,
  claims: readonly Claim[] = CLAIMS,
): Proofs {
  const proofs: Partial<Record<Claim, Proof>> = {};
  const wanted = new Set(claims.filter((claim) => now[claim] !== 'unknown'));
  const last = Math.min(place.step, record.length() - 1);
  const look = (index: number) => {
    const step = record.step(index);
    const end = index === place.step ? place.microstep : step.microsteps.length - 1;
    for (let k = Math.min(end, step.microsteps.length - 1); k >= 0; k--) {
      noteProofs(step, k, ref, now, wanted, proofs);
    }
  };
  // The opening is where a connection begins; what ended has ended lately.
  const early = Math.min(last, born + SPAN);
  const onlyOver = [...wanted].every((claim) => now[claim] === 'over');
  if (!onlyOver) for (let i = born; i <= early && wanted.size > 0; i++) look(i);
  const from = onlyOver ? born : early + 1;
  for (let i = last; i >= Math.max(from, last - SPAN) && wanted.size > 0; i--) look(i);
  return proofs;
}

function noteProofs(
  step: Step,
  k: number,
  ref: ConnectionRef,
  now: Knowledge,
  wanted: Set<Claim>,
  proofs: Partial<Record<Claim, Proof>>,
): void {
  const microstep = step.microsteps[k] as Microstep;
  const { connection, before: was, after } = microstep;
  if (connection?.host !== ref.host || connection.id !== ref.id || was === after) return;
  const [old, is] = [knowledgeOf(was), knowledgeOf(after)];
  for (const claim of wanted) {
    if (is[claim] !== now[claim] || old[claim] === is[claim]) continue;
    const segment = segmentOf(step, microstep, claim, is[claim]);
    const place = { step: step.index, microstep: k };
    proofs[claim] = { place, at: step.at, segment, rule: microstep.rule.id };
    wanted.delete(claim);
  }
}

/** The segment that shows it: our own FIN for the end of our sending, else the one that arrived. */
function segmentOf(
  step: Step,
  { effects }: Microstep,
  claim: Claim,
  standing: Standing,
): Segment | undefined {
  if (claim === 'I can send' && standing === 'over') {
    for (const effect of effects) if (effect.kind === 'send') return effect.segment;
  }
  return step.cause.kind === 'arrival' ? step.cause.delivery.segment : undefined;
}

/** `proven by <SEQ=300><ACK=101><CTL=SYN,ACK>`; `where` follows the segment. */
export function standingText(
  claim: Claim,
  standing: Standing,
  proof: Proof | undefined,
  where = '',
): string {
  const by = proof?.segment ? ` by ${printSegment(proof.segment)}${where}` : where;
  switch (standing) {
    case 'unknown':
      return 'not known';
    case 'heard':
      return `said${by}; it may be an old duplicate, or forged, until the peer acknowledges ISS`;
    case 'proven':
      return `proven${by}`;
    case 'over':
      return claim === 'I can send' ? `no longer: FIN sent${by}` : `no longer${by}`;
  }
}
