/** What names refer to, and renaming them: tables. `|` is where somebody points, `[name]` what is found. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { compile } from '../../src/lang/compile.js';
import type { Include } from '../../src/lang/includes.js';
import type { Position } from '../../src/lang/range.js';
import {
  declarationsOf,
  indexOf,
  type Site,
  type Sources,
  sameAs,
  siteAt,
} from '../../src/lang/references.js';
import { applyEdits, type Edit, renamable, rename } from '../../src/lang/rename.js';
import { scriptText } from './generate.js';

/** Files by name, each of which may include the others. */
type Files = Readonly<Record<string, string>>;

function sourcesOf(files: Files): Sources {
  const include: Include = (name) => {
    const text = files[name];
    return text === undefined ? 'missing' : { file: name, text };
  };
  return { files: Object.entries(files).map(([file, text]) => ({ file, text })), include };
}

function positionOf(text: string, offset: number): Position {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length - 1, character: before.at(-1)!.length };
}

/** Takes the one `|` out of the files. */
function pointing(marked: Files): { files: Files; file: string; at: Position } {
  const [file, text] = Object.entries(marked).find(([, one]) => one.includes('|'))!;
  const files = { ...marked, [file]: text.replace('|', '') };
  return { files, file, at: positionOf(text, text.indexOf('|')) };
}

/** The files with what was found in brackets, a declaration as `[=name]`. */
function marked(files: Files, sites: readonly Site[]): Files {
  const mark = (file: string, text: string) =>
    applyEdits(
      text,
      sites
        .filter((site) => site.file === file)
        .map(({ range, name, role, kind }) => {
          const shown = kind === 'link' ? '--' : name;
          return { range, text: role === 'declaration' ? `[=${shown}]` : `[${shown}]` };
        }),
    );
  return Object.fromEntries(Object.entries(files).map(([file, text]) => [file, mark(file, text)]));
}

/** Checks all references of what `|` points at. */
function references(before: string | Files, after: string | Files): void {
  const whole = (one: string | Files) => (typeof one === 'string' ? { 'a.tcpflow': one } : one);
  const { files, file, at } = pointing(whole(before));
  const index = indexOf(sourcesOf(files));
  const site = siteAt(index, file, at);
  assert.ok(site, 'a name');
  assert.deepEqual(marked(files, sameAs(index, site)), whole(after));
}

function renamed(files: Files, edits: readonly Edit[]): Files {
  const change = (file: string, text: string) =>
    applyEdits(
      text,
      edits.filter((edit) => edit.file === file),
    );
  return Object.fromEntries(
    Object.entries(files).map(([file, text]) => [file, change(file, text)]),
  );
}

function refused(text: string, name: string): string {
  const { files, file, at } = pointing({ 'a.tcpflow': text });
  const answer = rename(sourcesOf(files), file, at, name);
  return 'problem' in answer ? answer.problem : 'renamed';
}

const HOSTS = 'host client\nhost server\npeer mallory\n';

describe('references', () => {
  it('a host is found wherever one stands', () => {
    references(
      `host client
host ser|ver { isn 300 }
peer mallory
link client -- server { delay 1ms }
scenario "server" {
  server: listen 80 for client:5 # server
  client: connect server:80 send "server" as server
  expect client -> server SYN seq=server.ISS
  expect server:80 SYN_RCVD within server.RTO
  never server fails "server"
  wait until server.c1.SND.NXT == 3
  set server.SND.WND = -server.ISS
  set client -- server loss = 0
  set client -> server SYN with seq=(server.ISS)
  fire server.timers.retransmission
  icmp too-big mtu=server.SND.MSS client -> server
  crash server
  cut client -- server
  given server:80 ESTABLISHED with client:1000 { snd.nxt server.ISS }
  repeat 3 as i { print "server {server.ISS} {{server}}\\t\\u{1F600} {not server.ISS == i}" }
  deliver mallory -> server SYN in server.RTO
}`,
      `host client
host [=server] { isn 300 }
peer mallory
link client -- [server] { delay 1ms }
scenario "server" {
  [server]: listen 80 for client:5 # server
  client: connect [server]:80 send "server" as server
  expect client -> [server] SYN seq=[server].ISS
  expect [server]:80 SYN_RCVD within [server].RTO
  never [server] fails "server"
  wait until [server].c1.SND.NXT == 3
  set [server].SND.WND = -[server].ISS
  set client -- [server] loss = 0
  set client -> [server] SYN with seq=([server].ISS)
  fire [server].timers.retransmission
  icmp too-big mtu=[server].SND.MSS client -> [server]
  crash [server]
  cut client -- [server]
  given [server]:80 ESTABLISHED with client:1000 { snd.nxt [server].ISS }
  repeat 3 as i { print "server {[server].ISS} {{server}}\\t\\u{1F600} {not [server].ISS == i}" }
  deliver mallory -> [server] SYN in [server].RTO
}`,
    );
  });

  it('a connection is one of its host and its scenario, however often the name is given', () => {
    references(
      `${HOSTS}scenario "one" {
  client: connect server:80 as mail
  client.mail: close
  client: connect server:80 as m|ail
  server: accept as mail
  server.mail: close
  expect client.mail.SND.NXT == server.mail.RCV.NXT
  set client.mail.SND.WND = 1
}
scenario "two" {
  client: connect server:80 as mail
}`,
      `${HOSTS}scenario "one" {
  client: connect server:80 as [=mail]
  client.[mail]: close
  client: connect server:80 as [=mail]
  server: accept as mail
  server.mail: close
  expect client.[mail].SND.NXT == server.mail.RCV.NXT
  set client.[mail].SND.WND = 1
}
scenario "two" {
  client: connect server:80 as mail
}`,
    );
  });

  it('a given connection has its name at both hosts', () => {
    references(
      `${HOSTS}given client:1 ESTABLISHED with server:2 as x\nserver.|x: close\nclient.x: close`,
      `${HOSTS}given client:1 ESTABLISHED with server:2 as [=x]\nserver.[x]: close\nclient.[x]: close`,
    );
  });

  it('segments, values and what is held are known in their scenario', () => {
    references(
      `${HOSTS}hold client -> server SYN as old
expect client -> server SYN as old2
let n = ol|d2.seq + 1
expect client -> server SYN seq=old2.seq
release old`,
      `${HOSTS}hold client -> server SYN as old
expect client -> server SYN as [=old2]
let n = [old2].seq + 1
expect client -> server SYN seq=[old2].seq
release old`,
    );
    references(
      `${HOSTS}hold client -> server SYN as |old\nlet old = 1\nrelease old\nprint "{old}"`,
      `${HOSTS}hold client -> server SYN as [=old]\nlet old = 1\nrelease [old]\nprint "{old}"`,
    );
    references(
      `${HOSTS}let n = 4\nrepeat n as i from n { client: send n+1 bytes }\nwait n| * 1s`,
      `${HOSTS}let [=n] = 4\nrepeat [n] as i from [n] { client: send [n]+1 bytes }\nwait [n] * 1s`,
    );
  });

  it('each loop counts for itself, unless a name is used after its loop', () => {
    references(
      `${HOSTS}repeat 2 as i {\n  print "{i}"\n  repeat 2 as j { print "{|i} {j}" }\n}\nrepeat 3 as i { print "{i}" }`,
      `${HOSTS}repeat 2 as [=i] {\n  print "{[i]}"\n  repeat 2 as j { print "{[i]} {j}" }\n}\nrepeat 3 as i { print "{i}" }`,
    );
    references(
      `${HOSTS}repeat 2 as i { print "{|i}" }\nrepeat 3 as i { print "{i}" }\nprint "{i}"`,
      `${HOSTS}repeat 2 as [=i] { print "{[i]}" }\nrepeat 3 as [=i] { print "{[i]}" }\nprint "{[i]}"`,
    );
  });

  it('the arrow between two hosts is their link', () => {
    references(
      `${HOSTS}link client -- server\ncut server |-- client\nexpect client -> server SYN\nmend client -- mallory`,
      `${HOSTS}link client[=--]server\ncut server[--]client\nexpect client[--]server SYN\nmend client -- mallory`,
    );
  });

  it('a host of an included file is the same in all files that include it', () => {
    references(
      {
        'hosts.tcpflow': 'host client\nhost server',
        'links.tcpflow': 'link client -- server',
        'one.tcpflow': 'include "hosts.tcpflow"\ninclude "links.tcpflow"\nserver: listen 80',
        'two.tcpflow': 'include "hosts.tcpflow"\nser|ver: listen 80',
        'three.tcpflow': 'host server\nserver: listen 80',
      },
      {
        'hosts.tcpflow': 'host client\nhost [=server]',
        'links.tcpflow': 'link client -- [server]',
        'one.tcpflow': 'include "hosts.tcpflow"\ninclude "links.tcpflow"\n[server]: listen 80',
        'two.tcpflow': 'include "hosts.tcpflow"\n[server]: listen 80',
        'three.tcpflow': 'host server\nserver: listen 80',
      },
    );
  });

  it('two scripts that include one file share what it declares, and nothing else', () => {
    references(
      {
        'net.tcpflow': 'host shared',
        'one.tcpflow': 'include "net.tcpflow"\nhost ho|me\nhome: connect shared:80',
        'two.tcpflow': 'include "net.tcpflow"\nhost home\nhome: connect shared:80',
      },
      {
        'net.tcpflow': 'host shared',
        'one.tcpflow': 'include "net.tcpflow"\nhost [=home]\n[home]: connect shared:80',
        'two.tcpflow': 'include "net.tcpflow"\nhost home\nhome: connect shared:80',
      },
    );
  });

  it('a definition is the latest before, of a host the one there is', () => {
    const text = `${HOSTS}client: connect server:80 as x
client.x: close
client: connect server:80 as x
client.x: close`;
    const index = indexOf(sourcesOf({ 'a.tcpflow': text }));
    const lines = (line: number, character: number) =>
      declarationsOf(index, siteAt(index, 'a.tcpflow', { line, character })!).map(
        ({ range }) => range.start.line,
      );
    assert.deepEqual(lines(4, 8), [3]);
    assert.deepEqual(lines(6, 8), [5]);
    assert.deepEqual(lines(6, 2), [0]);
  });
});

describe('renaming', () => {
  it('is refused with the reason where it would not be one', () => {
    const two = `${HOSTS}let n = 1\nlet m = 2\nprint "{|n} {m}"`;
    assert.match(refused(two, '3x'), /`3x` is no name/);
    assert.match(refused(two, 'a b'), /is no name/);
    assert.match(refused(two, 'a-b'), /is no name/);
    assert.match(refused(two, ''), /is no name/);
    assert.match(refused(two, 'm'), /a\.tcpflow:5: .*`m`/);
    assert.match(refused(two, 'client'), /a\.tcpflow:4: .*`client`/);
    assert.match(refused(two, 'expect'), /a\.tcpflow:\d: /);
    assert.match(refused(two, 'LISTEN'), /a\.tcpflow:\d: /);
    assert.equal(refused(two, 'k'), 'renamed');
    assert.match(refused(`${HOSTS}exp|ect client CLOSED`, 'x'), /no name that a script declares/);
    assert.match(refused(`${HOSTS}cut client |-- server`, 'x'), /A link has no name/);
    assert.match(refused(`${HOSTS}client.c|1: close`, 'x'), /Name it with `as`/);
    assert.match(refused(`${HOSTS}wa|iter: close`, 'x'), /Nothing declares `waiter`/);
    assert.match(
      refused(`${HOSTS}let |n = 1\nprint n {`, 'x'),
      /line with a mistake, in a\.tcpflow/,
    );
  });

  it('is refused where something else would be meant, though nothing is a mistake', () => {
    const shadows = `${HOSTS}client: connect server:80 as |x\nexpect client.c2 CLOSED\nclient.x: close`;
    assert.match(refused(shadows, 'c2'), /`x` cannot become `c2`: a\.tcpflow:\d would then/);
    const merges = `${HOSTS}client: connect server:80 as |x\nclient: connect server:80 as y\nclient.x: close`;
    assert.match(refused(merges, 'y'), /`x` cannot become `y`/);
    const field = `${HOSTS}client: connect server:80 as |x\nexpect client.iss > 0`;
    assert.notEqual(refused(field, 'iss'), 'renamed');
  });

  it('and back is nothing, for every name of every example', () => {
    const folder = path.join(import.meta.dirname, '../../examples');
    const names = readdirSync(folder).filter((name) => name.endsWith('.tcpflow'));
    assert.ok(names.length > 10);
    for (const name of names) {
      const files = { [name]: readFileSync(path.join(folder, name), 'utf8') };
      const tried = thereAndBack(files);
      assert.ok(tried > 0, `${name} has names`);
    }
  });

  it('and back is nothing, for every name that can be renamed in scripts by chance', () => {
    fc.assert(
      fc.property(scriptText, (text) => {
        thereAndBack({ 'a.tcpflow': text });
      }),
      { numRuns: 40 },
    );
  });
});

/** Renames each name of the files and back again; how many could be. */
function thereAndBack(files: Files): number {
  const sources = sourcesOf(files);
  const index = indexOf(sources);
  let tried = 0;
  const all = [...index.sites.values()].flat();
  // One place of each thing, now its declaration, now a use.
  const some = new Map(all.map((site) => [index.groupOf(site), site]));
  for (const site of some.values()) {
    const at = site.range.start;
    if (site.kind === 'link' || 'problem' in renamable(index, site.file, at)) continue;
    const there = rename(sources, site.file, at, 'fresh_9');
    if ('problem' in there) {
      assert.match(there.problem, /line with a mistake/);
      continue;
    }
    const changed = renamed(files, there);
    assert.notDeepEqual(changed, files);
    const line = there.filter(({ range }) => range.start.line === at.line);
    const moved = line.filter(({ range }) => range.start.character < at.character).length;
    const character = at.character + moved * ('fresh_9'.length - site.name.length);
    const back = rename(sourcesOf(changed), site.file, { ...at, character }, site.name);
    if ('problem' in back) {
      // A name that was given twice before is refused.
      assert.match(back.problem, /already names/);
      assert.ok(
        sources.files.some(({ file, text }) => mistakes(file, text).includes('name-taken')),
      );
      continue;
    }
    assert.deepEqual(renamed(changed, back), files);
    tried += 1;
  }
  return tried;
}

function mistakes(file: string, text: string): readonly string[] {
  return compile(text, { file }).diagnostics.map(({ code }) => code);
}
