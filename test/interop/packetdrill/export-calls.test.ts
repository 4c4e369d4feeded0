/** Calls of exported scripts: what a user does is done as soon as a socket can. */

import assert from 'node:assert/strict';
import { exported, linux, passes, TALK } from './exported.js';
import { play } from './play.js';

describe('the calls of an exported script', () => {
  it('sends what the user sends too early by one call that waits, and lets other calls wait for it', () => {
    const sending = linux(`  b: listen 80
  a: connect b:80
  a: send "hello"
  wait 1ms
  a: send 10 bytes
  wait 1s`);
    const answering = linux(`  b: listen 80
  a: connect b:80
  wait 11ms
  b: send "early"
  b: shutdown
  wait 1s`);
    passes([...sending, ...answering]);
    const [client, server] = [sending[0]?.text, answering[1]?.text];
    assert.match(client ?? '', /\n\+0\.000000\.\.\.0\.020000 write\(3, \.\.\., 15\) = 15\n/);
    const [, twice] = linux(`  b: listen 80
  a: connect b:80
  wait 11ms
  b: send "early"
  b: send 10 bytes
  wait 1s`);
    passes([twice!]);
    assert.match(twice?.text ?? '', /write\(4, \.\.\., 15\) = 15\n\S+ > P\. 1:16\(15\)/);
    assert.match(
      server ?? '',
      /\n\S+ accept\(3, \.\.\., \.\.\.\) = 4\n\S+ write\(4, \.\.\., 5\) = 5\n\S+ shutdown\(4, SHUT_WR\) = 0\n/,
    );
  });

  it('makes no call that would wait for ever', () => {
    const [client] = linux(`  a: connect b:80
  a: send "never"
  wait 1s`);
    assert.doesNotMatch(client?.text ?? '', /write/);
    passes([client!]);
  });

  it('nor one that would wait beyond the end of the script', () => {
    const [client] = linux(`  b: listen 80
  a: connect b:80
  a: send "early"
  a: send "now" urgent
  wait 1s`);
    assert.match(client?.text ?? '', /urgent text before the connection is open/);
    assert.doesNotMatch(client?.text ?? '', /write/);
    passes([client!]);
  });

  it('reads and writes what is more than a socket has room for at once', () => {
    const scripts = exported(`host client { profile linux, isn 100 }
host server { profile linux, isn 300 }
server: listen 80
client: connect server:80
expect server ESTABLISHED
server: accept
client: send 40000 bytes
wait 1s
client: send 40000 bytes
wait 5s
server: receive
`);
    const [writes, reads] = scripts.map(({ text }) => text);
    assert.match(
      writes ?? '',
      /SO_SNDBUFFORCE, \[160000\], 4\) = 0\n\S+ write\(3, \.\.\., 40000\)/,
    );
    assert.match(reads ?? '', /read\(4, \.\.\., 80000\) = 80000/);
    for (const { host, text } of scripts) assert.equal(play(text).verdict, 'passed', host);
  });

  it('sends urgent text by MSG_OOB, and ends where no call can do what was done', () => {
    const urgent = TALK.replace('send "hello"', 'send "hello" urgent');
    const [client] = exported(urgent);
    assert.match(client?.text ?? '', /send\(3, \.\.\., 5, MSG_OOB\) = 5\n.*urg 5/);
    assert.equal(play(client?.text ?? '', 'rfc9293').verdict, 'passed');
    const early = urgent.replace(/ {2}expect client ESTABLISHED\n {2}expect server .*\n/, '');
    assert.match(exported(early)[0]?.text ?? '', /urgent text before the connection is open/);
  });

  it('reads to an urgent octet, and from there on', () => {
    const scripts = linux(`  b: listen 80
  a: connect b:80
  wait 100ms
  a: send "one"
  a: send "two" urgent
  a: send "three"
  wait 1s
  b: receive
  wait 1s`);
    passes(scripts);
    assert.match(
      scripts[1]?.text ?? '',
      /SO_OOBINLINE, \[1\], 4\) = 0\n\S+ read\(4, \.\.\., 65536\) = 5\n\S+ read\(4, \.\.\., 65531\) = 6\n/,
    );
  });

  it('closes the socket where a CLOSE leaves no user, and writes the timestamps that the peer echoes', () => {
    const both = exported(`host a 10.0.0.1 { profile linux }
host b 10.0.0.2 { profile linux }
link a -- b { delay 10ms }
scenario "both close" {
  b: listen 80
  a: connect b:80
  wait 100ms
  a: close
  wait 100ms
  b: close
  wait 1s
}
`);
    for (const { text } of both) {
      assert.equal(play(text, 'linux').verdict, 'passed', text);
      assert.match(text, /\bclose\([34]\) = 0/);
      assert.match(text, /> S\.? 0:0\(0\).* <mss 1460,sackOK,TS val \d+ ecr \d+,nop,wscale 10>/);
    }
    assert.equal(both.length, 2);
  });

  it('closes the listener, and binds the port of one that was closed before', () => {
    const scripts = linux(`  b: listen 80
  a: connect b:80
  wait 100ms
  b.l1: close
  wait 100ms
  a: connect b:80
  wait 1s`);
    passes(scripts);
    const [, , , refusing] = scripts.map(({ text }) => text);
    assert.match(
      refusing ?? '',
      /= 3\n\S+ bind\(3, \.\.\., \.\.\.\) = 0\n\S+ < S 0:0\(0\).*\n\S+ > R\./,
    );
  });

  it('ends, and says why, where no socket can do what comes next', () => {
    const story = (last: string) => `  b: listen 80 backlog 1
  a: connect b:80
  wait 11ms
  ${last}
  wait 1s`;
    const told = (last: string) =>
      linux(story(last))
        .map(({ text }) => /\/\/ \d.*/.exec(text)?.[0])
        .filter((line) => line !== undefined);
    assert.deepEqual(told('crash b'), ['// 0.011000 s: the host crashes. This script ends here.']);
    assert.deepEqual(told('b.c1: abort'), [
      '// 0.011000 s: ABORT of a connection: it has no socket yet. This script ends here.',
    ]);
    assert.deepEqual(told('b: send 10 bytes urgent'), [
      '// 0.011000 s: urgent text before the connection is open. This script ends here.',
    ]);
    const early = (calls: string) =>
      linux(`  b: listen 80
  a: connect b:80
  ${calls}
  wait 1s`);
    const half = early('a: shutdown');
    assert.match(half[0]?.text ?? '', /: a half-close before the connection is open\. This/);
    const both = early('a: send "hello"\n  wait 11ms\n  b: send "early"');
    assert.match(
      both[1]?.text ?? '',
      /: text from before the connection is open answers the text that opens it\. This/,
    );
    const never = early('a: send "hello"\n  drop 9 a -> b SYN\n  wait 1ms\n  a: close');
    passes([...linux(story('crash b')), ...half, ...both, ...never]);
  });
});
