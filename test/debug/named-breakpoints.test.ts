/** Breakpoints by name and on data. */

import assert from 'node:assert/strict';
import { example, serving } from './conversation.js';

const HANDSHAKE = example('handshake');

const NAMED = `host client { isn 100 }
host server { isn 300 }
peer mallory
server: listen 80
client: connect server:80 as mail
expect client ESTABLISHED
wait 1s
client: close
`;

describe('breakpoints', () => {
  const server = serving();

  it('by name are verified, or say why not and what is near', async () => {
    const conversation = await server.converse();
    await conversation.launch({ program: server.script(NAMED, 'named.tcpflow') });
    const names = [
      'SYN_RCVD',
      'server:SYN-RECEIVED',
      'server.c1:ESTABLISHED',
      'LISTEN->SYN_RCVD',
      'client:*->CLOSED',
      'SYN_RCVD->',
      'other-states/5-ack',
      'LISTEN->TIME_WAIT',
      'sever:SYN_RCVD',
      'SYN_RCDV',
      'other-states/5-akc',
      '',
      '5-ack',
      'SYN_RCVD refusd',
      'client.mial:ESTABLISHED',
      'mallory:LISTEN',
    ];
    const { body } = await conversation.client.setFunctionBreakpointsRequest({
      breakpoints: names.map((name) => ({ name })),
    });
    const verified = body.breakpoints.map((one) => one.verified);
    assert.deepEqual(
      verified,
      names.map((_, i) => i < 7),
    );
    const messages = body.breakpoints.slice(7).map(({ message }) => message ?? '');
    assert.match(messages[0] ?? '', /No rule moves a connection from LISTEN to TIME_WAIT/);
    assert.match(messages[1] ?? '', /Did you mean `server/);
    assert.match(messages[2] ?? '', /Did you mean `SYN_RCVD`/);
    assert.match(messages[3] ?? '', /Did you mean `other-states\/5-ack`/);
    assert.match(messages[5] ?? '', /Did you mean `other-states\/5-ack`/);
    assert.match(messages[6] ?? '', /Did you mean `SYN_RCVD refused`/);
    assert.match(
      messages[7] ?? '',
      /there are mail and c1, c2 and so on\. Did you mean `client\.mail`/,
    );
    assert.match(messages[8] ?? '', /`mallory` is a peer without a TCP/);
  });

  it('by name know the names that were given in the console', async () => {
    const conversation = await server.converse();
    await conversation.launch({ program: server.script(NAMED, 'named.tcpflow') });
    const set = async () => {
      const args = { breakpoints: [{ name: 'client.later:FIN_WAIT_1' }] };
      const { body } = await conversation.client.setFunctionBreakpointsRequest(args);
      return body.breakpoints[0]?.verified;
    };
    assert.equal(await set(), false);
    await conversation.go('next', 'next');
    await conversation.evaluate('client: connect server:80 as later');
    await conversation.stop();
    assert.equal(await set(), true);
  });

  it('on any move of a host stop at each of its transitions', async () => {
    const conversation = await server.converse();
    await conversation.launch({ program: HANDSHAKE }, { functions: [{ name: 'client: *->*' }] });
    const texts = [];
    for (let i = 0; i < 2; i++) texts.push((await conversation.go('continue')).text);
    assert.match(texts[0] ?? '', /^client entered SYN_SENT/);
    assert.match(texts[1] ?? '', /^client entered ESTABLISHED from SYN_SENT: /);
  });

  it('on data say what is near where a name means nothing, and which hit counts there are none of', async () => {
    const conversation = await server.converse();
    const { client } = conversation;
    await conversation.launch({ program: server.script(NAMED, 'named.tcpflow') });
    const why = async (name: string) =>
      (await client.dataBreakpointInfoRequest({ name })).body.description;
    assert.match(await why('client.mial.SND.NXT'), /Did you mean `client\.mail`/);
    assert.match(await why('client.SND.NXTT'), /Did you mean `SND\.NXT`/);
    assert.match(await why('client.timers.persit'), /Did you mean `timers\.persist`/);
    assert.match(await why('clent.SND.NXT'), /`clent` is not known.*Did you mean `client`/);
    assert.match(await why('mallory.SND.NXT'), /mallory/);
    const hits = ['0', '<1', '% 0', '<= 0', '1', '< 2', '>= 0', '%1'];
    const { breakpoints } = (
      await client.setDataBreakpointsRequest({
        breakpoints: hits.map((hitCondition) => ({ dataId: 'client.snd.nxt', hitCondition })),
      })
    ).body;
    assert.deepEqual(
      breakpoints.map(({ verified }) => verified),
      hits.map((_, i) => i >= 4),
    );
  });

  it('by name stop at the transition, at the leaving, at the rule', async () => {
    const conversation = await server.converse();
    const functions = ['client.c1:ESTABLISHED', 'SYN_RCVD->', 'server:listen/3-syn'];
    await conversation.launch(
      { program: HANDSHAKE },
      { functions: functions.map((name) => ({ name })) },
    );
    const texts = [];
    for (let i = 0; i < 3; i++) texts.push((await conversation.go('continue')).text);
    assert.match(texts[0] ?? '', /^server: Third, check for a SYN: /);
    assert.match(texts[1] ?? '', /^client entered ESTABLISHED from SYN_SENT: /);
    assert.match(texts[2] ?? '', /^server entered ESTABLISHED from SYN_RCVD: /);
  });

  it('on a variable stop where a rule changes it', async () => {
    const conversation = await server.converse();
    const { client } = conversation;
    await conversation.launch({ program: HANDSHAKE }, { functions: [{ name: 'SYN_RCVD' }] });
    await conversation.go('continue');
    const [top] = await conversation.stack();
    const { scopes } = (await client.scopesRequest({ frameId: top?.id ?? 0 })).body;
    const variablesReference = scopes.find(({ name }) => name === 'Connection')?.variablesReference;
    const ask = async (args: object) =>
      (await client.dataBreakpointInfoRequest({ name: '', ...args })).body;
    const row = await ask({ variablesReference, name: 'SND.UNA' });
    assert.equal(row.dataId, 'server.c1.snd.una');
    assert.equal(row.description, 'server.c1: SND.UNA changes');
    assert.equal((await ask({ name: 'RCV.NXT', frameId: top?.id })).dataId, 'server.c1.rcv.nxt');
    assert.equal((await ask({ name: 'client.STATE' })).dataId, 'client.state');
    assert.equal((await ask({ name: 'backlog' })).dataId, null);
    const { breakpoints } = (
      await client.setDataBreakpointsRequest({
        breakpoints: [{ dataId: 'server.c1.snd.una' }, { dataId: 'nobody.snd.una' }],
      })
    ).body;
    assert.deepEqual(
      breakpoints.map(({ verified }) => verified),
      [true, false],
    );
    const stop = await conversation.go('continue');
    assert.equal(stop.reason, 'data breakpoint');
    assert.match(stop.text, /^server: SND\.UNA changed from 300 to 301: /);
  });
});
