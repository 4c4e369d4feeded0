/** Values over time: what an ISN will be, which statement and which moment changed a variable, and what came of a statement. */

import assert from 'node:assert/strict';
import { refusal } from './conversation.js';
import { HANDSHAKE, inspecting, scope, variables } from './inspect.js';

describe('values over time', () => {
  const { atSynReceived, hashed } = inspecting();

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
