/** A segment's octets as memory: read from frame to text, and altered under way. */

import assert from 'node:assert/strict';
import { type Conversation, refusal, serving, stoppedOn } from './conversation.js';

const SCRIPT = `host client { isn 100 }
host server { isn 300 }
server: listen 80
client: connect server:80 from 5000
expect client ESTABLISHED
client: send "hello"
wait 1s
`;

/** Octets before the TCP header: Ethernet and IPv4. */
const TCP = 34;

describe('memory', () => {
  const server = serving();

  const stoppedAt = (line: number) => stoppedOn(server, server.script(SCRIPT), line);

  async function read({ client }: Conversation, offset: number, count: number, id = '#1') {
    const args = { memoryReference: id, offset, count };
    const { body } = await client.send('readMemory', args);
    return { ...body, octets: Buffer.from(body.data ?? '', 'base64') };
  }

  const write = ({ client }: Conversation, offset: number, octets: number[], id = '#1') =>
    client.send('writeMemory', {
      memoryReference: id,
      offset,
      data: Buffer.from(octets).toString('base64'),
    });

  async function reference(conversation: Conversation, scope: string, name: string) {
    const frameId = (await conversation.stack())[0]?.id ?? 0;
    const { scopes } = (await conversation.client.scopesRequest({ frameId })).body;
    const found = scopes.find((one) => one.name === scope)?.variablesReference ?? 0;
    const args = { variablesReference: found };
    const { variables } = (await conversation.client.variablesRequest(args)).body;
    return variables.find((one) => one.name === name)?.memoryReference;
  }

  it('has a reference at each segment', async () => {
    const conversation = await stoppedAt(5);
    assert.equal(await reference(conversation, 'In flight', '#1'), '#1');
    await conversation.go('stepIn');
    assert.equal(await reference(conversation, 'Segment', 'segment'), '#1');
  });

  it('reads a frame from Ethernet to the text', async () => {
    const conversation = await stoppedAt(7);
    const { octets } = await read(conversation, 0, 100, '#4');
    assert.equal(octets.readUInt16BE(12), 0x0800);
    assert.equal(octets[23], 6);
    assert.equal(octets.readUInt16BE(TCP), 5000);
    assert.equal(octets.readUInt32BE(TCP + 4), 101);
    assert.equal(octets.subarray(-5).toString(), 'hello');
  });

  it('reads pages, and tells what lies beyond the end', async () => {
    const conversation = await stoppedAt(5);
    const whole = await read(conversation, 0, 1000);
    assert.equal(whole.unreadableBytes, 1000 - whole.octets.length);
    const part = await read(conversation, TCP, 4);
    assert.deepEqual(part.octets, whole.octets.subarray(TCP, TCP + 4));
    assert.equal(part.unreadableBytes, undefined);
    const beyond = await read(conversation, 5000, 16);
    assert.equal(beyond.data, undefined);
    assert.equal(beyond.unreadableBytes, 16);
    assert.equal((await read(conversation, 0, 0)).data, undefined);
  });

  it('tells at which octet a page begins, and has none before the frame', async () => {
    const conversation = await stoppedAt(5);
    assert.equal((await read(conversation, TCP, 4)).address, '0x22');
    const before = await read(conversation, -2, 4);
    assert.deepEqual([before.data, before.unreadableBytes], [undefined, 4]);
  });

  it('has no segment that has not left yet, also once one has come back to before', async () => {
    const conversation = await stoppedAt(7);
    assert.equal((await read(conversation, TCP, 2, '#4')).octets.length, 2);
    await conversation.go('stepBack', 'stepBack', 'stepBack');
    assert.equal(await conversation.at(), 'client: connect server:80 from 5000 @ script.tcpflow:4');
    assert.match(await refusal(read(conversation, 0, 4, '#1')), /There is no memory #1/);
    await conversation.go('next');
    assert.equal((await read(conversation, TCP, 2, '#1')).octets.length, 2);
    assert.match(await refusal(read(conversation, 0, 4, '#4')), /There is no memory #4/);
  });

  it('tells of octets that have changed whoever shows memory', async () => {
    for (const supportsMemoryEvent of [true, false]) {
      const conversation = await server.converse();
      const { client } = conversation;
      await client.initializeRequest({ adapterID: 'tcpflow', supportsMemoryEvent } as never);
      const told: object[] = [];
      client.on('memory', ({ body }) => told.push(body));
      await client.send('launch', { program: server.script(SCRIPT) });
      await client.configurationDoneRequest();
      await conversation.stop();
      await conversation.go('next', 'next');
      await write(conversation, TCP + 4, [0, 0, 3, 0xe8]);
      await conversation.stop();
      const { octets } = await read(conversation, 0, 1000);
      const whole = { memoryReference: '#1', offset: 0, count: octets.length };
      assert.deepEqual(told, supportsMemoryEvent ? [whole] : []);
    }
  });

  it('takes the octets on both sides of the checksum without it', async () => {
    for (const [offset, octets] of [
      [TCP + 15, [9]],
      [TCP + 18, [0, 0]],
      [TCP + 4, [0, 0, 3]],
    ] as const) {
      const conversation = await stoppedAt(5);
      await write(conversation, offset, [...octets]);
      await conversation.stop();
      await conversation.go('stepIn');
      assert.notEqual((await conversation.stack())[0]?.name, 'Is the checksum right?');
      await conversation.go('stepOut');
      assert.equal(await conversation.evaluate('server.STATE'), 'SYN_RCVD');
    }
  });

  it('alters a sequence number on its way: the checksum is right again', async () => {
    const conversation = await stoppedAt(5);
    const { body } = await write(conversation, TCP + 4, [0, 0, 3, 0xe8]);
    assert.equal(body.bytesWritten, 4);
    assert.equal((await conversation.stop()).reason, 'edit');
    await conversation.go('stepIn');
    const [, event] = await conversation.stack();
    assert.equal(event?.name, 'segment arrives <SEQ=1000><CTL=SYN> from client');
    await conversation.go('stepOut');
    assert.equal(await conversation.evaluate('server.IRS'), '1000');
  });

  it('takes a checksum as it is written: the receiver discards the segment', async () => {
    const conversation = await stoppedAt(5);
    await write(conversation, TCP + 16, [0x12, 0x34]);
    await conversation.stop();
    await conversation.go('stepIn');
    assert.equal((await conversation.stack())[0]?.name, 'Is the checksum right?');
  });

  it('refuses what is no segment, no TCP, too long, or has arrived', async () => {
    const conversation = await stoppedAt(5);
    assert.match(await refusal(write(conversation, TCP + 12, [0x10])), /no segment: Data Offset/);
    for (const offset of [0, TCP - 1, -1]) {
      const refused = await refusal(write(conversation, offset, [1, 2]));
      assert.match(refused, /Only TCP can be altered/);
    }
    assert.match(await refusal(write(conversation, TCP + 20, Array(100).fill(0))), /cannot grow/);
    assert.match(await refusal(write(conversation, TCP, [1], '#77')), /There is no memory #77/);
    assert.match(await refusal(read(conversation, 0, 4, 'x')), /There is no memory x/);
    await conversation.go('next');
    assert.match(await refusal(write(conversation, TCP, [1])), /#1 is not under way/);
    assert.equal((await read(conversation, TCP, 2)).octets.readUInt16BE(0), 5000);
  });
});
