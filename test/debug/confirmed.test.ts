/** A value that a client's user confirms as it was shown: nothing is set. */

import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { type Conversation, serving, stoppedOn } from './conversation.js';

const TALK = `host client { isn 100 }
host server { isn 300 }
link client -- server { delay 10ms, loss 1%, rate 10Mbps }
server: listen 80
client: connect server:80
expect client ESTABLISHED
client: send "hello"
wait 5ms
client: send "again"
wait 1s
`;

describe('a value that is confirmed as it was shown', () => {
  const server = serving();

  const stoppedAt = (line: number) => stoppedOn(server, server.script(TALK), line);

  const rowsOf = async ({ client }: Conversation, variablesReference: number) =>
    (await client.variablesRequest({ variablesReference })).body.variables;

  /** Confirms every row that can be set, and those below it; gives their names. */
  async function confirm(conversation: Conversation, reference: number): Promise<string[]> {
    const found: string[] = [];
    for (const { name, value, variablesReference, presentationHint } of await rowsOf(
      conversation,
      reference,
    )) {
      if (presentationHint?.attributes?.includes('readOnly') !== true) {
        const args = { variablesReference: reference, name, value };
        const { body } = await conversation.client.setVariableRequest(args);
        assert.equal(body.value, value, name);
        found.push(name);
      }
      if (variablesReference > 0) found.push(...(await confirm(conversation, variablesReference)));
    }
    return found;
  }

  async function scopesOf({ client, stack }: Conversation, thread: number) {
    const frameId = (await stack(thread))[0]?.id ?? 0;
    return (await client.scopesRequest({ frameId })).body.scopes;
  }

  async function isAsWritten(conversation: Conversation): Promise<void> {
    const { body } = await conversation.client.send('tcpflow/script');
    assert.doesNotMatch(body.text as string, /^\s*(set|deliver|fire) /m);
  }

  for (const line of [6, 9]) {
    it(`changes nothing, whatever row it is of, at line ${line}`, async () => {
      const conversation = await stoppedAt(line);
      const { threads } = (await conversation.client.threadsRequest()).body;
      const found = new Set<string>();
      for (const thread of threads.map(({ id }) => id)) {
        for (const { variablesReference } of await scopesOf(conversation, thread))
          for (const name of await confirm(conversation, variablesReference)) found.add(name);
      }
      const some = ['SND.WND', 'delay', 'loss', 'rate', 'retransmission'];
      for (const name of some) assert.ok(found.has(name), `${name} in ${[...found]}`);
      await isAsWritten(conversation);
    });
  }

  it('changes nothing in a watch either: a timer reads as what it is set to, the time that is left', async () => {
    const conversation = await stoppedAt(9);
    const frameId = (await conversation.stack())[0]?.id ?? 0;
    const expression = 'client.timers.user';
    const value = async () => {
      const args: DebugProtocol.EvaluateArguments = { expression, frameId, context: 'watch' };
      return (await conversation.client.evaluateRequest(args)).body.result;
    };
    const shown = await value();
    await conversation.client.send('setExpression', { expression, value: shown, frameId });
    assert.equal(await value(), shown);
    await isAsWritten(conversation);
    // Written otherwise it is set, to the same.
    await conversation.client.send('setExpression', {
      expression,
      value: `${shown} + 0s`,
      frameId,
    });
    await conversation.stop();
    assert.equal(await value(), shown);
    assert.match(await conversation.evaluate(`${expression} + time`), /^300\.02\d* s$/);
    const { body } = await conversation.client.send('tcpflow/script');
    assert.match(body.text as string, /^set client\.timers\.user = /m);
  });
});
