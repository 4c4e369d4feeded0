/** From a script to a program: flat, with lines; scenarios, hosts and their settings. */

import assert from 'node:assert/strict';
import { compile, compileStatement } from '../../src/lang/compile.js';
import { RFC9293 } from '../../src/tcp/settings.js';
import { HOSTS, programOf } from './scripts.js';

const two = `${HOSTS}
scenario "one" {
  wait 1s
}
scenario "two" {
  repeat 3 as i {  # three times
    client: connect server:80
    repeat 0 {
    }
  }
  crash client
}
`;

describe('a program', () => {
  it('is the first scenario when none is named', () => {
    assert.equal(programOf(two).scenario, 'one');
    assert.equal(programOf(two, 'two').scenario, 'two');
  });

  it('is any scenario of a text that was read once', () => {
    const { programOf: ready } = compile(two, { file: 'dir/test.tcpflow' });
    for (const name of ['one', 'two']) {
      const texts = [ready(name), programOf(two, name)].map((program) => JSON.stringify(program));
      assert.equal(texts[0], texts[1]);
    }
    assert.equal(ready('three'), undefined);
    const wrong = compile(two.replace('crash client', 'crash clint'), { file: 'test.tcpflow' });
    assert.deepEqual(
      [wrong.programOf('one')?.scenario, wrong.programOf('two')],
      ['one', undefined],
    );
  });

  it('is named after its file when it has no scenarios', () => {
    const { scenario, file } = programOf('host a\nwait 1s');
    assert.deepEqual([scenario, file], ['test', 'dir/test.tcpflow']);
  });

  it('is flat: loops are jumps, and each instruction has its line and its text', () => {
    const { instructions } = programOf(two, 'two');
    assert.deepEqual(
      instructions.map(({ index, place, text, operation }) => [
        index,
        place.range.start.line + 1,
        text,
        operation.kind,
      ]),
      [
        [0, 9, 'repeat 3 as i {', 'repeat'],
        [1, 10, 'client: connect server:80', 'call'],
        [2, 11, 'repeat 0 {', 'repeat'],
        [3, 12, '}', 'end-repeat'],
        [4, 13, '}', 'end-repeat'],
        [5, 14, 'crash client', 'crash'],
      ],
    );
    const [outer, , inner, innerEnd, outerEnd] = instructions.map(({ operation }) => operation);
    assert.deepEqual(outer, { kind: 'repeat', times: 3, as: 'i', from: 0, end: 4 });
    assert.deepEqual(inner, { kind: 'repeat', times: 0, as: undefined, from: 0, end: 3 });
    assert.deepEqual(innerEnd, { kind: 'end-repeat', start: 2 });
    assert.deepEqual(outerEnd, { kind: 'end-repeat', start: 0 });
  });

  it('stays small when it runs a million times', () => {
    const { instructions } = programOf(`${HOSTS}repeat 1000 {\nrepeat 1000 {\nwait 1s\n}\n}`);
    assert.equal(instructions.length, 5);
  });

  it('gives addresses to hosts that have none, by their order; one that is taken moves nobody else', () => {
    const { hosts } = programOf('host a\nhost b 10.0.0.1\npeer c\nhost d\nwait 1s');
    assert.deepEqual(
      hosts.map(({ name, role, address }) => [name, role, address]),
      [
        ['a', 'host', '10.0.0.5'],
        ['b', 'host', '10.0.0.1'],
        ['c', 'peer', '10.0.0.3'],
        ['d', 'host', '10.0.0.4'],
      ],
    );
  });

  it('gives IPv6 addresses when those written are', () => {
    const { hosts } = programOf('host a\nhost b FD00:0:0::0:1\nwait 1s');
    assert.deepEqual(
      hosts.map(({ address }) => address),
      ['fd00::3', 'fd00::1'],
    );
  });

  it('takes an MSS that is set at its word, and fills datagrams of 1500 octets where none is', () => {
    const mss = (text: string) => programOf(text).hosts.map(({ settings }) => settings.mss);
    assert.deepEqual(mss('host a\nhost b { mss 1440 }\nwait 1s'), [1_460, 1_440]);
    assert.deepEqual(
      mss('host a fd00::1\nhost b { profile linux, mss 1460 }\nwait 1s'),
      [1_440, 1_460],
    );
  });

  it("has each host's settings: the profile with what the script changes", () => {
    const { hosts } = programOf(
      'host a { profile rfc9293, isn 7,8, window 64KiB, rto 0.5s, sack on, window-scale off, combine syn-ack off, on-overflow reset, secret "x" }\nhost b\nwait 1s',
    );
    assert.deepEqual(hosts[0]?.settings, {
      ...RFC9293,
      isn: { kind: 'fixed', values: [7, 8] },
      window: 65_536,
      rto: 500_000,
      sack: true,
      windowScale: undefined,
      combineSynAck: false,
      onOverflow: 'reset',
      secret: 'x',
    });
    assert.deepEqual(hosts[1]?.settings, RFC9293);
  });

  it('has the links that are declared, and the seed', () => {
    const { links, seed } = programOf(
      'host a\nhost b\nlink a -- b { loss 0.5%, rate 10Mbps }\nseed 0x10\nwait 1s',
    );
    assert.equal(seed, 16);
    assert.deepEqual(
      links.map(({ from, to, settings }) => [from, to, settings]),
      [
        [
          'a',
          'b',
          {
            delay: 10_000,
            jitter: 0,
            lossPercent: 0.5,
            duplicatePercent: 0,
            reorderPercent: 0,
            rate: 10_000_000,
            mtu: 1500,
          },
        ],
      ],
    );
  });

  it('knows all names of the scenario', () => {
    const { scope } = programOf(
      `${HOSTS}client: connect server:80 as c\nexpect client -> server SYN as s\nlet x = 1\nrepeat 2 as i {\n}`,
    );
    assert.deepEqual([...scope.hosts], ['client', 'server']);
    assert.deepEqual([...scope.peers], ['mallory']);
    assert.deepEqual([...(scope.connections.get('client') ?? [])], ['c']);
    assert.deepEqual([[...scope.segments], [...scope.variables]], [['s'], ['x', 'i']]);
  });
});

describe('a given connection', () => {
  const endsOf = (given: string) => {
    const [instruction] = programOf(HOSTS + given).instructions;
    assert.ok(instruction?.operation.kind === 'given');
    return instruction.operation.ends.map(({ host, state, values }) => [
      host,
      state,
      ...values.map(({ name, value }) => `${name} ${'text' in value ? value.text : value.kind}`),
    ]);
  };

  it('is known at both ends, with mirrored numbers', () => {
    assert.deepEqual(
      endsOf('given client:1 ESTABLISHED with server:2 { snd.nxt 100 rcv.nxt 300 }'),
      [
        ['client', 'ESTABLISHED', 'snd.nxt 100', 'rcv.nxt 300'],
        ['server', 'ESTABLISHED', 'rcv.nxt 100', 'snd.nxt 300'],
      ],
    );
  });

  it('is half-open when the other end is CLOSED or a peer', () => {
    assert.equal(endsOf('given client:1 ESTABLISHED with server:2 CLOSED').length, 1);
    assert.equal(endsOf('given client:1 ESTABLISHED with mallory:2').length, 1);
  });

  it('counts a FIN on its way only where it was sent', () => {
    assert.deepEqual(endsOf('given client:1 FIN_WAIT_1 with server:2 { snd.nxt 101 }'), [
      ['client', 'FIN_WAIT_1', 'snd.nxt 101'],
      ['server', 'ESTABLISHED', 'rcv.nxt binary'],
    ]);
  });
});

describe('scenarios', () => {
  it('are listed with their places, whatever is wrong in them', () => {
    const { scenarios } = compile(`${two}scenario "three" {\n  nonsense\n}\n`, { file: 'x' });
    assert.deepEqual(
      scenarios.map(({ name, range }) => [name, range.start.line + 1, range.end.line + 1]),
      [
        ['one', 5, 7],
        ['two', 8, 15],
        ['three', 16, 18],
      ],
    );
  });

  it('run although another one has a mistake', () => {
    const source = `${two}scenario "three" {\n  nonsense\n}\n`;
    assert.ok(compile(source, { file: 'x', scenario: 'two' }).program);
    assert.equal(compile(source, { file: 'x', scenario: 'three' }).program, undefined);
  });

  it('miss what nobody declared, whatever lines of another one name it', () => {
    const text = `host server

scenario "one" {
  client: connect server:80
}

scenario "two" {
  expect client -"> server SYN
}
`;
    const { program, diagnostics } = compile(text, { file: 'x.tcpflow', scenario: 'one' });
    assert.equal(program, undefined);
    assert.deepEqual(
      diagnostics.map(({ code, range }) => `${range.start.line + 1} ${code}`),
      ['4 unknown-host', '8 text-not-closed'],
    );
  });

  it('that do not exist are a mistake with a suggestion', () => {
    const { program, diagnostics } = compile(two, { file: 'x', scenario: 'twoo' });
    assert.equal(program, undefined);
    assert.deepEqual(
      diagnostics.map(({ code, fix }) => [code, fix]),
      [['unknown-scenario', 'two']],
    );
  });

  it('there are none in an empty file', () => {
    const { program, diagnostics, scenarios } = compile('', { file: 'x' });
    assert.deepEqual([program, diagnostics, scenarios], [undefined, [], []]);
  });
});

describe('a statement typed while a program runs', () => {
  const program = programOf(`${HOSTS}client: connect server:80 as c\nlet x = 1`);

  it('knows the names of the program', () => {
    const { operation, diagnostics } = compileStatement('client.c: send "x"', program);
    assert.deepEqual(diagnostics, []);
    assert.equal(operation?.kind, 'call');
  });

  it('is one statement, not a block or a declaration', () => {
    for (const text of ['', 'wait 1s\nwait 1s', 'repeat 2 {\n}', 'host a', 'nonsense']) {
      const { operation, diagnostics } = compileStatement(text, program);
      assert.equal(operation, undefined);
      assert.equal(diagnostics.length, 1, text);
    }
  });
});
