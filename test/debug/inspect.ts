/** What the Variables view asks for, and the runs in which the tests of it look around. */

import { type Conversation, example, serving } from './conversation.js';

export const HANDSHAKE = example('handshake');

export const HASHED = `host client 10.0.0.1 { isn rfc6528 }
host server 10.0.0.2 { isn rfc6528 }
link client -- server { delay 10ms }
scenario "hashed" {
  server: listen 80
  client: connect server:80
  expect client ESTABLISHED
  expect server ESTABLISHED
  client: send 100 bytes
  wait 1s
  crash server
  restart server
  client: send 10 bytes
  wait quiet
}
`;

/** For the tests of a `describe`, which has to call it. */
export function inspecting() {
  const server = serving();

  async function atSynReceived(more: object = {}): Promise<Conversation> {
    const conversation = await server.converse();
    const setUp = { functions: [{ name: 'server:SYN_RCVD' }] };
    await conversation.launch({ program: HANDSHAKE, ...more }, setUp);
    await conversation.go('continue');
    return conversation;
  }

  async function hashed(moves: number): Promise<Conversation> {
    const conversation = await server.converse();
    await conversation.launch({ program: server.script(HASHED, 'hashed.tcpflow') });
    for (let i = 0; i < moves; i++) await conversation.go('next');
    return conversation;
  }

  return { server, atSynReceived, hashed };
}

export async function variables(conversation: Conversation, reference: number, page: object = {}) {
  const args = { variablesReference: reference, ...page };
  return (await conversation.client.variablesRequest(args)).body.variables;
}

export async function scopes(conversation: Conversation, thread?: number) {
  const frameId = (await conversation.stack(thread))[0]?.id ?? 0;
  return (await conversation.client.scopesRequest({ frameId })).body.scopes;
}

export async function scope(conversation: Conversation, name: string, thread?: number) {
  const found = (await scopes(conversation, thread)).find((one) => one.name === name);
  return variables(conversation, found?.variablesReference ?? 0);
}
