/** A session in this process, as an editor holds it: a message in, messages out. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { createSession } from '../../src/debug/session.js';
import { example } from './conversation.js';

const HANDSHAKE = example('handshake');

/** Launched on the handshake unless told otherwise. `text`: of the script, when it is in no file. */
export function inline(text?: string) {
  const session = createSession({
    readFile: async (file) => text ?? readFileSync(file, 'utf8'),
    pathOf: (name) => name,
    uriOf: (file) => pathToFileURL(file).href,
    normalise: (file) => path.resolve(file),
    resolve: (from, relative) => path.resolve(path.dirname(from), relative),
    documents: 'uri',
  });
  const events: DebugProtocol.Event[] = [];
  const messages: DebugProtocol.ProtocolMessage[] = [];
  const responses = new Map<number, DebugProtocol.Response>();
  session.onDidSendMessage((message) => {
    const one = message as DebugProtocol.ProtocolMessage;
    messages.push(one);
    if (one.type === 'event') events.push(one as DebugProtocol.Event);
    else responses.set((one as DebugProtocol.Response).request_seq, one as DebugProtocol.Response);
  });
  let seq = 0;
  /** The answer to a request that is answered at once. */
  const ask = <Body = unknown>(command: string, args: object = {}): Body => {
    const request = { seq: ++seq, type: 'request', command, arguments: args };
    session.handleMessage(request as DebugProtocol.ProtocolMessage);
    const response = responses.get(seq);
    assert.equal(
      response?.success,
      true,
      response?.message ?? `${command} was not answered at once`,
    );
    return response?.body as Body;
  };
  const launch = async (args: object = {}) => {
    ask('initialize', { adapterID: 'tcpflow' });
    const launching = { seq: ++seq, type: 'request', command: 'launch' };
    const given = { arguments: { program: HANDSHAKE, ...args } };
    session.handleMessage({ ...launching, ...given } as DebugProtocol.ProtocolMessage);
    const at = seq;
    while (!responses.has(at)) await new Promise((resolve) => setImmediate(resolve));
    ask('configurationDone');
  };
  const named = (event: string) => events.filter((one) => one.event === event);
  /** The answer to a request that may take its time: granted or refused. */
  const later = async (command: string): Promise<DebugProtocol.Response> => {
    const at = ++seq;
    const request = { seq: at, type: 'request', command, arguments: {} };
    session.handleMessage(request as DebugProtocol.ProtocolMessage);
    for (;;) {
      const response = responses.get(at);
      if (response) return response;
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  /** Sends a request and does not wait for the answer, which comes among `messages`. */
  const post = (command: string, args: object = {}): number => {
    const request = { seq: ++seq, type: 'request', command, arguments: args };
    session.handleMessage(request as DebugProtocol.ProtocolMessage);
    return seq;
  };
  /** A request that moves the cursor: over when the run stands still again, or has ended. */
  const move = async (command: string, args: object = { threadId: 1 }): Promise<void> => {
    const stops = () => named('stopped').length + named('terminated').length;
    const before = stops();
    ask(command, args);
    while (stops() === before) await new Promise((resolve) => setImmediate(resolve));
  };
  return { ask, move, later, post, launch, events, messages, named };
}
