/** Exported scripts: what they say of the host that is played, and what its timers and fast children do when they are run again. */

import assert from 'node:assert/strict';
import { exported, FAST, TALK } from './exported.js';
import { play } from './play.js';

/** Each script of a talk between two hosts with these settings, played under a profile. */
function verdicts(settings: string, profile: string, talk = TALK): readonly string[] {
  const text = talk
    .replace('{ isn 100 }', `{ ${settings} }`)
    .replace('{ isn 300 }', `{ ${settings} }`);
  return exported(text).map((one) => play(one.text, profile).verdict);
}

describe('what exported scripts say of the host', () => {
  it('is for FreeBSD where that is its profile', () => {
    const settings = 'profile freebsd, mss 1000, sack off, window-scale 3, keepalive 1min';
    const scripts = exported(TALK.replace('{ isn 100 }', `{ ${settings} }`));
    const [client] = scripts.map(({ text }) => text);
    assert.match(client ?? '', /`sysctl kern.ipc.maxsockbuf=524280 net.inet.tcp.sack.enable=0`/);
    assert.match(
      client ?? '',
      /^--mtu=1040\n.*[\s\S]*SO_KEEPALIVE.*\n.*IPPROTO_TCP, TCP_KEEPIDLE/m,
    );
    assert.doesNotMatch(client ?? '', /SOL_TCP|net\.ipv4/);
    assert.deepEqual(verdicts(settings, 'freebsd'), ['passed', 'passed']);
    const bulk = TALK.replace('"hello"', '20000 bytes');
    for (const more of [
      '',
      ', timestamps off',
      ', ecn accept',
      ', window-scale off',
      ', nagle off',
    ])
      assert.deepEqual(verdicts(`profile freebsd${more}`, 'freebsd', bulk), ['passed', 'passed']);
  });

  it('is for FreeBSD in UDP, too, and ends where that has no call', () => {
    const settings = 'profile freebsd, udp-port 9899, udp-peer 9899';
    const [client] = exported(TALK.replace('{ isn 100 }', `{ ${settings} }`));
    assert.match(
      client?.text ?? '',
      /TCP_REMOTE_UDP_ENCAPS_PORT, \[9899\], 4[\s\S]*\/udp\(9899 > 9899\)/,
    );
    assert.deepEqual(verdicts(settings, 'freebsd'), ['passed', 'passed']);
    const fast = exported(FAST.replaceAll('isn', 'profile freebsd, isn'));
    for (const { text } of fast) {
      assert.match(text, /Fast Open, of which FreeBSD makes cookies .* This script ends here/);
      assert.equal(play(text, 'freebsd').verdict, 'passed', text);
    }
    const early = TALK.replace(/ {2}expect client ESTABLISHED\n {2}expect server .*\n/, '');
    const [hasty] = exported(early.replace('{ isn 100 }', '{ profile freebsd }'));
    assert.match(hasty?.text ?? '', /text before the connection is open, which sockets of FreeBSD/);
  });

  it('has the MTU that its MSS needs', () => {
    const settings = 'profile linux, mss 8960';
    const [client] = exported(TALK.replace('{ isn 100 }', `{ ${settings} }`));
    assert.match(client?.text ?? '', /^--mtu=9000$/m);
    assert.deepEqual(verdicts(settings, 'linux'), ['passed', 'passed']);
  });

  it('has what Linux does of its own where its profile does not', () => {
    const [, server] = exported(TALK.replace('{ isn 300 }', '{ ecn accept }'));
    assert.match(server?.text ?? '', /net\.ipv4\.tcp_ecn=2/);
    const ask = TALK.replace('{ isn 100 }', '{ ecn ask }').replace('{ isn 300 }', '{ ecn accept }');
    assert.deepEqual(
      exported(ask).map(({ text }) => play(text, 'rfc9293').verdict),
      ['passed', 'passed'],
    );
  });
});

describe('what comes at the instant of a timer in an exported script', () => {
  it('comes before it, as arrivals do', () => {
    const lost = TALK.replace('server: listen', 'drop server -> client SYN,ACK\n  server: listen');
    for (const profile of ['rfc9293', 'freebsd', 'linux'])
      assert.deepEqual(verdicts(`profile ${profile}`, profile, lost), ['passed', 'passed']);
  });
});

describe('a child that is opened fast', () => {
  it('is used before the handshake is over', () => {
    const answer = `${FAST.replace('wait 1s\n  server: receive', 'wait 15ms\n  server: send "answer"')}`;
    for (const { text } of exported(answer))
      assert.equal(play(text, 'linux').verdict, 'passed', text);
    assert.match(exported(answer).at(-1)?.text ?? '', /write\(4, .*\n.*> P\. 1:7\(6\) ack 7\n.*< /);
  });
});
