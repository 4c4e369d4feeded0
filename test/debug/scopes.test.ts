/** The scopes of the Variables view: over the protocol, as golden transcripts and one by one. */

import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { golden } from '../golden.js';
import { type Conversation, example } from './conversation.js';
import { HANDSHAKE, HASHED, inspecting, scope, scopes, variables } from './inspect.js';

const FLOOD = `peer mallory 10.9.0.1
host server 10.0.0.2 { syn-queue 3000 }
link mallory -- server { delay 1ms }
scenario "flood" {
  server: listen 80
  repeat 3000 as i {
    inject mallory -> server SYN seq=i from 1024 + i to 80
  }
  wait 10ms
  expect server LISTEN
}
`;

describe('the scopes of a stop', () => {
  const { server, atSynReceived, hashed } = inspecting();

  /** A scope as a tree of lines, as deep as `depth`. */
  async function print(
    conversation: Conversation,
    list: readonly DebugProtocol.Variable[],
    depth: number,
    indent = '  ',
  ): Promise<string> {
    let text = '';
    const isTcb = list.some(({ name }) => name === 'STATE');
    for (const { name, value, type, presentationHint, variablesReference } of list) {
      // Of a TCB what the RFC names: others come and go with the features.
      if (isTcb && !/^([A-Z]|created|deleted)/.test(name)) continue;
      const changed = presentationHint?.attributes?.includes('changed') ? `  [${type}]` : '';
      text += `${indent}${name}: ${value}${changed}\n`;
      if (variablesReference === 0 || depth <= 1) continue;
      const inner = await variables(conversation, variablesReference);
      text += await print(conversation, inner, depth - 1, `${indent}  `);
    }
    return text;
  }

  async function transcript(conversation: Conversation, threads: readonly number[]) {
    let text = '';
    for (const thread of threads) {
      for (const one of await scopes(conversation, thread)) {
        const list = await variables(conversation, one.variablesReference);
        const depth =
          one.name === 'What each side knows' || one.name === 'Connection table' ? 3 : 1;
        text += `${thread === 1_000_000 ? 'network' : thread} ${one.name}\n${await print(conversation, list, depth)}`;
      }
    }
    return text;
  }

  it('shows every scope of a host and of the network (golden)', async () => {
    const conversation = await atSynReceived();
    golden('debug/scopes-syn-rcvd.txt', await transcript(conversation, [2, 1, 1_000_000]));
  });

  it('shows where a hashed ISN comes from, and the past of a connection (golden)', async () => {
    const conversation = await hashed(9);
    golden('debug/scopes-after-crash.txt', await transcript(conversation, [1, 2]));
  });

  it('shows all that in relative and hexadecimal numbers at once (golden)', async () => {
    const conversation = await atSynReceived({
      numbers: 'hexadecimal',
      sequenceNumbers: 'relative',
    });
    const text = await transcript(conversation, [2, 1, 1_000_000]);
    const evaluated = [];
    for (const one of [
      'SND.NXT',
      'RCV.NXT',
      'ISS + 5',
      'SND.NXT - ISS',
      'SEG.SEQ',
      'client.SND.NXT',
    ]) {
      evaluated.push(`${one}: ${await conversation.evaluate(one)}`);
    }
    golden('debug/scopes-relative-hex.txt', `${text}${evaluated.join('\n')}\n`);
  });

  it('switches numbers while it stands still, and asks the client to look again', async () => {
    const conversation = await server.converse();
    const { client } = conversation;
    await client.initializeRequest({
      adapterID: 'tcpflow',
      pathFormat: 'path',
      supportsInvalidatedEvent: true,
    });
    const ready = client.waitForEvent('initialized');
    await client.launchRequest({ program: HANDSHAKE } as never);
    await ready;
    await client.setFunctionBreakpointsRequest({ breakpoints: [{ name: 'server:SYN_RCVD' }] });
    await client.configurationDoneRequest();
    await conversation.stop();
    await conversation.go('continue');
    const invalidated = client.waitForEvent('invalidated');
    const { body } = await client.customRequest('tcpflow/numbers', { relative: true });
    assert.deepEqual(body, { hex: false, relative: true });
    assert.deepEqual((await invalidated).body, { areas: ['variables'] });
    assert.equal(await conversation.evaluate('SND.NXT'), '1');
    const format = { hex: true };
    const asked = { expression: 'server.SND.WND', format };
    assert.match((await client.evaluateRequest(asked as never)).body.result, /^0x|^0$/);
    // What is typed in place of a relative number is one.
    const list = await scope(conversation, 'Connection', 2);
    assert.equal(list.find(({ name }) => name === 'RCV.NXT')?.value, '1');
    const reference = (await scopes(conversation, 2))[1]?.variablesReference ?? 0;
    const set = { variablesReference: reference, name: 'RCV.NXT', value: '5' };
    await client.setVariableRequest(set);
    await conversation.stop();
    assert.equal(await conversation.evaluate('server.RCV.NXT'), '5');
    await client.send('setExpression', { expression: 'server.RCV.NXT', value: '7' });
    await conversation.stop();
    await client.customRequest('tcpflow/numbers', { relative: false });
    assert.equal(await conversation.evaluate('server.RCV.NXT'), '107');
    assert.equal(await conversation.evaluate('SND.NXT'), '301');
  });

  it('keeps a reference for the same thing from stop to stop, in a tree that others enter and leave', async () => {
    const conversation = await hashed(2);
    const table = async () => {
      const list = await scope(conversation, 'Connection table', 1);
      const group = (name: string) => list.find((one) => one.name === name);
      return { halfOpen: group('half-open'), complete: group('complete') };
    };
    const before = await table();
    const [c1] = await variables(conversation, before.halfOpen?.variablesReference ?? 0);
    assert.equal(c1?.name, 'c1');
    const [shown] = await scopes(conversation, 1);
    await conversation.go('next');
    const [again] = await scopes(conversation, 1);
    assert.equal(again?.variablesReference, shown?.variablesReference);
    // The entry is complete now; its old reference is not answered with another one's variables.
    const after = await table();
    const [same] = await variables(conversation, after.complete?.variablesReference ?? 0);
    assert.equal(same?.name, 'c1');
    const reference = same?.variablesReference ?? 0;
    const state = async () =>
      (await variables(conversation, reference)).find(({ name }) => name === 'STATE')?.value;
    assert.equal(await state(), 'ESTABLISHED');
    await conversation.go('next', 'next');
    const [later] = await variables(
      conversation,
      (await table()).complete?.variablesReference ?? 0,
    );
    assert.equal(later?.variablesReference, reference);
    assert.equal(await state(), 'ESTABLISHED');
    await conversation.go('stepBack', 'stepBack');
    assert.equal(await state(), 'ESTABLISHED');
    // Of two entries the first goes: the second is still itself.
    await conversation.evaluate('client: connect server:80 as other');
    await conversation.stop();
    const { halfOpen, complete } = await table();
    const [other] = await variables(conversation, halfOpen?.variablesReference ?? 0);
    assert.deepEqual([other?.name, complete?.value.slice(0, 1)], ['other', '1']);
    await conversation.evaluate('wait 20ms');
    await conversation.stop();
    await conversation.evaluate('client.c1: abort');
    await conversation.stop();
    const left = await variables(conversation, (await table()).complete?.variablesReference ?? 0);
    assert.deepEqual(
      left.map(({ name, variablesReference }) => [name, variablesReference === reference]),
      [['other', false]],
    );
  });

  it('has the same scopes at every stop', async () => {
    const conversation = await hashed(0);
    const names = async () =>
      (await scopes(conversation, 2)).map((one) => [one.name, one.variablesReference]);
    const first = await names();
    assert.deepEqual(
      first.map(([name]) => name),
      [
        'Segment',
        'Connection',
        'Timers',
        'ISN',
        'What each side knows',
        'Connection table',
        'Listen queues',
        'In flight',
        'Changed',
      ],
    );
    for (let i = 0; i < 8; i++) {
      await conversation.go('next');
      assert.deepEqual(
        (await names()).map(([name]) => name),
        first.map(([name]) => name),
      );
    }
  });

  it('says how much room the queues of a listener have: its own backlog, where it was opened with one', async () => {
    const conversation = await server.converse();
    const program = server.script(`host client
host server { backlog 5, syn-queue 7 }
server: listen 80 backlog 3
server: listen 81
wait 1s
`);
    await conversation.launch({ program });
    await conversation.go('next');
    await conversation.go('next');
    const rooms = await scope(conversation, 'Listen queues', 2).then((ports) =>
      Promise.all(ports.map((port) => variables(conversation, port.variablesReference))),
    );
    assert.deepEqual(
      rooms.map((rows) => rows.map(({ value }) => value)),
      [
        ['0 of at most 7', '0 of at most 3'],
        ['0 of at most 7', '0 of at most 5'],
      ],
    );
  });

  it('gives of thousands of entries the page that is asked for', async () => {
    const conversation = await server.converse();
    const file = server.script(FLOOD, 'flood.tcpflow');
    await conversation.launch({ program: file }, { lines: [{ line: 10 }] });
    await conversation.go('continue');
    const top = { threadId: 2, startFrame: 0, levels: 1 };
    const { stackFrames } = (await conversation.client.stackTraceRequest(top)).body;
    const frameId = stackFrames[0]?.id ?? 0;
    const { scopes } = (await conversation.client.scopesRequest({ frameId })).body;
    const table = scopes.find(({ name }) => name === 'Connection table');
    const list = await variables(conversation, table?.variablesReference ?? 0);
    const group = list.find(({ name }) => name === 'half-open');
    assert.equal(group?.indexedVariables, 3_000);
    const names = async (page: object) =>
      (await variables(conversation, group?.variablesReference ?? 0, page)).map(({ name }) => name);
    const page = { start: 2_995, count: 3 };
    assert.deepEqual(await names(page), ['c2996', 'c2997', 'c2998']);
    assert.deepEqual(await names({ ...page, filter: 'indexed' }), ['c2996', 'c2997', 'c2998']);
    assert.deepEqual(await names({ ...page, filter: 'named' }), []);
    assert.equal((await names({})).length, 3_000);
    // Asked for by every menu of the Variables view: nothing is made of the entries.
    const row = { variablesReference: table?.variablesReference ?? 0, name: 'half-open' };
    const began = performance.now();
    const { body } = await conversation.client.dataBreakpointInfoRequest(row);
    const took = performance.now() - began;
    assert.deepEqual([body.dataId, took < 500], [null, true], `${took} ms`);
  });

  it('knows one side of a connection to itself', async () => {
    const conversation = await server.converse();
    await conversation.launch({ program: example('self-connect') });
    for (let i = 0; i < 3; i++) await conversation.go('next');
    const sides = await scope(conversation, 'What each side knows', 1);
    assert.deepEqual(
      sides.map(({ name }) => name),
      ['client.c1'],
    );
  });

  it('writes an IPv6 address with its port in brackets, as elsewhere', async () => {
    const conversation = await server.converse();
    const text = HASHED.replace('10.0.0.1', 'fd00::1').replace('10.0.0.2', 'fd00::2');
    await conversation.launch({ program: server.script(text, 'six.tcpflow') });
    for (let i = 0; i < 3; i++) await conversation.go('next');
    assert.equal((await conversation.scope('Connection')).get('local')?.value, '[fd00::2]:80');
    const table = await conversation.scope('Connection table');
    assert.match([...table.values()].map(({ value }) => value).join(), / <- \[fd00::1\]:\d+,/);
  });
});
