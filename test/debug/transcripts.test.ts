/** Conversations with the debugger as transcripts that are checked in: what is asked, what is answered, and each stop. */

import path from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { golden } from '../golden.js';
import { type Conversation, serving } from './conversation.js';

const SCRIPT = `host client { isn 100 }
host server { isn 300 }
link client -- server { delay 10ms }
server: listen 80
client: connect server:80
expect server -> client SYN,ACK ack=101
expect client ESTABLISHED
drop client -> server
client: send "hello"
wait 3s
client: close
wait 1s
inject client -> server RST seq=9
wait 1s
expect server ESTABLISHED
`;

describe('a conversation', () => {
  const server = serving();

  /** A conversation that writes down what is said. */
  async function recorded() {
    const conversation = await server.converse();
    const program = server.script(SCRIPT, 'talk.tcpflow');
    const source = { path: program };
    await conversation.launch({ program }, { filters: ['failed'] });
    const lines: string[] = [];

    async function ask(command: string, args: object = {}): Promise<unknown> {
      lines.push(`> ${command} ${shown(args)}`.trimEnd());
      try {
        const { body } = await conversation.client.send(command, args);
        if (body !== undefined) lines.push(...answer(command, body));
        return body;
      } catch (error) {
        lines.push(`< refused: ${(error as Error).message}`);
        return undefined;
      }
    }

    /** A request that moves the cursor, and where it led. */
    async function go(command: string, args: object = { threadId: 1 }): Promise<void> {
      if ((await ask(command, args)) === undefined && lines.at(-1)?.startsWith('< refused')) return;
      await arrive();
    }

    async function arrive(): Promise<void> {
      const { kind, reason, description, text, ids } = await conversation.stop();
      if (kind === 'terminated') return void lines.push('* terminated', '');
      const hit = ids.length > 0 ? ` [${ids.join(', ')}]` : '';
      const said = text === '' ? '' : `: ${text}`;
      lines.push(`* ${reason}: ${description}${said}${hit}`, `  at ${await conversation.at()}`, '');
    }

    return { conversation, source, ask, go, arrive, lines };
  }

  const shown = (value: object): string =>
    JSON.stringify(value, (key, inner) => (key === 'path' ? path.basename(inner) : inner));

  /** What an answer says, a line each thing. */
  function answer(command: string, body: object): readonly string[] {
    if (command === 'continue') return [];
    if (command === 'exceptionInfo') {
      const { exceptionId, details } = body as DebugProtocol.ExceptionInfoResponse['body'];
      return [
        `< ${exceptionId}`,
        ...(details?.message ?? '').split('\n').map((line) => `  ${line}`),
      ];
    }
    if (command === 'tcpflow/script') {
      return (body as { text: string }).text.split('\n').map((line) => `  ${line}`);
    }
    const [list, ...others] = Object.values(body);
    return Array.isArray(list) && others.length === 0
      ? list.map((item) => `< ${shown(item)}`)
      : [`< ${shown(body)}`];
  }

  const frameId = async ({ stack }: Conversation, thread = 1) => (await stack(thread))[0]?.id ?? 0;

  it('about stops', async () => {
    const { conversation, source, ask, go, lines } = await recorded();
    await ask('breakpointLocations', { source, line: 5, endLine: 6 });
    await ask('setFunctionBreakpoints', {
      breakpoints: [
        { name: 'server:SYN_RCVD' },
        { name: 'LISTEN->*', hitCondition: '1' },
        { name: 'SYN_RCVD->', condition: 'ISS == 300 log "the server is {STATE}"' },
        { name: 'LISTEN->TIME_WAIT' },
        { name: 'sever:CLOSED' },
        { name: 'other-states/5-akc' },
      ],
    });
    await ask('setExceptionBreakpoints', {
      filters: ['failed'],
      filterOptions: [
        { filterId: 'lost' },
        { filterId: 'retransmission', condition: 'client.rto > 1s' },
        { filterId: 'discarded' },
        { filterId: 'state', condition: 'client.STATE == FIN_WAIT_1' },
      ],
    });
    await go('continue');
    await ask('setBreakpoints', {
      source,
      breakpoints: [{ line: 5, column: 26 }, { line: 6, column: 17 }, { line: 99 }],
    });
    const frame = await frameId(conversation, 2);
    for (const name of [
      'SND.UNA',
      'timers.retransmission',
      'rto.expiries',
      'SND.NXT - SND.UNA',
      'client sent 101..105',
      'nonsense',
    ]) {
      await ask('dataBreakpointInfo', { name, frameId: frame });
    }
    await ask('dataBreakpointInfo', { name: '0x65', asAddress: true, bytes: 5 });
    await ask('setDataBreakpoints', {
      breakpoints: [
        { dataId: 'client.c1.rto.expiries' },
        { dataId: '101..105', accessType: 'write' },
        { dataId: 'client acknowledged 101..105' },
      ],
    });
    for (let i = 0; i < 12; i++) {
      await go('continue');
      if (lines.at(-2) === '* terminated') break;
      if (lines.some((line, at) => at > lines.length - 4 && line.startsWith('* exception'))) {
        await ask('exceptionInfo', { threadId: 1 });
      }
    }
    lines.push(...conversation.lines().map((line) => `  ${line}`), '');
    golden('debug/transcript-stops.txt', lines.join('\n'));
  });

  it('about moves', async () => {
    const { conversation, source, ask, go, lines } = await recorded();
    await go('next');
    await go('stepIn');
    await go('stepIn');
    await go('stepOut');
    await go('tcpflow/eventAtHost', { threadId: 2 });
    await go('stepIn');
    await go('stepOut');
    await go('next');
    for (let i = 0; i < 3; i++) await go('stepBack');
    await go('tcpflow/reverseOut', {});
    await go('tcpflow/reverseOver', {});
    await ask('setFunctionBreakpoints', { breakpoints: [{ name: 'client:FIN_WAIT_1' }] });
    await go('continue');
    await go('tcpflow/eventAtHost', { threadId: 1, back: true });
    await go('reverseContinue');
    await go('continue');
    await ask('stackTrace', { threadId: 1, startFrame: 2, levels: 3 });
    await ask('stackTrace', { threadId: 1, startFrame: 99, levels: 3 });
    const past = (await conversation.stack(1)).find(({ name }) =>
      name.includes('CLOSED -> SYN_SENT'),
    );
    await go('restartFrame', { frameId: past?.id });
    const body = (await ask('gotoTargets', { source, line: 9 })) as { targets: { id: number }[] };
    await go('goto', { threadId: 1, targetId: body.targets[0]?.id });
    await ask('goto', { threadId: 1, targetId: 4711 });
    await ask('setFunctionBreakpoints', { breakpoints: [] });
    await go('continue');
    await go('next');
    await go('next');
    golden('debug/transcript-moves.txt', lines.join('\n'));
  });

  it('about what happens next, by choice', async () => {
    const { conversation, ask, go, arrive, lines } = await recorded();
    const targets = async () =>
      (
        (await ask('stepInTargets', { frameId: await frameId(conversation) })) as {
          targets: DebugProtocol.StepInTarget[];
        }
      ).targets;
    const choose = async (label: RegExp) => {
      const targetId = (await targets()).find((one) => label.test(one.label))?.id;
      await go('stepIn', { threadId: 1, targetId });
    };
    await go('next');
    await go('next');
    await choose(/^deliver #1/);
    await go('stepOut');
    await choose(/^drop #2/);
    await choose(/^fire server\.c1: retransmission/);
    await choose(/^duplicate #/);
    await ask('setExpression', { expression: 'client -- server.loss', value: '10%' });
    await arrive();
    await ask('setExpression', { expression: 'client.timers.retransmission', value: '2s' });
    await arrive();
    await ask('setExpression', { expression: 'client.ISS', value: '7' });
    await ask('setExpression', { expression: 'client.STATE', value: 'CLOSED' });
    await ask('evaluate', { expression: 'drop server -> client', context: 'repl' });
    await arrive();
    await go('next');
    await choose(/^client: close/);
    await ask('terminateThreads', { threadIds: [2] });
    await arrive();
    await ask('terminateThreads', { threadIds: [1_000_000] });
    lines.push(
      ...(((await ask('tcpflow/script')) as { text?: string })?.text ?? '').split('\n'),
      '',
    );
    golden('debug/transcript-choices.txt', lines.join('\n'));
  });
});
