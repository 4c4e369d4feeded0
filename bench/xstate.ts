/** The peer P1 and P2 name: two XState actors that go through the states of RFC 9293 Figure 5, with no sequence numbers. */

import { createActor, createMachine } from 'xstate';

type Bits = 'SYN' | 'SYN,ACK' | 'ACK' | 'FIN,ACK';
type Event = { readonly type: 'OPEN' | 'LISTEN' | 'CLOSE' | 'TIMEOUT' } | { readonly type: Bits };

interface Flight {
  readonly toServer: boolean;
  readonly type: Bits;
}

/** A TCP as a statechart; what it sends goes to `queue`. */
function machineOf(toServer: boolean, queue: Flight[]) {
  const send = (type: Bits) => () => void queue.push({ toServer, type });
  return createMachine({
    types: {} as { events: Event },
    initial: 'CLOSED',
    states: {
      CLOSED: {
        on: {
          OPEN: { target: 'SYN_SENT', actions: send('SYN') },
          LISTEN: { target: 'LISTEN' },
        },
      },
      LISTEN: { on: { SYN: { target: 'SYN_RCVD', actions: send('SYN,ACK') } } },
      SYN_SENT: { on: { 'SYN,ACK': { target: 'ESTABLISHED', actions: send('ACK') } } },
      SYN_RCVD: { on: { ACK: { target: 'ESTABLISHED' } } },
      ESTABLISHED: {
        on: {
          CLOSE: { target: 'FIN_WAIT_1', actions: send('FIN,ACK') },
          'FIN,ACK': { target: 'CLOSE_WAIT', actions: send('ACK') },
        },
      },
      FIN_WAIT_1: { on: { ACK: { target: 'FIN_WAIT_2' } } },
      FIN_WAIT_2: { on: { 'FIN,ACK': { target: 'TIME_WAIT', actions: send('ACK') } } },
      CLOSE_WAIT: { on: { CLOSE: { target: 'LAST_ACK', actions: send('FIN,ACK') } } },
      CLOSING: { on: { ACK: { target: 'TIME_WAIT' } } },
      LAST_ACK: { on: { ACK: { target: 'LISTEN' } } },
      TIME_WAIT: { on: { TIMEOUT: { target: 'CLOSED' } } },
    },
  });
}

/** Opens and closes so many connections, with two actors that are used again for each of them: seven segments each. */
export function xstateConnections(count: number): void {
  const queue: Flight[] = [];
  const client = createActor(machineOf(true, queue));
  const server = createActor(machineOf(false, queue));
  client.start();
  server.start();
  server.send({ type: 'LISTEN' });
  let segments = 0;
  const deliver = () => {
    for (let flight = queue.shift(); flight !== undefined; flight = queue.shift()) {
      segments += 1;
      (flight.toServer ? server : client).send({ type: flight.type });
    }
  };
  for (let i = 0; i < count; i++) {
    client.send({ type: 'OPEN' });
    deliver();
    client.send({ type: 'CLOSE' });
    deliver();
    server.send({ type: 'CLOSE' });
    deliver();
    client.send({ type: 'TIMEOUT' });
  }
  const states = [client, server].map((actor) => String(actor.getSnapshot().value)).join();
  if (states !== 'CLOSED,LISTEN' || segments !== 7 * count)
    throw new Error(`XState ended in ${states} after ${segments} segments`);
}
