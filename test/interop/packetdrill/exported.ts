/** Runs exported as packetdrill scripts, for the tests of that. */

import assert from 'node:assert/strict';
import { exportPackets } from '../../../src/interop/packetdrill/export.js';
import { compile } from '../../../src/lang/compile.js';
import { finish, startRun, stepsOf } from '../../../src/run/run.js';
import { play } from './play.js';

/** The scripts of a run, one for each conversation of each host. */
export function exported(text: string) {
  const { program } = compile(text, { file: 'test.tcpflow' });
  assert.ok(program);
  const run = startRun(program);
  finish(run);
  return exportPackets(() => stepsOf(run), program.hosts, 'test');
}

/** Two hosts of Linux, 10 ms apart, and what happens there. */
export const linux = (story: string) =>
  exported(`host a 10.0.0.1 { profile linux }
host b 10.0.0.2 { profile linux }
link a -- b { delay 10ms }
scenario "story" {
${story}
}
`);

/** They pass where they are run again, against the profile `linux`. */
export const passes = (scripts: readonly { readonly text: string }[]) => {
  for (const { text } of scripts) assert.equal(play(text, 'linux').verdict, 'passed', text);
};

export const TALK = `host client { isn 100 }
host server { isn 300 }

scenario "talk" {
  server: listen 80
  client: connect server:80
  expect client ESTABLISHED
  expect server ESTABLISHED
  client: send "hello"
  wait 1s
  server: receive
  server: close
  wait 1s
  client: close
  wait 1s
}
`;

/** The text of each connection goes with its SYN when there is a cookie. */
export const FAST = `host client { isn 100, fast-open client }
host server { isn 300, fast-open server }

scenario "fast" {
  server: listen 80
  client: connect server:80 send "first"
  wait 1s
  client: connect server:80 send "second"
  wait 1s
  server: receive
  wait 1s
}
`;
