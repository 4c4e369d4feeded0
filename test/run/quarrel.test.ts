/** No run is endless by two hosts alone: after a forgery they answer each other's ACKs, and at last no more (deviation ack-throttle). */

import assert from 'node:assert/strict';
import { finish, startRun } from '../../src/run/run.js';
import { program } from './scenario.js';

const STEPS = 5_000;

/** Two hosts in ESTABLISHED, and a segment in the name of each that moves the other's RCV.NXT to where nobody is. */
function quarrel(settings: string, delay: string, forged: readonly string[]): number {
  const text = [
    `host a 10.0.0.1 { ${settings} }`,
    `host b 10.0.0.2 { ${settings} }`,
    `link a -- b { delay ${delay} }`,
    'b: listen 80',
    'a: connect b:80 from 1000',
    'wait 10s',
    ...forged,
    'wait 30min',
  ].join('\n');
  const run = startRun(program(text), { limits: { steps: STEPS } });
  finish(run);
  return run.timeline.length();
}

const FIN = 'inject b -> a FIN,ACK from 80 to 1000 seq=a.RCV.NXT ack=a.SND.NXT';
const TEXT = 'inject a -> b ACK from 1000 to 80 seq=b.RCV.NXT ack=b.SND.NXT len=9';

describe('two hosts that disagree', () => {
  for (const profile of ['rfc9293', 'linux', 'freebsd']) {
    for (const delay of ['1ms', '40ms', '900ms']) {
      it(`are quiet in the end: ${profile}, ${delay} apart`, () => {
        for (const forged of [[FIN], [TEXT], [FIN, TEXT]]) {
          const steps = quarrel(`profile ${profile}`, delay, forged);
          assert.ok(steps < 450, `${steps} steps after ${forged.length} forged segments`);
        }
      });
    }
  }

  it('go on for ever by the letter', () => {
    assert.ok(quarrel('ack-throttle challenges', '1ms', [FIN]) >= STEPS);
  });

  it('but keep-alive probes are answered as long as they come', () => {
    const text = [
      'host a 10.0.0.1 { keepalive 1s, keepalive-interval 1s }',
      'host b 10.0.0.2',
      'link a -- b { delay 1ms }',
      'b: listen 80',
      'a: connect b:80',
      'wait 300s',
      'expect a ESTABLISHED',
    ].join('\n');
    const run = startRun(program(text));
    assert.equal(finish(run).verdict, 'passed');
    assert.ok(run.timeline.length() > 500);
  });
});
