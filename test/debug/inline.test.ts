/** The session inside an editor: messages instead of streams, documents by URI, and what the views are told. */

import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import fc from 'fast-check';
import { example } from './conversation.js';
import { inline } from './in-process.js';

const HANDSHAKE = example('handshake');

interface Frames {
  readonly stackFrames: readonly DebugProtocol.StackFrame[];
}

describe('the session inside an editor', () => {
  it('names the documents of the RFC by URI, and fills in the numbers of the moment', async () => {
    const { ask, launch, named } = inline();
    await launch();
    ask('setFunctionBreakpoints', { breakpoints: [{ name: 'server:SYN_RCVD' }] });
    ask('continue', { threadId: 1 });
    const [top] = ask<Frames>('stackTrace', { threadId: 2 }).stackFrames;
    const uri = top?.source?.path ?? '';
    assert.equal(uri, 'tcpflowrfc:/3.10.7.2%20LISTEN%20STATE.txt');
    assert.equal(top?.source?.sourceReference, undefined);
    const text = ask<{ text: string; lines: { line: number; when: string }[] }>('tcpflow/rfc', {
      uri,
    });
    assert.deepEqual(
      text.lines.map(({ line, when }) => `${line} ${when}`),
      ['5 made', '9 made', '13 now', '17 later', '21 later'],
    );
    const lines = text.text.split('\n');
    assert.equal(lines[12], 'Third, check for a SYN');
    assert.match(lines[13] ?? '', /RCV\.NXT=101/);
    assert.equal(lines[16], 'Fourth, other data or control');
    assert.equal(lines[17], '');
    ask('stepBack', { threadId: 2 });
    const before = ask<{ text: string }>('tcpflow/rfc', { uri }).text.split('\n');
    assert.equal(before[12], lines[12]);
    assert.equal(before[13], '');
    assert.deepEqual(named('tcpflow/moved').at(-1)?.body, { step: 4, microstep: 1 });
  });

  it('tells the views before the editor that the cursor has moved', async () => {
    const { ask, launch, events } = inline();
    await launch();
    ask('tcpflow/view', { kind: 'ready', view: 'sequence' });
    ask('tcpflow/view', { kind: 'ready', view: 'tables' });
    const kinds = (from: number) =>
      events
        .slice(from)
        .filter(({ event }) => event !== 'output')
        .map(({ event, body }) => `${event} ${body?.kind ?? ''}`.trim());
    assert.deepEqual(kinds(0).slice(-3), [
      'tcpflow/view diagram',
      'tcpflow/view rows',
      'tcpflow/view tables',
    ]);
    const before = events.length;
    ask('next', { threadId: 1 });
    assert.deepEqual(kinds(before), [
      'tcpflow/moved',
      'tcpflow/view moved',
      'tcpflow/view tables',
      'stopped',
    ]);
  });

  it('travels where a view says, and opens the statement that it asks for', async () => {
    const { ask, launch, named } = inline();
    await launch();
    for (let i = 0; i < 4; i++) ask('next', { threadId: 1 });
    ask('tcpflow/view', { kind: 'travel', step: 2, microstep: -1 });
    assert.equal(named('stopped').at(-1)?.body.reason, 'goto');
    assert.deepEqual(named('tcpflow/moved').at(-1)?.body, { step: 2, microstep: -1 });
    ask('tcpflow/view', { kind: 'open', statement: 1 });
    assert.deepEqual(named('tcpflow/open').at(-1)?.body, {
      name: 'handshake.tcpflow',
      path: HANDSHAKE,
      line: 9,
      column: 3,
    });
  });

  it('keeps the record for the views when the run is over', async () => {
    const { ask, launch, named } = inline();
    await launch();
    ask('continue', { threadId: 1 });
    assert.equal(named('terminated').length, 1);
    const told = named('tcpflow/view').length;
    ask('disconnect');
    ask('tcpflow/view', { kind: 'ready', view: 'sequence' });
    assert.equal(named('tcpflow/view').length, told + 2);
    const uri = 'tcpflowrfc:/3.10.7.4%20Other%20States.txt';
    assert.match(ask<{ text: string }>('tcpflow/rfc', { uri }).text, /^3\.10\.7\.4/);
    const stops = named('stopped').length;
    ask('tcpflow/view', { kind: 'travel', step: 2, microstep: -1 });
    assert.deepEqual(named('tcpflow/moved').at(-1)?.body, { step: 2, microstep: -1 });
    assert.equal(named('stopped').length, stops);
  });

  it('undoes any steps by as many steps back', async () => {
    const moves = fc.array(fc.constantFrom('next', 'stepIn', 'stepOut'), { maxLength: 40 });
    const { ask, launch, named } = inline();
    await launch();
    const place = () => named('tcpflow/moved').at(-1)?.body;
    fc.assert(
      fc.property(moves, (path) => {
        ask('reverseContinue', { threadId: 1 });
        const visited = [place()];
        for (const move of path) {
          if (isAtEnd()) break;
          ask(move, { threadId: 1 });
          visited.push(place());
        }
        for (const expected of visited.reverse()) {
          assert.deepEqual(place(), expected);
          if (expected !== visited.at(-1)) ask('stepBack', { threadId: 1 });
        }
      }),
      { numRuns: 40 },
    );

    function isAtEnd(): boolean {
      return named('stopped').at(-1)?.body.description === 'Paused at the end of the run';
    }
  });

  it('answers a request of any kind at any moment, and never with a defect', async () => {
    const commands = [
      'threads',
      'stackTrace',
      'scopes',
      'variables',
      'evaluate',
      'next',
      'stepIn',
      'stepBack',
      'reverseContinue',
      'setFunctionBreakpoints',
      'gotoTargets',
      'tcpflow/travel',
      'tcpflow/view',
      'source',
    ];
    const args = fc.dictionary(
      fc.constantFrom(
        'threadId',
        'frameId',
        'variablesReference',
        'expression',
        'start',
        'kind',
        'step',
      ),
      fc.oneof(fc.integer({ min: -2, max: 40 }), fc.string(), fc.constant(undefined)),
    );
    const { launch, events, raw } = withRaw();
    await launch();
    fc.assert(
      fc.property(fc.constantFrom(...commands), args, (command, given) => {
        const { success, message } = raw(command, given);
        assert.equal(success || !/defect/.test(message ?? ''), true, `${command}: ${message}`);
      }),
      { numRuns: 300 },
    );
    assert.equal(
      events.some(({ body }) => /defect/.test(body?.output ?? '')),
      false,
    );
  });
});

/** A session whose refusals are answers, too. */
function withRaw() {
  const { launch, events, ask } = inline();
  const raw = (command: string, given: object): { success: boolean; message?: string } => {
    try {
      ask(command, given);
      return { success: true };
    } catch (error) {
      return { success: false, message: (error as Error).message };
    }
  };
  return { launch, events, raw };
}
