/** The peer P1 and P2 name: Node's own TCP sockets on loopback, with the kernel's TCP behind them. */

import { once } from 'node:events';
import net from 'node:net';

/** So that no pair of addresses runs out of ports: those of TIME_WAIT stay taken for a minute. */
const addresses = process.platform === 'linux' ? 100 : 1;

/** Opens and closes so many connections, one after the other. */
export async function netConnections(count: number): Promise<void> {
  const server = net.createServer((socket) => {
    socket.on('end', () => socket.end());
    socket.resume();
  });
  server.listen(0, addresses === 1 ? '127.0.0.1' : '0.0.0.0');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  for (let i = 0; i < count; i++) {
    const socket = net.connect(port, `127.0.0.${1 + (i % addresses)}`);
    socket.resume();
    await once(socket, 'connect');
    socket.end();
    await once(socket, 'close');
  }
  server.close();
  await once(server, 'close');
}
