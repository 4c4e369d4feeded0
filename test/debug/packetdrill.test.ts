/** packetdrill scripts in the debugger: launched as they are, stopped in at their lines. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { refusal, type Server, startServer } from './conversation.js';

const LISTENER = `// a listener
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+.1 < S 0:0(0) win 32792 <mss 1000>
+0 > S. 0:0(0) ack 1 <mss 1460>
+.1 < . 1:1(0) ack 1 win 32792
`;

describe('debugging a packetdrill script', () => {
  let server: Server;
  let folder: string;
  before(async function () {
    this.timeout(60_000); // it may have to be built
    server = await startServer();
    folder = mkdtempSync(path.join(os.tmpdir(), 'tcpflow-pkt-'));
  });
  after(async () => {
    rmSync(folder, { recursive: true });
    await server.stop();
  });

  function script(name: string, text: string): string {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    return file;
  }

  it('says of an empty one that it has no line to run', async () => {
    const { client } = await server.converse();
    const launched = client.launch({ program: script('empty.pkt', '\n') });
    assert.match(await refusal(launched), /empty\.pkt:1:1: .*no call, no packet/);
  });

  it('stops at its first line and steps from line to line', async () => {
    const conversation = await server.converse();
    await conversation.launch({ program: script('listen.pkt', LISTENER) });
    assert.equal(
      await conversation.at(),
      '0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3 @ listen.pkt:2',
    );
    await conversation.go('next', 'next', 'next');
    assert.equal(await conversation.at(), '+.1 < S 0:0(0) win 32792 <mss 1000> @ listen.pkt:5');
  });

  it('stops where the host under test enters a state, and has its connection', async () => {
    const conversation = await server.converse();
    const program = script('listen.pkt', LISTENER);
    await conversation.launch({ program }, { functions: [{ name: 'kernel:SYN_RCVD' }] });
    const stop = await conversation.go('continue');
    assert.equal(stop.text, 'kernel entered SYN_RCVD from LISTEN: Third, check for a SYN');
  });

  it('stops where something is otherwise than it says', async () => {
    const conversation = await server.converse();
    const program = script('wrong.pkt', LISTENER.replace('ack 1 <mss', 'ack 2 <mss'));
    await conversation.launch({ program }, { filters: ['failed'] });
    const stop = await conversation.go('continue');
    assert.equal(stop.reason, 'exception');
    assert.match(stop.text, /ack/);
  });

  it('is refused when it asks for what there is not, with the place', async () => {
    const { client } = await server.converse();
    const program = script('strange.pkt', `${LISTENER}0.5 usleep(5) = 0\n`);
    await client.initializeRequest();
    const told = await refusal(client.launchRequest({ program } as never));
    assert.match(told, /strange\.pkt:8:1: not supported: the call `usleep`/);
  });
});
