/** What FreeBSD's input makes of a segment in a synchronized state, written down once more: trimmed first, then its ACK, then text and FIN. */

/** A connection as far as a segment can tell; `edge` is RCV.NXT+RCV.WND. */
export interface Connection {
  readonly state: string;
  readonly una: number;
  readonly nxt: number;
  readonly rcv: number;
  readonly edge: number;
}

export interface Arriving {
  readonly flags: string;
  readonly seq: number;
  readonly text: number;
  readonly ack: number;
}

/** What the segment is answered with, '' being silence, and the state after it. */
export interface Outcome {
  readonly answer: string;
  readonly state: string;
}

/** Our FIN has been sent. */
const CLOSED_BY_US = new Set(['FIN_WAIT_1', 'CLOSING', 'LAST_ACK']);
/** The peer's FIN has been received. */
const CLOSED_BY_PEER = new Set(['CLOSE_WAIT', 'CLOSING', 'LAST_ACK', 'TIME_WAIT']);
const AFTER_ACK: Readonly<Record<string, string>> = {
  FIN_WAIT_1: 'FIN_WAIT_2',
  CLOSING: 'TIME_WAIT',
  LAST_ACK: 'CLOSED',
};
const AFTER_FIN: Readonly<Record<string, string>> = {
  ESTABLISHED: 'CLOSE_WAIT',
  FIN_WAIT_1: 'CLOSING',
  FIN_WAIT_2: 'TIME_WAIT',
};

/** An acknowledgment carries our FIN as long as that is outstanding. */
function acknowledgment({ state, una, nxt, rcv }: Connection): string {
  const fin = CLOSED_BY_US.has(state) && una < nxt;
  return fin ? `> F. ${nxt - 1}:${nxt - 1}(0) ack ${rcv}` : `> . ${nxt}:${nxt}(0) ack ${rcv}`;
}

export function freebsdOutcome(at: Connection, seg: Arriving, blunt: boolean): Outcome {
  const { state, nxt, rcv, edge } = at;
  const has = (flag: string) => seg.flags.includes(flag);
  const stays = (answer: string): Outcome => ({ answer, state });
  const challenge = stays(`> . ${nxt}:${nxt}(0) ack ${rcv}`);
  const inside = seg.seq >= rcv && seg.seq < edge;
  if (has('R')) {
    if (!inside) return stays('');
    return seg.seq === rcv || blunt ? { answer: '', state: 'CLOSED' } : challenge;
  }
  if (has('S')) {
    if (!blunt || !inside) return challenge;
    return { answer: `> R. ${nxt}:${nxt}(0) ack ${rcv}`, state: 'CLOSED' };
  }
  const end = seg.seq + seg.text;
  const old = seg.seq < rcv && (end < rcv || (end === rcv && !has('F')));
  const begin = old ? end : Math.max(seg.seq, rcv);
  if (end > edge && begin >= edge) return stays(acknowledgment(at));
  if (!has('.')) return stays(old ? acknowledgment(at) : '');
  if (seg.ack > nxt) return stays(acknowledgment(at));
  const acks = seg.ack === nxt && at.una < nxt;
  const after = { ...at, una: acks ? nxt : at.una, state: (acks && AFTER_ACK[state]) || state };
  if (after.state === 'CLOSED') return { answer: '', state: 'CLOSED' };
  const text = old ? 0 : Math.min(end, edge) - begin;
  const fin = has('F') && !old && end <= edge;
  return received(after, { begin, text, fin, old });
}

/** What is new of a segment is taken in order, and acknowledged; what is not has an answer when it is old or ahead. */
function received(
  at: Connection,
  rest: {
    readonly begin: number;
    readonly text: number;
    readonly fin: boolean;
    readonly old: boolean;
  },
): Outcome {
  const { state, rcv } = at;
  if (CLOSED_BY_PEER.has(state) || (rest.text === 0 && !rest.fin)) {
    return { answer: rest.old ? acknowledgment(at) : '', state };
  }
  if (rest.begin > rcv) return { answer: acknowledgment(at), state };
  const next = (rest.fin && AFTER_FIN[state]) || state;
  const taken = { ...at, state: next, rcv: rcv + rest.text + (rest.fin ? 1 : 0) };
  return { answer: acknowledgment(taken), state: next };
}
