/** Expressions in the console, in watches and in hovers, and what completes them. */

import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { refusal } from './conversation.js';
import { HANDSHAKE, inspecting, scope, variables } from './inspect.js';

describe('expressions of the debugger', () => {
  const { server, atSynReceived, hashed } = inspecting();

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

  it('opens lists within what the language has no words for', async () => {
    const conversation = await atSynReceived();
    assert.equal(await conversation.evaluate('client.c1.settings.isn.values'), '1 element');
    assert.equal(await conversation.evaluate('client.c1.queued.sends'), 'empty');
    const { body } = await conversation.client.evaluateRequest({ expression: 'client.queued' });
    const rows = await variables(conversation, body.variablesReference);
    assert.ok(rows.length > 5 && rows.every(({ value }) => value !== ''));
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
});
