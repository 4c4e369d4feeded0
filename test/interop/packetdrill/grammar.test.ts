/** What the grammars of both packetdrills allow, and how it is spelt: each script's verdict tells that it is read, and as what. */

import assert from 'node:assert/strict';
import { NOT_SUPPORTED } from '../../../src/interop/packetdrill/messages.js';
import { compilePackets } from '../../../src/interop/packetdrill/translate.js';
import { ACCEPTED, LISTENER, play } from './play.js';

/** `passed`, what was otherwise, `error: ...` or `not supported: ...`; lines count from 1. */
function verdict(text: string, profile = 'linux', defines?: ReadonlyMap<string, string>): string {
  const options = { file: 'grammar.pkt', profile, defines };
  const { program, diagnostics } = compilePackets(text, options);
  if (program) return defines ? 'compiled' : play(text, profile).verdict;
  const mistake = diagnostics.find(({ code }) => code !== NOT_SUPPORTED);
  if (mistake) return `error: ${mistake.range.start.line + 1} ${mistake.message}`;
  return diagnostics.map(({ message }) => message).join('; ');
}

/** Each of these is right, and means what the last line sees of it. */
function areRead(scripts: Readonly<Record<string, string>>, profile = 'linux'): void {
  for (const [title, text] of Object.entries(scripts)) {
    it(title, () => assert.equal(verdict(text, profile), 'passed'));
  }
}

/** What is said of each. */
function areAnswered(scripts: readonly (readonly [string, string, RegExp])[], profile = 'linux') {
  for (const [title, text, answer] of scripts) {
    it(title, () => assert.match(verdict(text, profile), answer));
  }
}

const SYN = '+0 < S 0:0(0) win 32792 <mss 1000>\n';
const TEXT = '+0 < P. 1:11(10) ack 1 win 32792\n';
const ANSWER = '* > . 1:1(0) ack 11 <...>\n';

describe('options of a script', () => {
  areRead({
    'end before a comment': `--tolerance_usecs=10000 /* ten */ --mtu=1500 # or more\n${ACCEPTED}`,
    'have space around =': `--tolerance_usecs = 10000\n--mtu =\n1500\n${ACCEPTED}`,
    'of the FreeBSD community': `--no_cleanup\n--udp_encapsulation=tcp\n--persistent_tun_dev\n${ACCEPTED}`,
    'of a server elsewhere': `--wire_server_at=10.0.0.1\n${ACCEPTED}`,
  });

  it('define names for words, texts and numbers', () => {
    const call = (value: string) => `+0 setsockopt(4, SOL_TCP, TCP_CONGESTION, ${value}, 4) = 0\n`;
    const named = ACCEPTED.replace('SOCK_STREAM', 'KIND').replace('IPPROTO_TCP', 'TCP');
    const script = `--define=CC="reno"\n--define=KIND=SOCK_STREAM --define=TCP=6\n${named}`;
    assert.equal(verdict(`${script}${call('CC')}`), 'passed');
    assert.match(verdict(`--define=CC="none"\n${ACCEPTED}${call('CC')}`), /^10: result 0/);
  });

  it('define names for commands, results and messages', () => {
    const script = '--define=CUBIC=`sysctl -q net.ipv4.tcp_congestion_control=cubic`\n+0 CUBIC\n';
    const asked = '+0 getsockopt(4, SOL_TCP, TCP_CONGESTION, "cubic", [16]) = ZERO\n';
    const message = '+0 < icmp KIND CODE [0:0(0)]\n';
    const names = '--define=ZERO=0 --define=KIND=unreachable --define=CODE=port_unreachable\n';
    assert.equal(verdict(`${names}${script}${ACCEPTED}${asked}${message}`), 'passed');
  });

  it('define nothing without a name, and no command that is not defined', () => {
    assert.match(verdict(`--define=3\n${ACCEPTED}`), /^error: 1 A definition is/);
    assert.match(verdict(`${ACCEPTED}+0 CLEANUP\n`), /^error: 9 Expected a system call .*CLEANUP/);
  });
});

describe('lines for one system', () => {
  const lines = (name: string) => `${ACCEPTED}#ifdef ${name}\n+0 close(4) = 7\n#endif\n`;

  it('name it in small letters or capitals', () => {
    for (const name of ['linux', 'Linux', 'LINUX']) assert.match(verdict(lines(name)), /^10: /);
    for (const name of ['freebsd', 'FREEBSD'])
      assert.match(verdict(lines(name), 'freebsd'), /^10: /);
    assert.equal(verdict(lines('OpenBSD'), 'freebsd'), 'passed');
  });

  it('are those of a name that the command line defines', () => {
    const script = `${ACCEPTED}#ifdef RACK\n+0 nonsense\n#endif\n`;
    assert.equal(verdict(script), 'passed');
    assert.match(verdict(script, 'linux', new Map([['RACK', '']])), /^error: 10 /);
  });
});

describe('packets, as the grammars have them', () => {
  areRead({
    'ports that are left to the connection': `${LISTENER}+0 < 0 > 0 S 0:0(0) win 9 <mss 1000>\n+0 > S. 0:0(0) ack 1 <...>\n`,
    'a shift count that is not compared': `${LISTENER}+0 < S 0:0(0) win 9 <mss 1000,nop,wscale 7>\n+0 > S. 0:0(0) ack 1 <mss 1460,nop,wscale *>\n`,
    'an echo with a number': `${ACCEPTED}+0 < icmp echo_request id 77\n+0 < icmp echo_reply id 1 [raw (64)]\n${TEXT}${ANSWER}`,
    'a message of no known type or code': `${ACCEPTED}+0 < icmp type_99 [1:1(0)]\n+0 < icmp unreachable code_200 [1:1(0)]\n${TEXT}${ANSWER}`,
    'a message of ICMPv6 that is no error': `--ip_version=ipv6\n${ACCEPTED.replace('1460', '1440')}+0 < icmp type_137\n${TEXT}${ANSWER}`,
  });

  describe('of the FreeBSD community', () => {
    const SYNACK = '* > S. 0:0(0) ack 1 <...>\n';
    areRead(
      {
        'a class by its long name': `--ip_version=ipv6\n${ACCEPTED.replace('mss 1460', '...')}+0 < [dscp voice-admit,hlim 3] P. 1:11(10) ack 1 win 9\n${ANSWER}`,
        'an experimental Fast Open': `${LISTENER}+0 < S 0:0(0) win 9 <mss 1000,exp-FO>\n${SYNACK}`,
        'byte counters in either order': `${LISTENER}+0 < S 0:0(0) win 9 <mss 1000,AccECN0 EE0B 1 ECEB 0 EE1B 1,nop>\n${SYNACK}`,
        'no byte counters': `${LISTENER}+0 < S 0:0(0) win 9 <mss 1000,AccECN1,nop,nop>\n${SYNACK}`,
      },
      'freebsd',
    );
  });

  areAnswered([
    ['no options', `${ACCEPTED}${TEXT.replace('\n', ' <>\n')}`, /^error: 9 Expected a TCP option/],
    [
      'no blocks',
      `${ACCEPTED}+0 < . 1:1(0) ack 1 win 9 <sack ,nop,nop>`,
      /^error: 9 Expected a nu/,
    ],
    [
      'a shift count that is sent',
      `${LISTENER}+0 < S 0:0(0) win 9 <nop,wscale *>`,
      /wscale \*` is for/,
    ],
    [
      'counters out of order',
      `${LISTENER}+0 < S 0:0(0) win 9 <AccECN0 EE1B 1,nop,nop,nop>`,
      /order/,
    ],
    [
      'a packet that waits',
      `${ACCEPTED}+0...0.1 < . 1:1(0) ack 1 win 9`,
      /^error: 9 Expected a system/,
    ],
    ['a type that is none', `${ACCEPTED}+0 < icmp type_256`, /^error: 9 The type .* 0 to 255/],
    [
      'an error about nothing',
      `${ACCEPTED}+0 < icmp redirect [raw (64)]`,
      /^not supported: an ICMP err/,
    ],
    [
      'an answer to an echo',
      `${ACCEPTED}+0 > icmp echo_reply id 7`,
      /^not supported: ICMP messages/,
    ],
    [
      'an unknown error of ICMPv6',
      `--ip_version=ipv6\n${LISTENER}+0 < icmp type_100`,
      /^not supported/,
    ],
    [
      'SCTP with ports',
      `${LISTENER}+0 < 1 > 2 sctp(tag=1): ABORT[flgs=0]`,
      /^not supported: SCTP$/,
    ],
    [
      'SCTP in lines',
      `${LISTENER}+0 < sctp: INIT[flgs=0,\n 0x01, tag=1]\n${SYN}`,
      /^not supported: SCTP$/,
    ],
    [
      'GRE by its version',
      `${LISTENER}+0 < GREv0, flags [none], sum 0: S 0:0(0) win 9`,
      /^not supported: GRE$/,
    ],
    ['fuzz', `${LISTENER}+0 < S 0:0(0) win 9 { mut tcp mss }`, /^not supported: fuzzed packets$/],
    [
      'an experiment',
      `${LISTENER}+0 < S 0:0(0) win 9 <exp-tarr 9>`,
      /^not supported: the experimental/,
    ],
  ]);
});

describe('calls, as the grammars have them', () => {
  areRead({
    'a text over two lines': `${ACCEPTED}+0 write(4, "a\nb", 3) = 3\n+0 > P. 1:4(3) ack 1\n`,
    'names and numbers joined': `${ACCEPTED}+0 fcntl(4, F_SETFL, 0x2|O_NONBLOCK) = 0\n+0 fcntl(4, F_GETFL) = 0x802\n`,
    'a result by its names': `${ACCEPTED}+0 fcntl(4, F_SETFL, O_NONBLOCK) = 0\n+0 fcntl(4, F_GETFL) = O_RDWR|O_NONBLOCK (flags O_RDWR)\n`,
    'events joined with a number': `${ACCEPTED}+0 poll([{fd=4, events=POLLIN|0x4, revents=POLLOUT}], 1, 0) = 1\n`,
    'flags of sending when it reads': `${ACCEPTED}${TEXT}${ANSWER}+0 recv(4, ..., 9, MSG_NOSIGNAL|0x8804) = 9\n`,
    'flags of reading when it sends': `${ACCEPTED}+0 send(4, ..., 9, MSG_CONFIRM|MSG_PEEK) = 9\n+0 > P. 1:10(9) ack 1\n`,
    'a command that prints': `\`echo begins; printf "%s" 3 2>&1\`\n${ACCEPTED}`,
  });
  areAnswered([
    ['another result', `${ACCEPTED}+0 fcntl(4, F_GETFL) = O_RDONLY`, /^9: result O_RDONLY \/ 2$/],
    [
      'a result that nobody knows',
      `${ACCEPTED}+0 fcntl(4, F_GETFL) = O_FOO`,
      /^9: result O_FOO \/ 2$/,
    ],
    [
      'a structure for a result',
      `${ACCEPTED}+0 close(4) = [3]`,
      /^error: 9 Expected what the call/,
    ],
    [
      'no address',
      `${ACCEPTED}+0 bind(3, {sa_family=AF_INET, sin_port=htons(1), sin_addr=inet_addr("1.2.3")}, 16) = 0`,
      /^error: 9 An address/,
    ],
    [
      'MPLS',
      `${ACCEPTED}+0 setsockopt(4, SOL_IP, 9, {(label 1, tc 0, ttl 5)}, 4) = 0`,
      /^not supported: MPLS$/,
    ],
    [
      'GRE',
      `${ACCEPTED}+0 setsockopt(4, SOL_IP, 9, {flags [none], sum 0}, 4) = 0`,
      /^not supported: GRE$/,
    ],
    [
      'a value with a name',
      `${ACCEPTED}+0 setsockopt(4, SOL_IP, 9, a = 5, 4) = 0`,
      /^not supported: an argument/,
    ],
    ['a quoted command', `\`echo \\\`date\\\`\`\n${ACCEPTED}`, /^not supported: the command `echo/],
    [
      'a command that writes',
      `\`echo 1 > /sys/x\`\n${ACCEPTED}`,
      /^not supported: the command `echo/,
    ],
    ['commands alone', '`true`\n', /^error: 1 There is nothing to run/],
  ]);
  areAnswered(
    [
      [
        'a key',
        `${LISTENER}+0 setsockopt(3, IPPROTO_TCP, TCP_FASTOPEN, {enable=1, psk=0011aabb}, 20) = 0`,
        /not supported: TCP_FASTOPEN with this value/,
      ],
      [
        'a file with a header',
        `${ACCEPTED}+0 sendfile(4, 3, 0, 0, {headers(0)=[], trailers(0)=[]}, [4], 0) = 0`,
        /^not supported: FreeBSD/,
      ],
    ],
    'freebsd',
  );
  areRead(
    {
      'a key of zeros': `${LISTENER}+0 setsockopt(3, IPPROTO_TCP, TCP_FASTOPEN, {enable=1, psk=00000000000000000000000000000000}, 20) = 0\n`,
    },
    'freebsd',
  );
});

describe('scripts that a program wrote', () => {
  const many = (text: string) => text.repeat(100_000);
  areAnswered([
    [
      'names that are joined',
      `${ACCEPTED}+0 f(${many('A|')}A) = ${many('B|')}B`,
      /^error: 9 packetdrill has no/,
    ],
    ['a sum', `${ACCEPTED}+0 %{ assert ${many('1 + ')}1 }%`, /^not supported: Python code/],
    ['a command of one word', `\`sysctl ${many('a')}\`\n${ACCEPTED}`, /^passed$/],
    ['where output goes', `\`echo ${many('>')}\`\n${ACCEPTED}`, /^not supported: .{1,420}$/],
  ]);

  it('are shown in part', () => {
    const { program } = compilePackets(`0 write(4, "${many('a')}", 9) = 9`, {
      file: 'long.pkt',
      profile: 'linux',
    });
    assert.equal(program?.instructions[0]?.text.length, 400);
  });
});
