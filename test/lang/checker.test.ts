/** What the checker says of scripts: each mistake once, and where it is. */

import { check, HOSTS } from './scripts.js';

/** The mistakes of statements after `HOSTS`: lines count from the first statement. */
function steps(source: string, expected: readonly string[]): void {
  const shifted = expected.map((one) => one.replace(/^\d+/, (line) => `${Number(line) + 3}`));
  check(HOSTS + source, shifted);
}

const statementTable: readonly (readonly [
  title: string,
  source: string,
  expected: readonly string[],
])[] = [
  ['a host that nobody declared', 'sever: listen 80', ['1:1 unknown-host']],
  ['a host in a segment', 'expect client -> sever SYN', ['1:18 unknown-host']],
  ['a host in a path', 'expect cliet.SND.NXT == 1', ['1:8 unknown-name']],
  ['a variable that SND. does not have', 'expect client SND.FOO == 1', ['1:15 unknown-property']],
  ['a segment without its hosts', 'expect SYN\nwait until fin', ['1:8 expected', '2:12 expected']],
  [
    'a variable to set without its host',
    'set SND.WND = 5\nfire timers.user',
    ['1:5 of-which', '2:6 of-which'],
  ],
  [
    'an MTU of another message, once',
    'icmp host-unreachable mtu=5 client -> server',
    ['1:27 mtu-of-what'],
  ],
  ['a time where a number is wanted, once', 'server: listen 100ms', ['1:16 wrong-type']],
  [
    'a value of another type than is wanted',
    'let w = 10ms\nlet t = "abc"\nlet n = 5\nrepeat w { wait n }\nserver: listen t\nwait n * w',
    ['4:8 wrong-type', '4:17 time-without-unit', '5:16 wrong-type'],
  ],
  ['a zero, which may be a time', 'let zero = 0\nwait zero\nrepeat zero { wait 1s }', []],
  [
    'a name that a later block gives to another type',
    'repeat 2 { let a = 1s\nwait a }\nrepeat 2 as a { server: listen 80 + a }',
    [],
  ],
  ['a call of a peer', 'mallory: listen 80', ['1:1 peer-acts']],
  ['a state of a peer', 'expect mallory ESTABLISHED', ['1:8 peer-state']],
  ['a peer is fine to connect to', 'client: connect mallory:80', []],
  ['a connection that nobody named', 'client.first: close', ['1:8 unknown-connection']],
  ['a connection that the engine names', 'client.c1: close\nserver.l1: close', []],
  ['a connection named before', 'client: connect server:80 as c1\nclient.c1: close', []],
  ['a connection with itself', 'client: connect client:80 from 80', []],
  ['a segment to itself', 'expect client -> client SYN', []],
  [
    'a place among what is sent later',
    'drop client -> server SYN nth 2',
    ['1:31 misplaced-option'],
  ],
  ['a delivery, which is now', 'deliver client -> server SYN now', ['1:30 misplaced-option']],
  [
    'faults of what is under way',
    'drop 2 client -> server SYN now\ncorrupt client -> server now nth 3',
    [],
  ],
  ['the place before the first', 'drop client -> server now nth 0', ['1:31 out-of-range']],
  ['a segment that is set to nothing', 'set client -> server SYN', ['1:25 expected']],
  [
    'an option that there is not',
    'set client -> server with seq=1 without mtu',
    ['1:41 no-option'],
  ],
  ['port 0 in what is under way', 'set client -> server with from 0', []],
  ['a timer that there is not', 'fire client.timers.persit', ['1:13 no-timer']],
  ['a variable that goes off', 'fire client.c1.SND.WND', ['1:13 no-timer']],
  ['no events', 'wait 0 events', ['1:6 out-of-range']],
  [
    'names given in two loops',
    'repeat 2 {\nexpect client -> server SYN as s\nhold client -> server RST as h\n}\nrepeat 2 {\nexpect client -> server SYN as s\nhold client -> server RST as h\n}\nrelease h',
    [],
  ],
  ['a message that there is not', 'icmp prt-unreachable client -> server', ['1:6 unknown-icmp']],
  ['an MTU of a port', 'icmp port-unreachable mtu=500 client -> server', ['1:27 mtu-of-what']],
  ['more than is quoted', 'icmp too-big client -> server len=3', ['1:31 not-quoted']],
  ['a message for a peer', 'icmp too-big mallory -> server', ['1:14 peer-state']],
  ['port 0', 'server: listen 0', ['1:16 out-of-range']],
  ['port 65536', 'client: connect server:65536', ['1:24 out-of-range']],
  ['a port that is computed', 'let p = 60000\nserver: listen p + 6000', ['2:16 out-of-range']],
  ['half a port', 'server: listen 80/3', ['1:16 out-of-range']],
  [
    'a sequence number of 33 bits',
    'expect client -> server SYN seq=4294967296',
    ['1:33 out-of-range'],
  ],
  [
    'more counters than an AccECN Option has',
    'expect client -> server ACK accecn1=1:2:3:4',
    ['1:37 bad-counters'],
  ],
  ['a counter of 25 bits', 'expect client -> server ACK accecn0=16777216', ['1:37 bad-counters']],
  ['the AccECN Option with fewer counters', 'expect client -> server accecn0=1:2', []],
  ['a counter that is no number', 'expect client -> server accecn1=1:x', ['1:35 expected']],
  ['the last sequence number', 'expect client -> server SYN seq=0xFFFF_FFFF', []],
  ['a window above 16 bits', 'expect client -> server SYN win=65536', ['1:33 out-of-range']],
  ['a time without unit', 'wait 200', ['1:6 time-without-unit']],
  ['zero needs no unit', 'expect client CLOSED within 0', []],
  ['a time below zero', 'wait 0s - 1s', ['1:6 negative-time']],
  ['the unit msl', 'wait 2 msl\nwait 2msl', []],
  ['an unknown unit', 'wait 2 weeks\nwait 2weeks', ['1:8 expected', '2:7 unknown-unit']],
  [
    'a segment used before it is named',
    'expect client -> server SYN seq=a.seq\nexpect server -> client SYN as a',
    ['1:33 named-later'],
  ],
  [
    'a segment used after it is named',
    'expect client -> server SYN as a\nexpect server -> client ACK ack=a.seq+1',
    [],
  ],
  [
    'a field that segments have not',
    'expect client -> server SYN as a\nlet x = a.sqe',
    ['2:11 unknown-property'],
  ],
  ['a segment as a value', 'expect client -> server SYN as a\nlet x = a', ['2:9 not-a-value']],
  ['a host as a value', 'let x = client', ['1:9 not-a-value']],
  ['a variable of nobody', 'expect SND.NXT == 3', ['1:8 of-which']],
  ['a variable of a subject', 'expect client snd.nxt == ISS+1', []],
  ['a variable that TCP has not', 'expect client SND.NEXT == 3', ['1:15 unknown-name']],
  ['a host has queues', 'expect server syn-queue == 2\nexpect server.accept-queue == 0', []],
  ['a state that is misspelt', 'expect client ESTABLISHD', ['1:15 unknown-state']],
  [
    "states in the RFC's spelling",
    'expect client SYN-RECEIVED\nexpect client state == TIME-WAIT',
    [],
  ],
  ['a state and a number', 'expect client state == 3', ['1:15 wrong-type']],
  ['states have no order', 'expect client state < CLOSED', ['1:15 wrong-type']],
  ['a fact that is a number', 'expect client SND.NXT + 1', ['1:15 wrong-type']],
  ['a time and a number', 'expect time == 3', ['1:16 time-without-unit']],
  ['a time and a count', 'expect client RTO == SND.WND', ['1:15 wrong-type']],
  ['a time and a time', 'expect time == 3s and time < 1min', []],
  ['a name that is taken', 'let a = 1\nlet a = 2', ['2:5 name-taken']],
  ['a name that is a host', 'let client = 1', ['1:5 name-taken']],
  ['a name that is a word', 'let expect = 1', ['1:5 reserved-name']],
  ['a name that is a state', 'let closed = 1', ['1:5 reserved-name']],
  ['two loops with the same variable', 'repeat 2 as i {\n}\nrepeat 2 as i {\n}', []],
  ['a loop without end', 'repeat 1000001 {\n}', ['1:8 repeat-too-often']],
  ['loops that multiply', 'repeat 1000 {\nrepeat 1001 {\n}\n}', ['2:8 repeat-too-often']],
  ['a loop that depends on the run', 'repeat client.SND.NXT {\n}', ['1:8 repeat-not-known']],
  ['a loop of an unknown name', 'repeat x {\n}', ['1:8 unknown-name']],
  ['a loop from an unknown name', 'repeat 2 as i from x {\n}', ['1:20 unknown-name']],
  ['a loop of a name on a line with a mistake', 'let x = ->\nrepeat x {\n}', ['1:9 expected']],
  ['a loop of a time', 'repeat 3s {\n}', ['1:8 wrong-type']],
  ['a loop of a let', 'let n = 2 * 3\nrepeat n {\n}', []],
  ['a loop of a let of the run', 'let n = client.SND.NXT\nrepeat n {\n}', ['2:8 repeat-not-known']],
  ['a loop of a loop', 'repeat 3 as i {\nrepeat i {\n}\n}', ['2:8 repeat-not-known']],
  ['a loop of a let without end', 'let n = 1000001\nrepeat n {\n}', ['2:8 repeat-too-often']],
  ['held and never released', 'hold client -> server SYN as old', ['1:30 unused-hold']],
  ['held and released', 'hold client -> server SYN as old\nrelease old', []],
  ['released and never held', 'release old', ['1:9 unknown-held']],
  ['a cut of a loop-back', 'cut client -- client', []],
  ['a field twice', 'expect client -> server SYN seq=1 seq=2', ['1:35 field-twice']],
  ['an injected segment says what it is', 'inject client -> server seq=1', ['1:8 missing-flags']],
  ['an injected segment has a number', 'inject client -> server SYN', ['1:8 missing-field']],
  ['an injected ACK acknowledges', 'inject client -> server ACK seq=1', ['1:8 missing-field']],
  ['an acknowledgment without ACK', 'expect client -> server SYN ack=1', ['1:29 ack-without-bit']],
  [
    'a length and a text that differ',
    'expect client -> server ACK len=5 data="abc"',
    ['1:29 length-differs'],
  ],
  [
    'a blank to answer',
    'expect server ?\nexpect client -> server ? ack=?',
    ['1:8 unanswered', '2:8 unanswered', '2:31 unanswered'],
  ],
  [
    'a blank in a value, a text and what is set',
    'let x = ?\nprint "{?}"\nset client.SND.WND = ? + 1',
    ['1:9 blank-here', '2:9 blank-here', '3:22 blank-here'],
  ],
  [
    'a blank where nothing is asked',
    'drop client -> server ?\nwait ?',
    ['1:6 blank-here', '2:6 blank-here'],
  ],
  ['a connection given in LISTEN', 'given client:1 LISTEN with server:2', ['1:16 given-listen']],
  [
    'a variable that cannot be given',
    'given client:1 ESTABLISHED with server:2 { rto 3 }',
    ['1:44 unknown-given'],
  ],
  [
    'a number given twice',
    'given client:1 ESTABLISHED with server:2 { snd.nxt 3, snd.nxt 4 }',
    ['1:55 setting-twice'],
  ],
  [
    'a state given of a peer',
    'given client:1 ESTABLISHED with mallory:2 ESTABLISHED',
    ['1:43 peer-state'],
  ],
  [
    'a connection given with itself',
    'given client:1 ESTABLISHED with client:2',
    ['1:33 self-given'],
  ],
  [
    'both ends given',
    'given client:1 FIN-WAIT-1 with server:2 CLOSE_WAIT as k { snd.nxt 5 }\nserver.k: close',
    [],
  ],
  ['an expression in a text', 'let n = 3\nprint "{n + 1} of {m}"', ['2:20 unknown-name']],
];

const declarationTable: readonly (readonly [
  title: string,
  source: string,
  expected: readonly string[],
])[] = [
  ['a setting that does not exist', 'host a { isnn 100 }', ['1:10 unknown-setting']],
  ['a setting of a link', 'host a { delay 10ms }', ['1:10 setting-elsewhere']],
  ['a setting twice', 'host a { mss 1, mss 2 }', ['1:17 setting-twice']],
  ['a setting without value', 'host a { mss }', ['1:10 setting-without-value']],
  ['a setting with a sign', 'host a { mss = 5 }', ['1:14 setting-with-sign']],
  [
    'settings with signs, a line each',
    'host a {\n  isn: 5\n  mss = 500\n}',
    ['2:6 setting-with-sign', '3:7 setting-with-sign'],
  ],
  ['a switch', 'host a { timestamps yes }', ['1:21 setting-value']],
  ['a choice', 'host a { on-overflow reste }', ['1:22 setting-value']],
  ['a time without unit', 'host a { msl 30 }', ['1:14 setting-value']],
  ['a count out of range', 'host a { window-scale 15 }', ['1:23 out-of-range']],
  ['a number or off', 'host a { window-scale off }', []],
  ['initial sequence numbers', 'host a { isn 1,2, 3 mss 5 }\nhost b { isn clock }', []],
  ['an initial sequence number of 33 bits', 'host a { isn 4294967296 }', ['1:14 out-of-range']],
  ['an unknown profile', 'host a { profile windows }', ['1:18 unknown-profile']],
  ['a profile after settings', 'host a { mss 5, profile rfc9293 }', ['1:17 profile-not-first']],
  ['settings of a peer', 'peer a { mss 5 }', ['1:8 peer-with-settings']],
  ['a percentage', 'host a\nhost b\nlink a -- b { loss 101% }', ['3:20 out-of-range']],
  ['a percentage without sign', 'host a\nhost b\nlink a -- b { loss 5 }', ['3:20 setting-value']],
  ['a rate', 'host a\nhost b\nlink a -- b { rate 10Mbps, mtu 576, delay 0, jitter 2 ms }', []],
  ['a link to itself', 'host a\nlink a -- a', []],
  ['two links of one pair', 'host a\nhost b\nlink a -- b\nlink b -- a', ['4:1 link-twice']],
  ['a link to nobody', 'host a\nlink a -- b', ['2:11 unknown-host']],
  ['two hosts of one name', 'host a\nhost a', ['2:6 name-taken']],
  ['a host called as a word', 'host wait', ['1:6 reserved-name']],
  ['an address that is none', 'host a 10.0.0.256', ['1:8 unknown-address']],
  ['an address for all', 'host a 255.255.255.255', ['1:8 unknown-address']],
  ['an address twice', 'host a fd00::1\nhost b fd00:0::0:1', ['2:8 address-taken']],
  ['two families', 'host a 10.0.0.1\nhost b fd00::1', ['2:8 mixed-families']],
  ['two seeds', 'seed 1\nseed 2', ['2:1 seed-twice']],
  ['two scenarios of one name', 'scenario "a" {\n}\nscenario "a" {\n}', ['3:10 scenario-taken']],
  ['a step outside scenarios', 'host a\nwait 1s\nscenario "a" {\n}', ['2:1 statement-outside']],
  [
    'a declaration in a scenario',
    'scenario "a" {\n  host b {\n    mss 5\n  }\n}',
    ['2:3 declaration-in-scenario'],
  ],
];

describe('the checker', () => {
  for (const [title, source, expected] of statementTable) {
    it(`sees ${title}`, () => steps(source, expected));
  }

  for (const [title, source, expected] of declarationTable) {
    it(`sees, among declarations, ${title}`, () => check(source, expected));
  }

  it('does not miss a name whose line has a mistake of its own', () => {
    check('host client\nhost server { mss 5\nlink client -- server', ['2:13 block-not-closed']);
    check('host client\nhost server 10.0.0.2 extra\nserver: listen 80', ['2:22 expected']);
    steps('expect client -> server SYM as a\nlet x = a.seq', ['1:25 unknown-flag']);
  });
});
