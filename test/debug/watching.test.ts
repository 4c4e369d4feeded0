/** Data breakpoints: variables, timers, counters, expressions and numbers of the sequence space; and what refines any breakpoint. */

import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { type Conversation, refusal, serving } from './conversation.js';

const SCRIPT = `host client { isn 100 }
host server { isn 300, backlog 1 }
link client -- server { delay 10ms }
server: listen 80
client: connect server:80
expect client ESTABLISHED
drop client -> server
client: send "hello"
wait 5s
client: send "world"
wait 1s
server: receive
`;

describe('data breakpoints', () => {
  const server = serving();

  /** Stopped where the client calls SEND. */
  async function stopped(): Promise<Conversation> {
    const conversation = await server.converse();
    await conversation.launch({ program: server.script(SCRIPT) }, { lines: [{ line: 7 }] });
    await conversation.go('continue');
    await conversation.client.setBreakpointsRequest({
      source: { path: server.script(SCRIPT) },
      breakpoints: [],
    });
    return conversation;
  }

  type Info = DebugProtocol.DataBreakpointInfoResponse['body'];

  async function info(conversation: Conversation, args: object): Promise<Info> {
    const frameId = (await conversation.stack(1))[0]?.id ?? 0;
    return (await conversation.client.dataBreakpointInfoRequest({ name: '', frameId, ...args }))
      .body;
  }

  /** The row of a scope of the client's top frame. */
  async function row(conversation: Conversation, scope: string, name: string): Promise<Info> {
    const frameId = (await conversation.stack(1))[0]?.id ?? 0;
    const { scopes } = (await conversation.client.scopesRequest({ frameId })).body;
    const variablesReference = scopes.find((one) => one.name === scope)?.variablesReference ?? 0;
    return info(conversation, { variablesReference, name });
  }

  async function watch(
    conversation: Conversation,
    ...breakpoints: DebugProtocol.DataBreakpoint[]
  ): Promise<readonly DebugProtocol.Breakpoint[]> {
    return (await conversation.client.setDataBreakpointsRequest({ breakpoints })).body.breakpoints;
  }

  async function texts(conversation: Conversation): Promise<readonly string[]> {
    const found: string[] = [];
    for (;;) {
      const stop = await conversation.go('continue');
      if (stop.kind === 'terminated') return found;
      found.push(stop.text);
    }
  }

  it('on a timer stop where it is set, and where it is stopped', async () => {
    const conversation = await stopped();
    const { dataId, accessTypes } = await info(conversation, { name: 'timers.retransmission' });
    assert.deepEqual([dataId, accessTypes], ['client.c1.timers.retransmission', ['write']]);
    await watch(conversation, { dataId: dataId ?? '' });
    const found = await texts(conversation);
    assert.equal(
      found[0],
      'client: retransmission timer changed from none to 1 s: SEND Call, ESTABLISHED STATE',
    );
    assert.match(found[1] ?? '', /from 0 s to 2 s: RETRANSMISSION TIMEOUT$/);
    assert.match(found[2] ?? '', /to none: Fifth, check the ACK field$/);
  });

  it('on a row of the timers, of the connection and of its retransmission variables', async () => {
    const conversation = await stopped();
    await conversation.go('next', 'next');
    assert.equal(
      (await row(conversation, 'Timers', 'retransmission')).description?.split(':')[0],
      'client.c1',
    );
    assert.equal((await row(conversation, 'Connection', 'SND.WND')).dataId, 'client.c1.snd.wnd');
    assert.equal((await row(conversation, 'Connection', 'nothing')).dataId, null);
    const sent = await row(conversation, 'Connection', 'retransmissions');
    assert.equal(sent.dataId, 'client.c1.retransmissions');
  });

  it('on counters of a connection and of a host', async () => {
    const conversation = await stopped();
    assert.equal(
      (await info(conversation, { name: 'rto.expiries' })).dataId,
      'client.c1.rto.expiries',
    );
    assert.equal((await info(conversation, { name: 'connections' })).dataId, 'client.connections');
    assert.equal(
      (await info(conversation, { name: 'server.accept-queue' })).dataId,
      'server.accept-queue',
    );
    await watch(
      conversation,
      { dataId: 'client.c1.rto.expiries' },
      { dataId: 'server.accept-queue' },
    );
    const found = await texts(conversation);
    assert.deepEqual(found, [
      'server: accept-queue changed from 0 to 1: Fifth, check the ACK field',
      'client: RTO.EXPIRIES changed from 0 to 1: RETRANSMISSION TIMEOUT',
      'client: RTO.EXPIRIES changed from 1 to 0: Fifth, check the ACK field',
    ]);
  });

  it('on an expression stop where its value changes', async () => {
    const conversation = await stopped();
    const { dataId } = await info(conversation, { name: 'SND.NXT - SND.UNA' });
    assert.equal(dataId, 'client.c1: SND.NXT - SND.UNA');
    await watch(conversation, { dataId: dataId ?? '', condition: 'SND.NXT - SND.UNA > 0' });
    assert.deepEqual(await texts(conversation), [
      'SND.NXT - SND.UNA changed from 0 to 5: SEND Call, ESTABLISHED STATE (SND.NXT - SND.UNA > 0)',
      'SND.NXT - SND.UNA changed from 0 to 5: SEND Call, ESTABLISHED STATE (SND.NXT - SND.UNA > 0)',
    ]);
  });

  it('on numbers of the sequence space stop where they are sent, arrive, and are acknowledged', async () => {
    const conversation = await stopped();
    const { dataId, accessTypes } = await info(conversation, {
      name: 'client SND.NXT..SND.NXT + 4',
    });
    assert.deepEqual([dataId, accessTypes], ['client 101..105', ['write', 'read', 'readWrite']]);
    await watch(conversation, { dataId: '101..105' });
    const sent = /^client sends 101\.\.105 in <SEQ=101>/;
    const found = await texts(conversation);
    assert.equal(found.length, 4);
    assert.match(found[0] ?? '', sent);
    assert.match(found[1] ?? '', sent);
    assert.match(found[2] ?? '', /^101\.\.105 arrive at server in <SEQ=101>/);
    assert.match(
      found[3] ?? '',
      /^101\.\.105 of client are acknowledged: SND\.UNA 101 -> 106: Fifth, check the ACK field$/,
    );
  });

  it('on numbers take the way of access, or a word for it', async () => {
    const count = async (...wanted: DebugProtocol.DataBreakpoint[]) => {
      const conversation = await stopped();
      await watch(conversation, ...wanted);
      return (await texts(conversation)).length;
    };
    assert.equal(await count({ dataId: '101..105', accessType: 'write' }), 2);
    assert.equal(await count({ dataId: '101..105', accessType: 'read' }), 2);
    assert.equal(await count({ dataId: 'client.c1 sent 103..103' }), 2);
    assert.equal(await count({ dataId: 'client acknowledged 103..103' }), 1);
    assert.equal(await count({ dataId: 'server.c1 received 103..103' }), 1);
    assert.equal(await count({ dataId: 'client SND 103..103' }), 3);
    assert.equal(await count({ dataId: 'server RCV 103..103' }), 1);
    assert.equal(await count({ dataId: 'server sent 103..103' }), 0);
    assert.equal(await count({ dataId: 'client sent 99..100' }), 0);
  });

  it('on numbers are named by whose they are, by what happens to them and how', async () => {
    const conversation = await stopped();
    for (const [name, ...expected] of [
      ['101..105', '101..105', 'write', 'read', 'readWrite'],
      ['client sent SND.NXT..SND.NXT+4', 'client sent 101..105', 'write'],
      ['server RCV 101..105', 'server received 101..105', 'read'],
      ['SND ISS..ISS+99', 'client.c1 sent,acknowledged 100..199', 'readWrite'],
    ]) {
      const { dataId, accessTypes } = await info(conversation, { name });
      assert.deepEqual([dataId, ...(accessTypes ?? [])], expected, name);
    }
    // At a frame of the past, names are as they were then.
    const sent = (await conversation.stack(1)).find(({ name }) => /-> SYN_SENT/.test(name));
    const then = { name: 'sent SND.UNA..SND.NXT', frameId: sent?.id };
    assert.equal((await info(conversation, then)).dataId, 'client.c1 sent 100..101');
  });

  it('on an address is on that sequence number of anybody', async () => {
    const conversation = await stopped();
    const { dataId } = await info(conversation, { name: '0x65', asAddress: true, bytes: 5 });
    assert.equal(dataId, '101..105');
    const one = await info(conversation, { name: '0x65', asAddress: true });
    assert.equal(one.dataId, '101..101');
    assert.equal((await info(conversation, { name: 'SND.NXT', bytes: 5 })).dataId, '101..105');
    const own = await info(conversation, { name: 'client.c1.SND.NXT', bytes: 5 });
    assert.equal(own.dataId, 'client.c1 101..105');
    assert.equal((await info(conversation, { name: 'SND.NXT', bytes: 0 })).dataId, null);
    for (const name of ['0x100000000', 'SND.NXT', '', '-1']) {
      assert.equal((await info(conversation, { name, asAddress: true })).dataId, null, name);
    }
  });

  it('on the row of a segment is on the numbers that it occupies', async () => {
    const conversation = await stopped();
    await conversation.go('next', 'stepIn');
    for (const name of ['segment', 'SEG.SEQ', 'SEG.LEN', 'data']) {
      assert.equal((await row(conversation, 'Segment', name)).dataId, '101..105', name);
    }
    assert.equal((await row(conversation, 'In flight', '#3')).dataId, null, 'an ACK alone');
    await conversation.evaluate('client: send "again"');
    await conversation.stop();
    const last = [...(await conversation.scope('In flight')).keys()].at(-1) ?? '';
    assert.equal((await row(conversation, 'In flight', last)).dataId, '106..110');
  });

  it('on a segment by its name is on the numbers that its row is on', async () => {
    const conversation = await stopped();
    await conversation.go('next', 'stepIn');
    for (const name of ['seg', 'SEG.SEQ', 'seg.len', ' SEG.DATA ']) {
      assert.equal((await info(conversation, { name })).dataId, '101..105', name);
    }
    assert.equal((await info(conversation, { name: 'SEG.WND' })).dataId, null);
    assert.equal((await info(conversation, { name: '#3' })).dataId, null, 'an ACK alone');
    await conversation.evaluate('inject client -> server PSH,ACK seq=106 ack=301 len=5 as more');
    await conversation.stop();
    const last = [...(await conversation.scope('In flight')).keys()].at(-1) ?? '';
    for (const name of [last, `${last}.seq`, 'more', 'more.seq']) {
      assert.equal((await info(conversation, { name })).dataId, '106..110', name);
    }
  });

  it('on numbers around the end of the sequence space', async () => {
    const conversation = await server.converse();
    const text = SCRIPT.replace('isn 100', 'isn 4294967293');
    await conversation.launch({ program: server.script(text, 'around.tcpflow') });
    await watch(conversation, { dataId: 'client sent 4294967295..1' });
    assert.match(
      (await conversation.go('continue')).text,
      /^client sends 4294967295\.\.1 in <SEQ=4294967294>/,
    );
  });

  it('that mean nothing are not verified, and say what would', async () => {
    const conversation = await stopped();
    const answers = await watch(
      conversation,
      { dataId: 'nobody.snd.una' },
      { dataId: 'client.c1.nonsense' },
      { dataId: 'client.c1.snd.una', accessType: 'read' },
      { dataId: 'nobody sent 1..2' },
      { dataId: 'client sent 1..' },
    );
    assert.deepEqual(
      answers.map(({ verified }) => verified),
      [false, false, false, false, false],
    );
    assert.match(answers[0]?.message ?? '', /`nobody` is not known here/);
    assert.match(answers[3]?.message ?? '', /is nothing that can be watched/);
    assert.match(answers[2]?.message ?? '', /cannot be watched for "read", but for "write"/);
    assert.equal((await info(conversation, { name: 'nonsense' })).dataId, null);
    const nobody = await info(conversation, { name: 'client.mail.SND.UNA' });
    assert.equal(nobody.dataId, null);
    assert.match(nobody.description, /`mail`/);
  });

  it('set before the launch are looked at when the script is known', async () => {
    const conversation = await server.converse();
    await conversation.client.initializeRequest();
    const [early] = await watch(conversation, { dataId: 'client.c1.snd.una' });
    assert.equal(early?.verified, false);
    await conversation.launch({ program: server.script(SCRIPT), stopOnEntry: false });
    assert.equal(conversation.changes.find(({ id }) => id === early?.id)?.verified, true);
  });
});

describe('what refines a breakpoint', () => {
  const server = serving();

  async function hits(set: (client: Conversation['client']) => Promise<unknown>) {
    const conversation = await server.converse();
    await conversation.launch({ program: server.script(SCRIPT) }, { filters: [] });
    await set(conversation.client);
    let count = 0;
    while ((await conversation.go('continue')).kind !== 'terminated') count++;
    return { count, lines: conversation.lines().filter((line) => line.startsWith('> ')) };
  }

  const byName = (more: object) => (client: Conversation['client']) =>
    client.setFunctionBreakpointsRequest({ breakpoints: [{ name: 'open/closed', ...more }] });
  const byRule = (more: object) => (client: Conversation['client']) =>
    client.setFunctionBreakpointsRequest({ breakpoints: [{ name: 'link/deliver', ...more }] });
  const data = (more: object) => (client: Conversation['client']) =>
    client.setDataBreakpointsRequest({ breakpoints: [{ dataId: 'client.snd.nxt', ...more }] });
  const filter = (condition: string) => (client: Conversation['client']) =>
    client.setExceptionBreakpointsRequest({
      filters: [],
      filterOptions: [{ filterId: 'state', condition }],
    });

  it('a hit count picks, by name, on data and on a filter', async () => {
    assert.equal((await hits(byName({}))).count, 2);
    assert.equal((await hits(byName({ hitCondition: '2' }))).count, 1);
    const all = (await hits(byRule({}))).count;
    assert.ok(all >= 6);
    for (const [text, expected] of [
      ['1', 1],
      ['== 3', 1],
      ['>= 3', all - 2],
      ['> 3', all - 3],
      ['<= 2', 2],
      ['< 2', 1],
      ['% 2', Math.floor(all / 2)],
    ] as const) {
      assert.equal((await hits(byRule({ hitCondition: text }))).count, expected, text);
      assert.equal((await hits(byRule({ condition: `hit ${text}` }))).count, expected, text);
    }
    assert.equal((await hits(data({ hitCondition: '2' }))).count, 1);
    assert.equal((await hits(filter('hit >= 2'))).count, (await hits(filter('true'))).count - 1);
  });

  it('a condition about the segment that a link decides about', async () => {
    const lost = (condition: string) => (client: Conversation['client']) =>
      client.setExceptionBreakpointsRequest({
        filters: [],
        filterOptions: [{ filterId: 'lost', condition }],
      });
    assert.equal((await hits(lost('SEG.LEN == 5 and SEG.SEQ == client.ISS + 1'))).count, 1);
    assert.equal((await hits(lost('SEG.LEN == 6'))).count, 0);
    const answers = byRule({ condition: 'SEG.LEN == 0 and SEG.ACK == 106 log "> {SEG.SEQ}"' });
    assert.deepEqual((await hits(answers)).lines, ['> 301']);
  });

  it('a log message is printed instead of stopping, also where the client has no field for it', async () => {
    for (const set of [
      byName({ logMessage: '> {STATE}' }),
      byName({ condition: 'log "> {STATE}"' }),
    ]) {
      assert.deepEqual(await hits(set), { count: 0, lines: ['> LISTEN', '> SYN_SENT'] });
    }
    const said = { count: 0, lines: ['> 101', '> 106', '> 111'] };
    assert.deepEqual(await hits(data({ condition: 'log "> {SND.NXT}"' })), said);
    const late = { count: 0, lines: ['> 106', '> 111'] };
    assert.deepEqual(await hits(data({ condition: 'SND.NXT > 101 log "> {SND.NXT}"' })), late);
    assert.deepEqual(await hits(data({ condition: 'hit >= 2 log "> {SND.NXT}"' })), late);
    const states = await hits(filter('client.STATE == SYN_SENT hit 1 log "> \\"{time}\\""'));
    assert.deepEqual(states, { count: 0, lines: ['> "0 s"'] });
  });

  it('that cannot be read says what is wrong with it', async () => {
    const conversation = await server.converse();
    await conversation.launch({ program: server.script(SCRIPT) });
    const problem = async (more: object) => {
      const breakpoints = [{ name: 'LISTEN', ...more }];
      const { body } = await conversation.client.setFunctionBreakpointsRequest({ breakpoints });
      return body.breakpoints[0]?.message ?? '';
    };
    assert.match(await problem({ condition: 'hit x' }), /^The hit count "x" is not understood/);
    assert.match(await problem({ condition: 'log "{"' }), /^The log message "{" cannot be read/);
    assert.match(await problem({ logMessage: 'by {nobody}' }), /`nobody` is not known here/);
    assert.equal(await problem({ logMessage: '{STATE} {seg.seq}' }), await problem({}));
    assert.match(await problem({ condition: 'STATE ==' }), /^The condition "STATE ==" cannot/);
    assert.match(
      await problem({ condition: 'hit 3', hitCondition: '4' }),
      /^The hit count is given twice/,
    );
    assert.match(await problem({ condition: 'true hit %0' }), /is not understood/);
    assert.ok(await refusal(conversation.client.send('tcpflow/eventAtHost', { threadId: 77 })));
  });
});
