/** What `recvmsg` tells beside text, as packetdrill compares it: each script differs in one thing from one that passes. */

import assert from 'node:assert/strict';
import { ACCEPTED, play } from './play.js';

/** A text of 100 octets is acknowledged that was not copied, and one of 50 has come 100 ms after it left. */
const TOLD = `${ACCEPTED}+0 setsockopt(4, SOL_SOCKET, SO_ZEROCOPY, [1], 4) = 0
+0 setsockopt(4, SOL_SOCKET, SO_TIMESTAMPING, [SOF_TIMESTAMPING_TX_ACK|SOF_TIMESTAMPING_SOFTWARE], 4) = 0
+0 setsockopt(4, SOL_TCP, TCP_INQ, [1], 4) = 0
+0 send(4, ..., 100, MSG_ZEROCOPY) = 100
+0 > P. 1:101(100) ack 1
+.1 < P. 1:51(50) ack 101 win 32792
+0 > . 101:101(0) ack 51
`;

function read(flags: string, control: string, how = 'MSG_ERRQUEUE', octets = 0): string {
  const iov = `msg_name(...)=..., msg_iov(1)=[{...,${octets}}]`;
  return `${TOLD}+0 recvmsg(4, {${iov}, msg_flags=${flags}${control}}, ${how}) = ${octets}\n`;
}

function note(origin: string, info: number, code = '0', errno = '0'): string {
  const data = `ee_errno=${errno}, ee_origin=${origin}, ee_type=0, ee_code=${code}, ee_info=${info}, ee_data=0`;
  return `{cmsg_level=CMSG_LEVEL_IP, cmsg_type=CMSG_TYPE_RECVERR, cmsg_data={${data}}}`;
}

const time = (seconds: number, nanoseconds: number) =>
  `{cmsg_level=SOL_SOCKET, cmsg_type=SCM_TIMESTAMPING, cmsg_data={scm_sec=${seconds},scm_nsec=${nanoseconds}}}`;
const acked = note('SO_EE_ORIGIN_TIMESTAMPING', 2, '0', 'ENOMSG');
const inq = (octets: number) => `{cmsg_level=SOL_TCP, cmsg_type=TCP_CM_INQ, cmsg_data=${octets}}`;
const control = (...messages: readonly string[]) => `, msg_control=[${messages.join(', ')}]`;

const stamped = 'MSG_ERRQUEUE|MSG_TRUNC';

const cases: readonly (readonly [name: string, script: string, verdict: RegExp | 'passed'])[] = [
  ['a time and its note', read(stamped, control(time(0, 200_000_000), acked)), 'passed'],
  ['any time', read(stamped, control(time(0, 0), acked)), 'passed'],
  ['what is left open', read(stamped, ', msg_control=...'), 'passed'],
  [
    'a time that is too early',
    read(stamped, control(time(0, 100_000_000), acked)),
    /^16: msg_control 1\/37 0\.1/,
  ],
  [
    'another note',
    read(stamped, control(time(0, 0), note('4', 1, '0', 'ENOMSG'))),
    /^16: msg_control .*ee_info=1.* \/ .*ee_info=2/,
  ],
  ['no room for the note', read(stamped, control(time(0, 0))), /^16: msg_flags .*MSG_CTRUNC/],
  ['no room for it that is expected', read(`${stamped}|MSG_CTRUNC`, control(time(0, 0))), 'passed'],
  ['no room at all', read(`${stamped}|MSG_CTRUNC`, ''), 'passed'],
  ['a message more', read(stamped, control(time(0, 0), acked, inq(0))), /^16: msg_control/],
  [
    'other flags',
    read('MSG_ERRQUEUE', control(time(0, 0), acked)),
    /^16: msg_flags MSG_ERRQUEUE \//,
  ],
  [
    'the next note, which is not copied',
    `${read(stamped, control(time(0, 0), acked))}+0 recvmsg(4, {msg_name(...)=..., msg_iov(1)=[{...,0}], msg_flags=MSG_ERRQUEUE${control(note('SO_EE_ORIGIN_ZEROCOPY', 0, 'SO_EE_CODE_ZEROCOPY_COPIED'))}}, MSG_ERRQUEUE) = 0\n`,
    'passed',
  ],
  ['what can still be read', read('0', control(time(0, 200_000_000), inq(10)), '0', 40), 'passed'],
  [
    'another number',
    read('0', control(time(0, 0), inq(11)), '0', 40),
    /^16: msg_control .*6\/36 11 \/ .*6\/36 10/,
  ],
  ['no room for that', read('MSG_CTRUNC', control(time(0, 0)), '0', 40), 'passed'],
];

describe('recvmsg in a packetdrill script', () => {
  for (const [name, script, verdict] of cases) {
    it(`knows ${name}`, () => {
      const found = play(script).verdict;
      if (verdict === 'passed') assert.equal(found, verdict);
      else assert.match(found, verdict);
    });
  }
});
