/** What the Variables view, hovers, watches and the console show of a run: over the protocol, as golden transcripts and one by one. */

import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { golden } from '../golden.js';
import { type Conversation, example, refusal, serving } from './conversation.js';

const HANDSHAKE = example('handshake');

const HASHED = `host client 10.0.0.1 { isn rfc6528 }
host server 10.0.0.2 { isn rfc6528 }
link client -- server { delay 10ms }
scenario "hashed" {
  server: listen 80
  client: connect server:80
  expect client ESTABLISHED
  expect server ESTABLISHED
  client: send 100 bytes
  wait 1s
  crash server
  restart server
  client: send 10 bytes
  wait quiet
}
`;

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

describe('inspection', () => {
  const server = serving();

  async function atSynReceived(more: object = {}): Promise<Conversation> {
    const conversation = await server.converse();
    const setUp = { functions: [{ name: 'server:SYN_RCVD' }] };
    await conversation.launch({ program: HANDSHAKE, ...more }, setUp);
    await conversation.go('continue');
    return conversation;
  }

  async function hashed(moves: number): Promise<Conversation> {
    const conversation = await server.converse();
    await conversation.launch({ program: server.script(HASHED, 'hashed.tcpflow') });
    for (let i = 0; i < moves; i++) await conversation.go('next');
    return conversation;
  }

  async function variables(conversation: Conversation, reference: number, page: object = {}) {
    const args = { variablesReference: reference, ...page };
    return (await conversation.client.variablesRequest(args)).body.variables;
  }

  async function scopes(conversation: Conversation, thread?: number) {
    const frameId = (await conversation.stack(thread))[0]?.id ?? 0;
    return (await conversation.client.scopesRequest({ frameId })).body.scopes;
  }

  async function scope(conversation: Conversation, name: string, thread?: number) {
    const found = (await scopes(conversation, thread)).find((one) => one.name === name);
    return variables(conversation, found?.variablesReference ?? 0);
  }

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

  it('tells what the ISN will be in a minute, and which old numbers look new', async () => {
    const conversation = await hashed(4);
    const isn = new Map(
      (await scope(conversation, 'ISN', 1)).map(({ name, value }) => [name, value]),
    );
    const iss = Number(isn.get('ISS'));
    assert.equal(isn.get('a minute later'), `${(iss + 15_000_000) % 2 ** 32}: 15000000 further on`);
    assert.equal(isn.get('comes round'), 'after 17179.869184 s');
    const una = Number(await conversation.evaluate('client.SND.UNA'));
    assert.match(await conversation.evaluate(`client.mistaken(${una})`), /^true: SND\.UNA=/);
    assert.match(
      await conversation.evaluate('client.mistaken(ISS - 5)'),
      /^false: 6 before the window/,
    );
    assert.match(
      await conversation.evaluate('client.c1.mistaken(SND.UNA + SND.WND)'),
      /^false: 1 beyond/,
    );
    const { body } = await conversation.client.evaluateRequest({
      expression: 'client.mistaken(ISS + 15000000)',
    });
    const rows = new Map(
      (await variables(conversation, body.variablesReference)).map(({ name, value }) => [
        name,
        value,
      ]),
    );
    assert.equal(rows.get('counted from ISS'), '15000000');
    assert.match(rows.get('the ISN clock is there') ?? '', /^in 59\.\d+ s$/);
    assert.match(await refusal(conversation.evaluate('client.mistaken(foo)')), /`foo`/);
    assert.match(
      await refusal(conversation.evaluate('client.mistaken(2s)')),
      /Write a sequence number/,
    );
  });

  it('leads from a value to the statement that last changed it', async () => {
    const conversation = await hashed(5);
    const locate = async (name: string) => {
      const found = (await scope(conversation, 'Connection', 1)).find((one) => one.name === name);
      const locationReference = found?.valueLocationReference ?? 0;
      const { body } = await conversation.client.customRequest('locations', { locationReference });
      return (body as { line: number }).line;
    };
    assert.equal(await locate('SND.NXT'), 9); // client: send
    assert.equal(await locate('ISS'), 6); // client: connect
    assert.equal(await locate('STATE'), 6); // the SYN,ACK goes back to it
    const bad = conversation.client.customRequest('locations', { locationReference: 999_999 });
    assert.match(await refusal(bad), /no location reference/);
  });

  it('travels to the moment that last changed a variable, and from there to the one before', async () => {
    const conversation = await hashed(6);
    const { client } = conversation;
    const go = async (expression: string) => {
      await client.customRequest('tcpflow/lastChange', { expression });
      const stop = await conversation.stop();
      return `${stop.reason} ${await conversation.evaluate(`${expression} - client.ISS`)} at ${await conversation.evaluate('time')}`;
    };
    assert.equal(await go('client.SND.UNA'), 'goto 101 at 50 ms');
    assert.equal(await go('client.SND.UNA'), 'goto 1 at 20 ms');
    assert.equal(await go('client.SND.UNA'), 'goto 0 at 0 s');
    const frameId = (await conversation.stack(1))[0]?.id ?? 0;
    const { body } = await client.scopesRequest({ frameId });
    const reference = body.scopes.find(({ name }) => name === 'Connection')?.variablesReference;
    await client.customRequest('tcpflow/lastChange', {
      variablesReference: reference,
      name: 'SND.UNA',
    });
    const stop = await conversation.stop();
    assert.match(stop.text, /has not changed before/);
    const none = client.customRequest('tcpflow/lastChange', { expression: 'client.foo' });
    assert.match(await refusal(none), /no variable of a connection/);
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

  it('points at the place of a mistake in an expression', async () => {
    const conversation = await atSynReceived();
    assert.equal(
      await refusal(conversation.evaluate('SND.NXT + foo * 2')),
      '`foo` is not known here: no host, segment, value or variable of TCP.\n  SND.NXT + foo * 2\n            ^^^',
    );
    const watched = conversation.client.evaluateRequest({
      expression: 'server.STATE + 1',
      context: 'watch',
    });
    assert.match(await refusal(watched), /does not go with a state and a number/);
  });

  it('knows no names but its own, whatever all objects have', async () => {
    const conversation = await server.converse();
    await conversation.launch({ program: HANDSHAKE });
    await conversation.go('next', 'next');
    for (const expression of ['constructor', '__proto__', 'client.toString', 'client.c1.valueOf']) {
      const answer = await refusal(conversation.client.evaluateRequest({ expression }));
      assert.match(answer, /is not known here|has no `/, expression);
    }
  });

  it('opens a segment under way by its number', async () => {
    const conversation = await atSynReceived();
    await conversation.evaluate('client: connect server:81');
    await conversation.stop();
    const rows = await conversation.scope('In flight');
    const number = [...rows.keys()].at(-1) ?? '';
    assert.match(number, /^#\d+$/);
    assert.match(await conversation.evaluate(number), /CTL=SYN>$/);
    assert.match(await refusal(conversation.evaluate('#999')), /No segment #999 is under way/);
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

  it('says what can be typed, to whoever asks for help', async () => {
    const conversation = await atSynReceived();
    const { body } = await conversation.client.evaluateRequest({
      expression: 'help',
      context: 'repl',
    });
    const lines = body.result.split('\n').map((line) => line.slice(18).split(', '));
    const [expressions = [], statements = [], , [mistaken = ''] = []] = lines;
    for (const typed of [...expressions, mistaken, ...statements]) {
      assert.ok(await conversation.evaluate(typed), typed);
      if (statements.includes(typed)) await conversation.stop();
    }
  });

  it('opens lists within what the language has no words for', async () => {
    const conversation = await atSynReceived();
    assert.equal(await conversation.evaluate('client.c1.settings.isn.values'), '1 element');
    assert.equal(await conversation.evaluate('client.c1.queued.sends'), 'empty');
    const { body } = await conversation.client.evaluateRequest({ expression: 'client.queued' });
    const rows = await variables(conversation, body.variablesReference);
    assert.ok(rows.length > 5 && rows.every(({ value }) => value !== ''));
  });

  it('calculates over hosts, connections, segments and states', async () => {
    const conversation = await atSynReceived();
    const values: Readonly<Record<string, string>> = {
      'server.c1.SND.NXT - server.c1.ISS': '1',
      'server.c1.ISS - 301': '4294967295',
      'SEG.CTL == "SYN" and RCV.NXT == SEG.SEQ + 1': 'true',
      'server.c1.STATE == SYN-RECEIVED': 'true',
      'client.STATE != ESTABLISHED and time < 1s': 'true',
      'server.syn-queue': '1',
      'server.c1.timers.retransmission': '1 s',
    };
    for (const [expression, value] of Object.entries(values)) {
      assert.equal(await conversation.evaluate(expression), value, expression);
    }
  });

  it('shows in a watch what the row of the same name shows, with the same parts', async () => {
    const conversation = await hashed(5);
    const frameId = (await conversation.stack(1))[0]?.id ?? 0;
    const names = async (reference: number) =>
      (await variables(conversation, reference)).map(({ name, value }) => `${name}: ${value}`);
    let compared = 0;
    const compare = async (rows: readonly DebugProtocol.Variable[]): Promise<void> => {
      for (const { evaluateName, value, type, variablesReference } of rows) {
        if (variablesReference !== 0)
          await compare(await variables(conversation, variablesReference));
        if (evaluateName === undefined || /^time/.test(type ?? '')) continue;
        const args = { expression: evaluateName, context: 'watch', frameId };
        const { body } = await conversation.client.evaluateRequest(args);
        assert.equal(body.result, value, evaluateName);
        assert.deepEqual(
          await (body.variablesReference === 0 ? [] : names(body.variablesReference)),
          await (variablesReference === 0 ? [] : names(variablesReference)),
          evaluateName,
        );
        compared++;
      }
    };
    await compare(await scope(conversation, 'Connection', 1));
    assert.ok(compared > 60);
    const watch = async (expression: string) =>
      (await conversation.client.evaluateRequest({ expression, context: 'watch', frameId })).body;
    // Without its host, and what is no row: its first parts.
    assert.match((await watch('retransmissions')).result, /^1 element$/);
    assert.match((await watch('options')).result, /^window scale false, sack false, /);
    assert.match(
      (await watch('client.snd')).result,
      /^una \d+, nxt \d+, wnd 65535, up \d+, \.\.\.$/,
    );
    assert.equal((await watch('client.timers')).result, 'retransmission, user');
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

  it('completes hosts, connections, variables, parts, segments, states, calls and statements', async () => {
    const conversation = await atSynReceived();
    const labels = async (text: string) => {
      const { body } = await conversation.client.completionsRequest({
        text,
        column: text.length + 1,
      });
      return body.targets.map(({ label }) => label);
    };
    assert.ok((await labels('cl')).includes('client'));
    assert.ok((await labels('server.c')).includes('server.c1'));
    assert.deepEqual(await labels('server.c1.SND.U'), ['server.c1.SND.UNA', 'server.c1.SND.UP']);
    assert.deepEqual(await labels('server.timers.re'), ['server.timers.retransmission']);
    assert.deepEqual(await labels('1 + seg.se'), ['seg.seq']);
    assert.ok((await labels('server.STATE == EST')).includes('ESTABLISHED'));
    assert.deepEqual(await labels('client: cl'), ['close']);
    assert.ok((await labels('inj')).includes('inject'));
    assert.deepEqual(await labels('exp'), ['expect']);
    assert.ok(!(await labels('rep')).includes('repeat'), 'it needs a block');
    assert.ok(!(await labels('1 + inj')).includes('inject'));
  });

  it('tells behind each statement what came of it', async () => {
    const conversation = await atSynReceived();
    const lines = async (args: object) => {
      const { body } = await conversation.client.customRequest('tcpflow/inlineValues', args);
      const { values } = body as { values: { line: number; text: string }[] };
      return values.map(({ line, text }) => `${line} ${text}`);
    };
    const all = { path: HANDSHAKE, first: 1, last: 99 };
    assert.deepEqual(await lines(all), [
      '8 0.000000 s: LISTEN',
      '9 0.000000 s: SYN_SENT, SND.NXT=101, sends <SEQ=100><CTL=SYN>',
      '11 0.000000 s: client sent <SEQ=100><CTL=SYN> at 0.000000',
    ]);
    assert.deepEqual(await lines({ ...all, first: 9, last: 9 }), [
      '9 0.000000 s: SYN_SENT, SND.NXT=101, sends <SEQ=100><CTL=SYN>',
    ]);
    assert.deepEqual(await lines({ ...all, path: '/elsewhere.tcpflow' }), []);
    await conversation.client.customRequest('tcpflow/numbers', { relative: true });
    assert.match((await lines(all))[1] ?? '', /SND\.NXT=1, sends <SEQ=0>/);
  });
});
