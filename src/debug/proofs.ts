/** What sides of connections came to know, and where: looked up once, and remembered until the run is edited. */

import { comparePlaces } from '../run/places.js';
import type { Place } from '../sim/step.js';
import type { ConnectionRef } from '../tcp/rule.js';
import type { Proofs, Standing, Steps } from '../views/knowledge.js';
import { CLAIMS, type Claim, type Knowledge, type Proof, proofsAt } from '../views/knowledge.js';

/** What is read of a run. */
interface Record extends Steps {
  /** Another one after each edit. */
  readonly forks: () => unknown;
}

/** A look-up that was made. */
interface Known {
  readonly standing: Standing;
  /** Undefined: it lies too far back to be looked for. */
  readonly proof: Proof | undefined;
}

export type FindProofs = (ref: ConnectionRef, place: Place, now: Knowledge) => Proofs;

/** Connections whose proofs are remembered: more than any view shows at once. */
const MANY = 256;

export function createProofs(
  record: Record,
  created: (ref: ConnectionRef) => Place | undefined,
): FindProofs {
  const known = new Map<string, Map<Claim, Known>>();
  let forks = record.forks();
  return (ref, place, now) => {
    if (forks !== record.forks() || known.size > MANY) known.clear();
    forks = record.forks();
    const key = `${ref.host}#${ref.id}`;
    const own = known.get(key) ?? new Map<Claim, Known>();
    known.set(key, own);
    const missing = CLAIMS.filter(
      (claim) => now[claim] !== 'unknown' && !holds(own.get(claim), now[claim], place),
    );
    if (missing.length > 0) {
      const found = proofsAt(record, ref, created(ref)?.step ?? 0, place, now, missing);
      for (const claim of missing) own.set(claim, { standing: now[claim], proof: found[claim] });
    }
    const proofs: { [claim in Claim]?: Proof } = {};
    for (const claim of CLAIMS) {
      const { standing, proof } = own.get(claim) ?? {};
      if (proof && standing === now[claim]) proofs[claim] = proof;
    }
    return proofs;
  };
}

/** Whether a look-up still says how things stand at a place. */
function holds(known: Known | undefined, standing: Standing, place: Place): boolean {
  if (known?.standing !== standing) return false;
  return known.proof === undefined || comparePlaces(known.proof.place, place) <= 0;
}
