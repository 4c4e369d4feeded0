/** Setting variables, timers, segments under way and links: each forks the run at the cursor. */

import assert from 'node:assert/strict';
import { type Conversation, refusal, serving, stoppedOn, TALK } from './conversation.js';

describe('setting variables', () => {
  const server = serving();

  const stoppedAt = (line: number) => stoppedOn(server, server.script(TALK), line);

  async function set(conversation: Conversation, expression: string, value: string) {
    const frameId = (await conversation.stack())[0]?.id ?? 0;
    const { body } = await conversation.client.send('setExpression', {
      expression,
      value,
      frameId,
    });
    await conversation.stop();
    return body.value;
  }

  it('sets a send window: the text waits', async () => {
    const conversation = await stoppedAt(8);
    assert.equal(await set(conversation, 'client.SND.WND', '1 - 1'), '0');
    assert.equal(await conversation.evaluate('client.SND.WND'), '0');
    await conversation.go('next');
    assert.equal(await conversation.evaluate('client.SND.NXT - client.SND.UNA'), '0');
    assert.match(await conversation.evaluate('client.timers.persist'), / s$/);
  });

  it('sets a row of the Variables view', async () => {
    const conversation = await stoppedAt(8);
    const frameId = (await conversation.stack())[0]?.id ?? 0;
    const { scopes } = (await conversation.client.scopesRequest({ frameId })).body;
    const reference = scopes.find(({ name }) => name === 'Connection')?.variablesReference ?? 0;
    const args = { variablesReference: reference, name: 'SND.NXT', value: 'SND.NXT + 1000' };
    await conversation.client.setVariableRequest(args);
    const stop = await conversation.stop();
    assert.equal(stop.description, 'Paused after an edit');
    assert.equal(await conversation.evaluate('client.SND.NXT'), '1101');
    const state = { ...args, name: 'STATE', value: 'CLOSED' };
    assert.match(await refusal(conversation.client.setVariableRequest(state)), /cannot be set/);
    const empty = { ...args, value: ' ' };
    assert.match(
      await refusal(conversation.client.setVariableRequest(empty)),
      /SND\.NXT cannot be nothing: it is a sequence number/,
    );
  });

  it('marks as read-only what cannot be set', async () => {
    const conversation = await stoppedAt(8);
    const frameId = (await conversation.stack())[0]?.id ?? 0;
    const { scopes } = (await conversation.client.scopesRequest({ frameId })).body;
    const reference = scopes.find(({ name }) => name === 'Connection')?.variablesReference ?? 0;
    const { variables } = (
      await conversation.client.variablesRequest({ variablesReference: reference })
    ).body;
    const hint = (name: string) =>
      variables.find((one) => one.name === name)?.presentationHint?.attributes;
    assert.equal(hint('SND.WND'), undefined);
    assert.deepEqual(hint('STATE'), ['readOnly']);
    const evaluated = async (expression: string) => {
      const { body } = await conversation.client.evaluateRequest({ expression, context: 'watch' });
      return body.presentationHint?.attributes;
    };
    for (const name of ['client.c1.SND.WND', 'client.SND.WND', 'SND.WND']) {
      assert.equal(await evaluated(name), undefined, name);
    }
    for (const name of ['client.STATE', 'SND.WND + 1', 'client', 'time']) {
      assert.deepEqual(await evaluated(name), ['readOnly'], name);
    }
    // An acknowledgment number means nothing without the bit ACK.
    const early = await stoppedAt(6);
    const syn = await (await early.scope('In flight')).get('#1')?.inner();
    const fields = (
      await early.client.variablesRequest({
        variablesReference: syn?.get('segment')?.reference ?? 0,
      })
    ).body.variables;
    const readOnly = fields.filter(({ presentationHint }) => presentationHint !== undefined);
    assert.deepEqual(
      readOnly.map(({ name }) => name),
      ['SEG.ACK', 'SEG.LEN', 'ECN', 'source port', 'destination port', 'options', 'data'],
    );
  });

  it('sets RTO, and timers by the time that is left', async () => {
    const conversation = await stoppedAt(6);
    await set(conversation, 'client.timers.retransmission', '5ms');
    await conversation.go('stepIn');
    assert.equal((await conversation.stack())[1]?.name, 'time-out: retransmission');
    assert.equal(await conversation.evaluate('time'), '5 ms');
    await set(conversation, 'client.rto', '30s');
    assert.equal(await conversation.evaluate('client.rto'), '30 s');
    await set(conversation, 'client.timers.retransmission', 'off');
    assert.equal((await conversation.scope('Timers')).has('retransmission'), false);
  });

  it('sets an ISS before its SYN, and says why not after it', async () => {
    const conversation = await stoppedAt(5);
    await set(conversation, 'client.ISS', '5000');
    await conversation.go('next');
    assert.equal(await conversation.evaluate('client.ISS'), '5000');
    const late = conversation.client.send('setExpression', {
      expression: 'client.ISS',
      value: '1',
    });
    assert.match(await refusal(late), /The SYN with ISS 5000 has been sent/);
  });

  it('sets fields of a segment under way', async () => {
    const conversation = await stoppedAt(6);
    await set(conversation, '#1.seq', '7000');
    await set(conversation, '#1.ctl', 'SYN,ACK');
    await set(conversation, '#1.arrives', '50ms');
    await conversation.go('stepIn');
    const [, event] = await conversation.stack();
    assert.equal(event?.name, 'segment arrives <SEQ=7000><ACK=0><CTL=SYN,ACK> from client');
    assert.equal(await conversation.evaluate('time'), '50 ms');
    const gone = conversation.client.send('setExpression', { expression: '#1.seq', value: '1' });
    assert.match(await refusal(gone), /#1 is not under way/);
  });

  it('sets the loss and delay of a link', async () => {
    const conversation = await stoppedAt(8);
    await set(conversation, 'client--server.loss', '100%');
    const network = (await conversation.stack(1_000_000))[0]?.id ?? 0;
    const links = await conversation.scope('Links', network);
    assert.equal((await links.get('client -- server')?.inner())?.get('loss')?.value, '100%');
    await conversation.go('next');
    assert.equal((await conversation.scope('In flight')).get('(none)')?.value, 'nothing');
    await set(conversation, 'client--server.loss', '0');
    await set(conversation, 'client -- server.delay', '70ms');
    await conversation.go('stepIn');
  });

  it('refuses values that are none, and leaves the run as it was', async () => {
    const conversation = await stoppedAt(8);
    const { client } = conversation;
    const tried = (expression: string, value: string) =>
      refusal(client.send('setExpression', { expression, value }));
    assert.match(await tried('client.SND.WND', '-5'), /it is a number of octets/);
    assert.match(await tried('client.SND.WND', 'no'), /it is a number of octets/);
    assert.match(await tried('client.SND.UNA', 'client.SND.NXT + 1'), /cannot be beyond SND.NXT/);
    assert.match(await tried('client.rto', '0'), /1ms to 30 days/);
    assert.match(await tried('client--nobody.loss', '5'), /No host is called nobody/);
    assert.match(await tried('client--server.loss', '101'), /a percentage/);
    assert.match(await tried('client.STATE', 'CLOSED'), /cannot be set/);
    assert.match(await tried('server.c9.SND.WND', '5'), /has no connection here/);
    assert.equal(await conversation.at(), 'client: send "hello" @ script.tcpflow:8');
  });
});
