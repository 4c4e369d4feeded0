/** The diagram's texts: sentences for those who cannot see it, times, numbers absolute and relative. */

import assert from 'node:assert/strict';
import type { ArrowItem, Item } from '../../src/views/contract.js';
import { createSequence, type Source } from '../../src/views/sequence.js';
import {
  axisTime,
  elapsed,
  itemSentence,
  numbersLabel,
  roughly,
  shortText,
} from '../../src/views/words.js';
import * as plays from './plays.js';
import { ms, play, second } from './record.js';
import { example, running } from './running.js';

function itemsOf(source: Source): readonly Item[] {
  const sequence = createSequence(source);
  sequence.extend();
  return sequence.window(0, sequence.height()).items;
}

function arrowsOf(source: Source): readonly ArrowItem[] {
  return itemsOf(source).filter((item) => item.kind === 'arrow');
}

function sentences(source: Source, kind: Item['kind']): readonly string[] {
  return itemsOf(source)
    .filter((item) => item.kind === kind)
    .map((item) => itemSentence(item, source.lanes, { numbers: 'absolute' }));
}

describe('the words of the diagram', () => {
  it('a time-out has a short word where there is no room for its own', () => {
    const marks = itemsOf(
      running(`host client\nhost server\ndrop client -> server SYN
client: connect server:80\nwait 2s\n`),
    ).filter((item) => item.kind === 'mark');
    assert.deepEqual(
      marks.map(({ text }) => text),
      ['connect server:80', 'retransmission timeout', 'connection reset'],
    );
    assert.deepEqual(marks.map(shortText), [
      'connect server:80',
      'RTO expires',
      'connection reset',
    ]);
  });

  it('an arrow is a sentence', () => {
    const told = sentences(plays.openTalkClose(), 'arrow');
    assert.equal(
      told[1],
      '0.010000 s: server to client, SYN ACK, sequence number 300, acknowledges 101, arrives 0.020000 s',
    );
    assert.equal(
      told[3],
      '0.030000 s: client to server, PSH ACK, sequence number 101, acknowledges 301, 18 octets of text, arrives 0.040000 s',
    );
  });

  it('a lost arrow, a repeated one and a forged one say so', () => {
    const [lost, again] = sentences(plays.lostSyn(), 'arrow');
    assert.match(lost ?? '', /, lost$/);
    assert.match(again ?? '', /, retransmission, arrives 1\.010000 s$/);
    const told = sentences(plays.threeHosts(), 'arrow');
    assert.ok(told.some((text) => / RST, .*, injected, arrives /.test(text)));
    assert.ok(told.some((text) => text.endsWith(', lost: the path is cut')));
    assert.ok(told.some((text) => text.endsWith(', held back')));
  });

  it('states, calls, time-outs and failures are sentences, measures of time are not', () => {
    const p = plays.openTalkClose();
    assert.ok(sentences(p, 'state').includes('0.010000 s: server goes from LISTEN to SYN RCVD'));
    assert.ok(
      sentences(p, 'mark').includes('0.000000 s: client, the user calls connect server:80'),
    );
    assert.ok(
      sentences(p, 'mark').includes('0.040000 s: server, the user is told: connection closing'),
    );
    assert.ok(sentences(p, 'mark').includes('240.060000 s: client, 2 MSL timeout'));
    assert.ok(
      sentences(plays.threeHosts(), 'note').includes(
        '0.090000 s: Expected server ESTABLISHED; it is CLOSED.',
      ),
    );
    assert.deepEqual(new Set([...sentences(p, 'time'), ...sentences(p, 'gap')]), new Set(['']));
  });

  it('time is written with as many decimals as tell it', () => {
    assert.equal(axisTime(0), '0.000');
    assert.equal(axisTime(10 * ms), '0.010');
    assert.equal(axisTime(10_250), '0.010250');
    assert.equal(axisTime(240 * second), '240.000');
  });

  it('waits are told roughly, in units that people use', () => {
    const cases: readonly (readonly [number, string])[] = [
      [7, '7 us'],
      [1_500, '1.5 ms'],
      [980 * ms, '980 ms'],
      [999_600, '1 s'],
      [3_020 * ms, '3.02 s'],
      [59_960 * ms, '1 min'],
      [90 * second, '1 min 30 s'],
      [240 * second, '4 min'],
      [3_600 * second, '1 h'],
      [7_500 * second, '2 h 5 min'],
    ];
    for (const [wait, text] of cases) assert.equal(roughly(wait), text);
    assert.equal(elapsed(240 * second), '4 min later');
  });
});

describe('relative numbers', () => {
  const labels = (source: Source) =>
    arrowsOf(source).map(({ segment }) => numbersLabel(segment, { numbers: 'relative' }));

  it('count from each side’s ISS', () => {
    assert.deepEqual(labels(example('handshake.tcpflow')).slice(0, 4), [
      'seq=0',
      'seq=0 ack=1',
      'seq=1 ack=1',
      'seq=1 ack=1 len=18',
    ]);
  });

  it('are the absolute ones where no SYN was seen and nobody knows an ISS', () => {
    const p = play('a', 'b');
    p.call(0, 'a: send', { send: [{ to: 'b', ctl: 'ACK', seq: 500, ack: 700 }] });
    assert.deepEqual(labels(p), ['seq=500 ack=700']);
  });

  it('are not led astray by an old duplicate SYN in the name of one who has an ISS', () => {
    const p = play('a', 'b');
    p.call(0, 'a: connect b:80', { send: [{ to: 'b', ctl: 'SYN', seq: 100 }] });
    p.call(1, 'inject a -> b SYN', {
      host: 'a',
      send: [{ to: 'b', ctl: 'SYN', seq: 90, kind: 'injected' }],
    });
    p.call(2, 'a: send', { send: [{ to: 'b', ctl: 'ACK', seq: 101, ack: 1 }] });
    assert.deepEqual(labels(p), ['seq=0', 'seq=4294967286', 'seq=1 ack=1']);
  });

  it('of an answer to a stranger count from the stranger’s SYN', () => {
    const refused = running(`host client 10.0.0.1 { isn 100 }
host server 10.0.0.2 { isn 300 }
client: connect server:81
wait quiet
`);
    assert.deepEqual(labels(refused), ['seq=0', 'seq=0 ack=1']);
  });

  it('of what a SACK tells count from the ISS of the one who hears it', () => {
    const gap = running(`host client 10.0.0.1 { isn 100, mss 1000, sack on }
host server 10.0.0.2 { isn 300, mss 1000, sack on }
server: listen 80
client: connect server:80
wait 100ms
drop client -> server seq=101
client: send 3000 bytes
wait 15ms
`);
    const told = arrowsOf(gap).filter(({ segment }) => segment.sack !== undefined);
    assert.deepEqual(
      told.map(({ segment }) => [
        numbersLabel(segment, { numbers: 'absolute' }),
        numbersLabel(segment, { numbers: 'relative', hex: true }),
      ]),
      [
        ['seq=301 ack=101 sack=1101:2101', 'seq=0x1 ack=0x1 sack=0x3e9:0x7d1'],
        ['seq=301 ack=101 sack=1101:3101', 'seq=0x1 ack=0x1 sack=0x3e9:0xbb9'],
      ],
    );
    assert.ok(
      sentences(gap, 'arrow').some((text) =>
        text.includes('acknowledges 101, has 1101 up to 2101'),
      ),
    );
  });
});
