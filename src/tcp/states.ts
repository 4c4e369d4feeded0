/** RFC 9293 §3.3.2 State Machine Overview: the eleven states and their groups. */

/** The states in the RFC's order. CLOSED is fictional: no TCB exists. */
export const STATES = [
  'LISTEN',
  'SYN_SENT',
  'SYN_RCVD',
  'ESTABLISHED',
  'FIN_WAIT_1',
  'FIN_WAIT_2',
  'CLOSE_WAIT',
  'CLOSING',
  'LAST_ACK',
  'TIME_WAIT',
  'CLOSED',
] as const;

export type State = (typeof STATES)[number];

/** A state change, as breakpoints, the state diagram and traces name it. */
export type Move = `${State} -> ${State}`;

/** The RFC's spelling: `SYN-RECEIVED` for `SYN_RCVD`. */
export function rfcName(state: State): string {
  return state === 'SYN_RCVD' ? 'SYN-RECEIVED' : state.replaceAll('_', '-');
}

/** Reads a state in either spelling and any case: `SYN_RCVD`, `syn-received`, `ESTAB`. */
export function parseState(text: string): State | undefined {
  const name = text.toUpperCase().replaceAll('-', '_');
  if (name === 'SYN_RECEIVED') return 'SYN_RCVD';
  if (name === 'ESTAB') return 'ESTABLISHED';
  return STATES.find((state) => state === name);
}

/** ESTABLISHED and what follows it: both sides' sequence numbers are known to be agreed. */
export function isSynchronized(state: State): boolean {
  switch (state) {
    case 'CLOSED':
    case 'LISTEN':
    case 'SYN_SENT':
    case 'SYN_RCVD':
      return false;
    default:
      return true;
  }
}

/** A FIN of ours was sent, or is about to be. */
export function hasOwnFin(state: State): boolean {
  switch (state) {
    case 'FIN_WAIT_1':
    case 'FIN_WAIT_2':
    case 'CLOSING':
    case 'LAST_ACK':
    case 'TIME_WAIT':
      return true;
    default:
      return false;
  }
}

/** The peer's FIN was received: nothing follows RCV.NXT any more. */
export function hasPeersFin(state: State): boolean {
  switch (state) {
    case 'CLOSE_WAIT':
    case 'CLOSING':
    case 'LAST_ACK':
    case 'TIME_WAIT':
      return true;
    default:
      return false;
  }
}

/** Half of a handshake is done: what a SYN flood fills the table with. */
export function isHalfOpen(state: State): boolean {
  return state === 'SYN_SENT' || state === 'SYN_RCVD';
}

interface Opened {
  readonly state: State;
  readonly open: 'active' | 'passive';
}

/** §3.5, Figure 7: the host opened actively, and its SYN has crossed the peer's. */
export function haveSynsCrossed({ state, open }: Opened): boolean {
  return state === 'SYN_RCVD' && open === 'active';
}
