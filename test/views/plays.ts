/** The plays that the diagram is tested with: what a textbook would print. */

import { ms, type Play, play, second } from './record.js';

/** Open, talk, close, and 2 MSL later the entry is gone. */
export function openTalkClose(): Play {
  const p = play('client', 'server');
  p.call(0, 'server: listen 80', { from: 'CLOSED', to: 'LISTEN', id: 0 });
  const [syn] = p.call(0, 'client: connect server:80', {
    from: 'CLOSED',
    to: 'SYN_SENT',
    send: [{ to: 'server', ctl: 'SYN', seq: 100 }],
  });
  const [synAck] = p.arrive(syn, {
    from: 'LISTEN',
    to: 'SYN_RCVD',
    send: [{ to: 'client', ctl: 'SYN,ACK', seq: 300, ack: 101 }],
  });
  const [ack] = p.arrive(synAck, {
    from: 'SYN_SENT',
    to: 'ESTABLISHED',
    send: [{ to: 'server', ctl: 'ACK', seq: 101, ack: 301 }],
  });
  p.arrive(ack, { from: 'SYN_RCVD', to: 'ESTABLISHED' });
  const [data] = p.call(30 * ms, 'client: send "GET / HTTP/1.0\\r\\n\\r\\n"', {
    from: 'ESTABLISHED',
    send: [{ to: 'server', ctl: 'PSH,ACK', seq: 101, ack: 301, text: 'GET / HTTP/1.0\r\n\r\n' }],
  });
  const [fin] = p.call(30 * ms, 'client: close', {
    from: 'ESTABLISHED',
    to: 'FIN_WAIT_1',
    send: [{ to: 'server', ctl: 'FIN,ACK', seq: 119, ack: 301 }],
  });
  const [dataAck] = p.arrive(data, {
    from: 'ESTABLISHED',
    send: [{ to: 'client', ctl: 'ACK', seq: 301, ack: 119 }],
  });
  const [finAck] = p.arrive(fin, {
    from: 'ESTABLISHED',
    to: 'CLOSE_WAIT',
    send: [{ to: 'client', ctl: 'ACK', seq: 301, ack: 120 }],
    signal: 'connection closing',
  });
  p.arrive(dataAck, { from: 'FIN_WAIT_1' });
  p.arrive(finAck, { from: 'FIN_WAIT_1', to: 'FIN_WAIT_2' });
  const [fin2] = p.call(50 * ms, 'server: close', {
    from: 'CLOSE_WAIT',
    to: 'LAST_ACK',
    send: [{ to: 'client', ctl: 'FIN,ACK', seq: 301, ack: 120 }],
  });
  const [last] = p.arrive(fin2, {
    from: 'FIN_WAIT_2',
    to: 'TIME_WAIT',
    send: [{ to: 'server', ctl: 'ACK', seq: 120, ack: 302 }],
  });
  p.arrive(last, { from: 'LAST_ACK', to: 'CLOSED' });
  p.timeout(60 * ms + 240 * second, 'timeWait', {
    host: 'client',
    from: 'TIME_WAIT',
    to: 'CLOSED',
  });
  return p;
}

/** A SYN is lost, and sent again after the retransmission time-out. */
export function lostSyn(): Play {
  const p = play('client', 'server');
  p.call(0, 'client: connect server:80', {
    from: 'CLOSED',
    to: 'SYN_SENT',
    send: [{ to: 'server', ctl: 'SYN', seq: 100, fate: 'lose' }],
  });
  const [again] = p.timeout(second, 'retransmission', {
    host: 'client',
    from: 'SYN_SENT',
    send: [{ to: 'server', ctl: 'SYN', seq: 100, kind: 'retransmission' }],
  });
  const [synAck] = p.arrive(again, {
    from: 'LISTEN',
    to: 'SYN_RCVD',
    send: [{ to: 'client', ctl: 'SYN,ACK', seq: 300, ack: 101 }],
  });
  const [ack] = p.arrive(synAck, {
    from: 'SYN_SENT',
    to: 'ESTABLISHED',
    send: [{ to: 'server', ctl: 'ACK', seq: 101, ack: 301 }],
  });
  p.arrive(ack, { from: 'SYN_RCVD', to: 'ESTABLISHED' });
  return p;
}

/** Both open at once: the SYNs cross. */
export function simultaneousOpen(): Play {
  const p = play('A', 'B');
  const opens = { from: 'CLOSED', to: 'SYN_SENT' } as const;
  const [a] = p.call(0, 'A: connect B:80', { ...opens, send: [{ to: 'B', ctl: 'SYN', seq: 100 }] });
  const [b] = p.call(0, 'B: connect A:80', { ...opens, send: [{ to: 'A', ctl: 'SYN', seq: 300 }] });
  const crossed = { from: 'SYN_SENT', to: 'SYN_RCVD' } as const;
  const [aa] = p.arrive(a, { ...crossed, send: [{ to: 'A', ctl: 'SYN,ACK', seq: 300, ack: 101 }] });
  const [bb] = p.arrive(b, { ...crossed, send: [{ to: 'B', ctl: 'SYN,ACK', seq: 100, ack: 301 }] });
  p.arrive(aa, { from: 'SYN_RCVD', to: 'ESTABLISHED' });
  p.arrive(bb, { from: 'SYN_RCVD', to: 'ESTABLISHED' });
  return p;
}

/** Three on stage: an attacker injects in the client's name; a cut, a hold, a failure. */
export function threeHosts(): Play {
  const p = play('client', 'server', 'peer-mallory');
  p.call(0, 'server: listen 80', { from: 'CLOSED', to: 'LISTEN', id: 0 });
  const [syn] = p.call(0, 'client: connect server:80', {
    from: 'CLOSED',
    to: 'SYN_SENT',
    send: [{ to: 'server', ctl: 'SYN', seq: 3_735_928_559 }],
  });
  const [synAck] = p.arrive(syn, {
    from: 'LISTEN',
    to: 'SYN_RCVD',
    send: [{ to: 'client', ctl: 'SYN,ACK', seq: 3_405_691_582, ack: 3_735_928_560 }],
  });
  p.call(15 * ms, 'inject peer-mallory -> server RST', {
    host: 'peer-mallory',
    send: [
      { to: 'server', ctl: 'RST', seq: 3_735_928_560, delay: 2 * ms, kind: 'injected' },
      { to: 'server', ctl: 'RST', seq: 3_735_999_999, delay: 30 * ms, kind: 'injected' },
    ],
  });
  const rst = p.step(3).departures[0];
  p.arrive(rst, { from: 'SYN_RCVD', to: 'CLOSED', signal: 'connection reset' });
  const [ack] = p.arrive(synAck, {
    from: 'SYN_SENT',
    to: 'ESTABLISHED',
    send: [{ to: 'server', ctl: 'ACK', seq: 3_735_928_560, ack: 3_405_691_583 }],
  });
  const [reset] = p.arrive(ack, {
    send: [{ to: 'client', ctl: 'RST', seq: 3_405_691_583 }],
    discard: 'no connection',
  });
  p.arrive(reset, { from: 'ESTABLISHED', to: 'CLOSED', signal: 'connection reset' });
  p.arrive(p.step(3).departures[1], { discard: 'the sequence number is outside of the window' });
  p.rule(50 * ms, 'script/path', 'cut client -- server');
  p.call(60 * ms, 'client: connect server:80 as second', {
    id: 2,
    from: 'CLOSED',
    to: 'SYN_SENT',
    send: [{ to: 'server', ctl: 'SYN', seq: 500, fate: 'cut' }],
  });
  p.call(70 * ms, 'client: connect server:80 as third', {
    id: 3,
    from: 'CLOSED',
    to: 'SYN_SENT',
    send: [{ to: 'server', ctl: 'SYN', seq: 900, fate: 'hold' }],
  });
  p.rule(90 * ms, 'script/expect-failed', 'Expected server ESTABLISHED; it is CLOSED.');
  return p;
}

/** `count` exchanges of text and acknowledgment, `every` microseconds apart. */
export function chatter(count: number, every = 25 * ms): Play {
  const p = play('client', 'server');
  for (let i = 0; i < count; i++) {
    const text = 'x'.repeat(10);
    const [data] = p.call(i * every, 'client: send 10 bytes', {
      from: 'ESTABLISHED',
      send: [{ to: 'server', ctl: 'PSH,ACK', seq: 101 + i * 10, ack: 301, text }],
    });
    const [ack] = p.arrive(data, {
      from: 'ESTABLISHED',
      send: [{ to: 'client', ctl: 'ACK', seq: 301, ack: 111 + i * 10 }],
    });
    p.arrive(ack, { from: 'ESTABLISHED' });
  }
  return p;
}
