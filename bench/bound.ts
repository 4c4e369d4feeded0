/** What plain objects can do: the seven segments of a short connection with nothing recorded, explained or checked. */

interface End {
  state: string;
  una: number;
  nxt: number;
  rcv: number;
  timeWait: number;
}

interface Flight {
  readonly port: number;
  readonly toServer: boolean;
  readonly seq: number;
  readonly ack: number;
  readonly flags: number;
}

const [FIN, SYN, ACK] = [1, 2, 16];

/** Opens and closes so many connections, one after the other; returns how many segments that took. */
export function shortConnections(count: number): number {
  const client = new Map<number, End>();
  const server = new Map<number, End>();
  let segments = 0;
  for (let i = 0; i < count; i++) {
    const port = 1_024 + (i % 60_000);
    const queue: Flight[] = [];
    client.set(port, { state: 'SYN_SENT', una: i, nxt: i + 1, rcv: 0, timeWait: 0 });
    queue.push({ port, toServer: true, seq: i, ack: 0, flags: SYN });
    for (let k = 0; k < queue.length; k++) handle(queue[k] as Flight, client, server, queue);
    segments += queue.length;
    client.delete(port);
  }
  if (client.size + server.size > 0) throw new Error('the bound left connections behind');
  return segments;
}

function handle(
  flight: Flight,
  client: Map<number, End>,
  server: Map<number, End>,
  queue: Flight[],
): void {
  const { port, toServer, seq, ack, flags } = flight;
  const table = toServer ? server : client;
  const send = (end: End, bits: number, length: number) => {
    const out = { port, toServer: !toServer, seq: end.nxt, ack: end.rcv, flags: bits };
    end.nxt = (end.nxt + length) >>> 0;
    queue.push(out);
  };
  const end = table.get(port);
  if (end === undefined) {
    const made = { state: 'SYN_RCVD', una: 7, nxt: 7, rcv: seq + 1, timeWait: 0 };
    table.set(port, made);
    send(made, SYN | ACK, 1);
    return;
  }
  if ((flags & ACK) !== 0) end.una = ack;
  if ((flags & SYN) !== 0) {
    end.rcv = seq + 1;
    end.state = 'ESTABLISHED';
    send(end, ACK, 0);
    send(end, FIN | ACK, 1);
    end.state = 'FIN_WAIT_1';
  } else if ((flags & FIN) !== 0) {
    end.rcv = (seq + 1) >>> 0;
    send(end, ACK, 0);
    if (toServer) {
      send(end, FIN | ACK, 1);
      end.state = 'LAST_ACK';
    } else {
      end.state = 'TIME_WAIT';
      end.timeWait = 240_000_000;
    }
  } else if (end.state === 'SYN_RCVD') end.state = 'ESTABLISHED';
  else if (end.state === 'FIN_WAIT_1') end.state = 'FIN_WAIT_2';
  else if (end.state === 'LAST_ACK') table.delete(port);
}
