/** What packetdrill scripts for FreeBSD begin with. */

import assert from 'node:assert/strict';
import { play } from './play.js';

export const SOCKET = '+0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n';
export const CONNECT = `${SOCKET}+0 fcntl(3, F_SETFL, O_RDWR | O_NONBLOCK) = 0
+0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
`;
export const LISTEN = `+0 bind(3, ..., ...) = 0\n+0 listen(3, 1) = 0\n`;
/** The sysctls of a list, in its order. */
export const sysctls = (...values: readonly string[]) =>
  values.map((value) => `+0 \`sysctl -w ${value}\`\n`).join('');
export const passes = (text: string) =>
  assert.equal(play(`0 \`true\`\n${text}`, 'freebsd').verdict, 'passed');
