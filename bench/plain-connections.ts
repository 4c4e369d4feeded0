/**
 * The calibration for connections: seven segments of a short connection between two tables of plain mutable objects, with
 * one recorded object for each thing that happens. No rules, no reasons, no options, no timers: what JavaScript
 * objects alone cost on this machine in this minute.
 */

interface Connection {
  state:
    | 'SYN_SENT'
    | 'SYN_RCVD'
    | 'ESTABLISHED'
    | 'FIN_WAIT'
    | 'CLOSE_WAIT'
    | 'LAST_ACK'
    | 'CLOSED';
  sndNxt: number;
  sndUna: number;
  rcvNxt: number;
}

interface Segment {
  readonly to: 0 | 1;
  readonly port: number;
  readonly syn: boolean;
  readonly fin: boolean;
  readonly seq: number;
  readonly ack: number;
}

type Event =
  | { readonly kind: 'sent'; readonly segment: Segment }
  | { readonly kind: 'state'; readonly port: number; readonly state: Connection['state'] };

/** Opens and closes `count` connections one after another; returns how many things were recorded. */
export function plainConnections(count: number): number {
  const tables = [new Map<number, Connection>(), new Map<number, Connection>()] as const;
  const queue: Segment[] = [];
  let record: Event[] = [];
  let recorded = 0;

  const send = (segment: Segment) => {
    queue.push(segment);
    record.push({ kind: 'sent', segment });
  };
  const enter = (port: number, connection: Connection, state: Connection['state']) => {
    connection.state = state;
    record.push({ kind: 'state', port, state });
  };
  const answer = (from: 0 | 1, port: number, c: Connection, syn: boolean, fin: boolean) => {
    send({ to: from === 0 ? 1 : 0, port, syn, fin, seq: c.sndNxt, ack: c.rcvNxt });
    if (syn || fin) c.sndNxt = (c.sndNxt + 1) >>> 0;
  };

  const arrive = ({ to, port, syn, fin, seq, ack }: Segment) => {
    const table = tables[to];
    let c = table.get(port);
    if (c === undefined) {
      if (!syn) return;
      c = { state: 'SYN_RCVD', sndNxt: 300, sndUna: 300, rcvNxt: (seq + 1) >>> 0 };
      table.set(port, c);
      record.push({ kind: 'state', port, state: c.state });
      return answer(to, port, c, true, false);
    }
    if (((ack - c.sndUna) | 0) > 0) c.sndUna = ack;
    if (syn) {
      c.rcvNxt = (seq + 1) >>> 0;
      enter(port, c, 'ESTABLISHED');
      answer(to, port, c, false, false);
      enter(port, c, 'FIN_WAIT');
      return answer(to, port, c, false, true);
    }
    if (c.state === 'SYN_RCVD' && c.sndUna === c.sndNxt) enter(port, c, 'ESTABLISHED');
    if (fin) {
      c.rcvNxt = (seq + 1) >>> 0;
      answer(to, port, c, false, false);
      if (c.state === 'ESTABLISHED') {
        enter(port, c, 'LAST_ACK');
        return answer(to, port, c, false, true);
      }
    }
    if ((fin || c.state === 'LAST_ACK') && c.sndUna === c.sndNxt) {
      enter(port, c, 'CLOSED');
      table.delete(port);
    }
  };

  for (let port = 0; port < count; port++) {
    const c: Connection = { state: 'SYN_SENT', sndNxt: 100, sndUna: 100, rcvNxt: 0 };
    tables[0].set(port, c);
    answer(0, port, c, true, false);
    for (let segment = queue.shift(); segment !== undefined; segment = queue.shift())
      arrive(segment);
    recorded += record.length;
    record = [];
  }
  if (tables[0].size + tables[1].size > 0) throw new Error('a connection was left open');
  return recorded;
}
