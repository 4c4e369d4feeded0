/** Breakpoints on refused attempts, conditions of exception filters, several reasons at once, and several clients. */

import assert from 'node:assert/strict';
import { refusal, serving } from './conversation.js';

const REFUSED = `host client { isn 100 }
host server { isn 300 }
client: connect server:81
wait 100ms
server: listen 80
client: connect server:80
expect client ESTABLISHED
inject client -> server ACK seq=5 ack=301 data="old"
wait 100ms
client: connect server:80
wait 100ms
client: shutdown
client: send "late"
wait 1s
`;

const ENDLESS = `host client
host server
repeat 1000000 {
  client: connect server:80
  wait 1s
}
`;

describe('a breakpoint named refused', () => {
  const server = serving();

  async function reasons(name: string, text = REFUSED): Promise<readonly string[]> {
    const conversation = await server.converse();
    const program = server.script(text);
    await conversation.launch({ program }, { functions: [{ name }] });
    const said: string[] = [];
    for (let i = 0; i < 20; i++) {
      const stop = await conversation.go('continue');
      if (stop.kind === 'terminated') break;
      said.push(stop.text.replace(/: [^:]*$/, ''));
    }
    return said;
  }

  it('stops on a reset in answer, a discarded segment and a call that fails', async () => {
    const all = await reasons('refused');
    assert.match(
      all[0] ?? '',
      /^server in CLOSED refused: answers with <SEQ=0><ACK=101><CTL=RST,ACK>/,
    );
    assert.ok(all.some((one) => /^server in ESTABLISHED refused: discards the segment/.test(one)));
    assert.ok(all.some((one) => /^client in \w+ refused: the call fails/.test(one)));
  });

  it('is restricted to a host or a state', async () => {
    const atServer = await reasons('server:refused');
    assert.ok(atServer.length > 0 && atServer.every((one) => one.startsWith('server in ')));
    const inState = await reasons('ESTABLISHED refused');
    assert.ok(inState.length > 0 && inState.every((one) => one.includes(' in ESTABLISHED ')));
  });

  it('names no state of a segment that nobody has looked at', async () => {
    const text = `${REFUSED}client: connect server:80\nexpect client ESTABLISHED
corrupt client -> server\nclient: send "hello"\nwait 100ms\ncrash server\nwait 2s\n`;
    const all = await reasons('refused', text);
    assert.ok(all.includes('server refused: discards the segment (checksum)'), all.join('\n'));
    assert.ok(all.includes('server refused: discards the segment (the host is down)'));
    const closed = await reasons('CLOSED refused', text);
    assert.ok(closed.length > 0 && closed.every((one) => !/checksum|is down/.test(one)));
  });

  it('says which state there is none of', async () => {
    const conversation = await server.converse();
    await conversation.launch({ program: server.script(REFUSED) });
    const args = { breakpoints: [{ name: 'ESTABLSHED refused' }] };
    const { body } = await conversation.client.setFunctionBreakpointsRequest(args);
    assert.equal(body.breakpoints[0]?.verified, false);
    assert.match(body.breakpoints[0]?.message ?? '', /ESTABLISHED/);
  });

  it('and a filter, a name and a variable that hold at one place are all said', async () => {
    const conversation = await server.converse();
    const { client } = conversation;
    const program = server.script(REFUSED);
    const functions = [{ name: 'SYN_RCVD' }, { name: 'server:LISTEN->SYN_RCVD' }];
    await conversation.launch({ program }, { functions, filters: ['state'] });
    const breakpoints = [{ dataId: 'server.c1.rcv.nxt' }];
    await client.send('setDataBreakpoints', { breakpoints });
    let stop = await conversation.go('continue');
    while (!stop.text.includes('SYN_RCVD')) stop = await conversation.go('continue');
    assert.match(stop.text, /server entered SYN_RCVD from LISTEN/);
    assert.match(stop.text, /server: LISTEN -> SYN_RCVD/);
    assert.match(stop.text, /RCV\.NXT changed from 0 to 101/);
    assert.equal(stop.ids.length, 3);
  });
});

describe('a condition of an exception filter', () => {
  const server = serving();

  it('stops only where it holds, for each filter', async () => {
    const expected = { state: 'server.STATE == ESTABLISHED', rst: 'seg.ack == 101' };
    for (const [filterId, condition] of Object.entries(expected)) {
      const conversation = await server.converse();
      const options = [{ filterId, condition }];
      await conversation.launch({ program: server.script(REFUSED) }, { options });
      const stop = await conversation.go('continue');
      assert.equal(stop.reason, 'exception');
      assert.ok(stop.text.endsWith(`(${condition})`), stop.text);
      assert.equal(await conversation.evaluate(condition), 'true');
    }
  });

  it('never stops where it never holds', async () => {
    const conversation = await server.converse();
    const options = ['state', 'rst', 'discarded', 'retransmission', 'lost'].map((filterId) => ({
      filterId,
      condition: 'time > 50s',
    }));
    await conversation.launch({ program: server.script(REFUSED) }, { options });
    assert.equal((await conversation.go('continue')).kind, 'terminated');
  });

  it('that cannot be read is not verified, and says why', async () => {
    const conversation = await server.converse();
    await conversation.launch({ program: server.script(REFUSED) });
    const filterOptions = [{ filterId: 'rst', condition: 'SND.NXTT > 5' }];
    const args = { filters: [], filterOptions };
    const { body } = await conversation.client.setExceptionBreakpointsRequest(args);
    const [answer] = body?.breakpoints ?? [];
    assert.equal(answer?.verified, false);
    assert.match(answer?.message ?? '', /SND\.NXT/);
  });
});

describe('a server on a port', () => {
  const server = serving();

  it('serves one client after the other, each with a run of its own', async () => {
    for (const turn of [1, 2]) {
      const conversation = await server.converse();
      await conversation.launch({ program: server.script(REFUSED) });
      await conversation.go('next');
      await conversation.evaluate(`let turn = ${turn}`);
      await conversation.stop();
      assert.equal(await conversation.evaluate('turn'), String(turn));
      await conversation.client.disconnectRequest();
    }
  });

  it('outlives a client that leaves in the middle of a long run', async () => {
    const first = await server.converse();
    await first.launch({
      program: server.script(ENDLESS, 'endless.tcpflow'),
      maxSteps: 10_000_000,
    });
    await first.client.continueRequest({ threadId: 1 });
    await first.client.disconnectRequest();
    const second = await server.converse();
    assert.equal((await second.launch({ program: server.script(REFUSED) })).reason, 'entry');
  });

  it('refuses during a long run what needs a stop, edits too', async () => {
    const conversation = await server.converse();
    const { client } = conversation;
    const program = server.script(ENDLESS, 'endless.tcpflow');
    await conversation.launch({ program, maxSteps: 10_000_000 });
    await client.continueRequest({ threadId: 1 });
    const requests = {
      setVariable: { variablesReference: 1, name: 'SND.WND', value: '0' },
      setExpression: { expression: 'client.SND.WND', value: '0' },
      stepInTargets: { frameId: 1 },
      stepIn: { threadId: 1, targetId: 1 },
      terminateThreads: { threadIds: [1] },
      readMemory: { memoryReference: '#1', count: 4 },
      writeMemory: { memoryReference: '#1', data: '' },
      evaluate: { expression: 'client: close', context: 'repl' },
    };
    for (const [command, args] of Object.entries(requests)) {
      const answer = await refusal(client.send(command, args));
      assert.equal(answer, `"${command}" needs a stop: the run goes on. Send "pause" first.`);
    }
    const set = await client.setFunctionBreakpointsRequest({ breakpoints: [{ name: 'refused' }] });
    assert.equal(set.body.breakpoints[0]?.verified, true);
    // It counts at once: the run that goes on stops there.
    assert.equal((await conversation.stop()).reason, 'function breakpoint');
  });
});
