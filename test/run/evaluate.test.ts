/** Expressions over RFC names at a place: values, modular arithmetic, and what is said when there is no value. */

import assert from 'node:assert/strict';
import { evaluateText, valueAt } from '../../src/run/evaluate.js';
import { environmentAt } from '../../src/run/look.js';
import { endOf } from '../../src/run/places.js';
import type { Run } from '../../src/run/run.js';
import { printValue } from '../../src/run/values.js';
import type { Place } from '../../src/sim/step.js';
import { scenario } from './scenario.js';

const run = scenario(`server: listen 80
let n = 7
client: connect server:80
expect client -> server SYN as syn
expect server ESTABLISHED
client: send "hello"
wait 1ms`);

function at(place: Place, text: string, host?: string, of: Run = run): string {
  const value = evaluateText(text, environmentAt(of, place, host));
  return value.kind === 'problem' ? `! ${value.message}` : printValue(value);
}

const end = endOf(run);
const told = (text: string, host?: string) => at(end, text, host);

describe('expressions', () => {
  it('read a connection under the RFC names, in either case', () => {
    assert.equal(told('client.SND.NXT'), '106');
    assert.equal(told('client.snd.una'), '101');
    assert.equal(told('SND.NXT', 'client'), '106');
    assert.equal(told('server.c1.IRS'), '100');
    assert.equal(told('c1.RCV.NXT', 'server'), '101');
    assert.equal(told('client.state'), 'ESTABLISHED');
    assert.equal(told('client.rto'), '1 s');
    assert.equal(told('server.l1.state'), 'LISTEN');
  });

  it('read what the language does not document: timers, options, settings, all that a TCB has', () => {
    // What is left of it, as it is set; its instant is `+ time`.
    assert.equal(told('client.timers.retransmission'), '999 ms');
    assert.equal(told('client.retransmission + time'), '1.03 s');
    assert.match(told('client.timers'), /^\{user: 299\.999 s, retransmission: 999 ms, /);
    assert.equal(told('client.timers.timeWait'), 'the timewait timer is not armed');
    assert.equal(told('client.open'), 'active');
    assert.equal(told('client.settings.msl'), '120 s');
    assert.equal(told('client.settings.keepaliveInterval'), '75 s');
    assert.equal(told('client.settings.synRetries'), '7');
    assert.equal(told('client.challenges.since'), '0 s');
    assert.match(told('client.snd'), /^\{una: 101, nxt: 106, wnd: 65535/);
  });

  it('read hosts, segments, variables and the time', () => {
    assert.equal(told('server.connections + server.listeners'), '2');
    assert.equal(told('server.syn-queue'), '0');
    assert.equal(told('syn.seq + 1 == client.SND.UNA'), 'true');
    assert.equal(told('n * 6 % 5'), '2');
    assert.equal(told('time >= 31ms and time < 1s'), 'true');
    assert.equal(told('2msl'), '240 s');
  });

  it('measure msl by the host that is asked, without one by the slowest', () => {
    const hosts = 'host fast { msl 1s }\nlet n = 0';
    const own = scenario(hosts);
    const msl = (host?: string) => at(endOf(own), '2msl', host, own);
    assert.deepEqual([msl('fast'), msl('client'), msl()], ['2 s', '240 s', '240 s']);
  });

  it('of what is not there are neither before nor after anything', () => {
    assert.equal(told('client.timers.timeWait < 5s'), 'false');
    assert.equal(told('client.timers.timeWait >= 5s'), 'false');
  });

  it('calculate with sequence numbers modulo 2^32', () => {
    const wrapped = scenario(
      'given client:1000 ESTABLISHED with server:80 { snd.nxt 4294967295 rcv.nxt 300 }\nclient: send "hello"',
    );
    const wrap = (text: string) => at(endOf(wrapped), text, 'client', wrapped);
    assert.equal(wrap('SND.NXT'), '4');
    assert.equal(wrap('SND.NXT - SND.UNA'), '5');
    assert.equal(wrap('SND.UNA < SND.NXT'), 'true');
    assert.equal(wrap('SND.UNA + 5 == SND.NXT'), 'true');
    assert.equal(wrap('SND.NXT - 5'), '4294967295');
    assert.equal(wrap('server.RCV.NXT =< SND.NXT'), 'true');
  });

  it('compare states in both spellings', () => {
    assert.equal(told('client.state == ESTABLISHED'), 'true');
    assert.equal(told('client.state != SYN-RECEIVED'), 'true');
    assert.equal(told('not (server.state == SYN_RCVD or server.state == LISTEN)'), 'true');
  });

  it('see the world as it was after a microstep, the segment at hand, and a connection just made', () => {
    const { timeline } = run;
    const steps = Array.from({ length: timeline.length() }, (_, i) => timeline.step(i));
    const arrival = steps.find(({ cause, host }) => cause.kind === 'arrival' && host === 'server');
    assert(arrival);
    const syn = arrival.microsteps.findIndex(({ rule }) => rule.id === 'listen/3-syn');
    const before = { step: arrival.index, microstep: syn - 1 };
    const after = { step: arrival.index, microstep: syn };
    assert.deepEqual([at(before, 'state'), at(after, 'state')], ['LISTEN', 'SYN_RCVD']);
    assert.deepEqual([at(before, 'seg.seq'), at(after, 'seg.seq')], ['100', '100']);
    // The RFC's own words of this check (§3.10.7.2).
    assert.equal(at(after, 'RCV.NXT == SEG.SEQ + 1 and IRS == SEG.SEQ'), 'true');
    assert.equal(at(before, 'server.connections'), '1');
    assert.equal(at({ step: arrival.index, microstep: -1 }, 'server.connections'), '0');
    assert.equal(at(after, 'client.state'), 'SYN_SENT');
  });

  it('without a value say what was seen and what would have been right', () => {
    assert.match(told('sever.state'), /sever.*Did you mean `server`/);
    assert.match(told('client.SND.NXTT'), /SND\.NXTT.*Did you mean `SND\.NXT`/);
    assert.match(
      told('SND.NXT'),
      /^! Whose `snd\.nxt` is meant\? Write the host before it: `client\.snd\.nxt`\./,
    );
    assert.equal(told('client.state + 1'), '! `+` does not go with a state and a number.');
    assert.equal(told('1 / 0'), '! Division by zero: 1 / 0.');
    assert.equal(told('client.state < ESTABLISHED'), '! `<` does not go with a state and a state.');
    assert.match(told('1 +'), /^! Expected a value/);
    assert.match(told(''), /^! /);
    const early = { step: 0, microstep: -1 };
    assert.equal(at(early, 'client.SND.NXT'), 'client has no connection');
    assert.equal(at(early, 'client.state'), 'CLOSED');
    assert.equal(at(early, 'client.SND.NXT + 1'), '! There is no value: client has no connection.');
    assert.match(at(early, 'syn.seq'), /No segment called `syn` has been seen yet/);
    assert.match(at(early, 'n'), /`n` has no value yet/);
  });

  it('point at the part that is wrong', () => {
    const value = evaluateText('1 + client.state', environmentAt(run, end));
    assert.equal(value.kind, 'problem');
    const nested = evaluateText('time > 1s and sever.state == LISTEN', environmentAt(run, end));
    // `and` is decided by its left side alone when that is false.
    assert.equal(nested.kind, 'boolean');
    const wrong = evaluateText('time < 1s and sever.state == LISTEN', environmentAt(run, end));
    assert.deepEqual(wrong.kind === 'problem' && wrong.range.start, { line: 0, character: 14 });
  });

  it('come with what the name means, for hovers', () => {
    const hover = valueAt('client.SND.UNA', environmentAt(run, end));
    assert(hover && !('kind' in hover));
    assert.deepEqual([printValue(hover.value), hover.doc], ['101', 'Send unacknowledged.']);
    const nothing = valueAt('nonsense', environmentAt(run, end));
    assert('kind' in nothing && nothing.kind === 'problem');
  });
});
