/** RFC 7413: a client and a server that open fast, for the tests of both. */

import assert from 'node:assert/strict';
import { makeFastOpenCookie } from '../../src/tcp/fast-open.js';
import type { Options } from '../../src/tcp/options.js';
import type { Segment } from '../../src/tcp/segment.js';
import { ACK, SYN, segment } from '../../src/tcp/segment.js';
import { add, seq } from '../../src/tcp/seq.js';
import { fixedIsn, type Settings } from '../../src/tcp/settings.js';
import { octets } from './fixtures.js';
import { createNetwork, type Network } from './network.js';

export const COOKIE = '0102030405060708';

/** A client and a server at port 80, both with Fast Open as these settings say. */
export function pair(client: Partial<Settings> = {}, server: Partial<Settings> = {}): Network {
  const net = createNetwork();
  net.add('client', { isn: fixedIsn(100), fastOpen: 'client', ...client });
  net.add('server', { isn: fixedIsn(300), fastOpen: 'server', ...server });
  net.listen('server');
  return net;
}

/** An active OPEN with text. */
export function open(net: Network, text = 'hello'): number {
  const remote = { address: net.host('server').address, port: 80 };
  const local = { address: '', port: 0 };
  const call = { kind: 'OPEN', open: 'active', local, remote, name: undefined } as const;
  return net.call('client', { ...call, text: octets(text) });
}

/** The segment that has left last. */
export function last(net: Network): Segment {
  return net.flying.at(-1)?.segment ?? assert.fail('nothing has left');
}

/** Takes what is under way off the wires. */
export function lose(net: Network): readonly Segment[] {
  return net.flying.splice(0).map(({ segment: one }) => one);
}

/** A SYN,ACK of the server's that a test has made, in answer to the client's latest SYN. */
export function synAck(net: Network, acked: number, options: Options = {}, text = ''): void {
  const [syn] = lose(net).slice(-1);
  const fields = {
    seq: seq(300),
    ack: add(syn?.seq ?? seq(0), acked),
    ctl: SYN | ACK,
    wnd: 65_535,
  };
  const ports = { sourcePort: 80, destinationPort: syn?.sourcePort ?? 0 };
  net.arrive('client', '10.0.0.2', segment({ ...ports, ...fields, options, data: octets(text) }));
}

/** A SYN of a client that a test plays. */
export function syn(net: Network, port: number, text: string, options: Options = {}): void {
  const fields = { sourcePort: port, destinationPort: 80, seq: seq(100), ctl: SYN, wnd: 65_535 };
  net.arrive('server', '10.0.0.9', segment({ ...fields, options, data: octets(text) }));
}

export function fromClient(net: Network, port: number, ctl: number, at: number, ack = 301): void {
  const fields = { sourcePort: port, destinationPort: 80, wnd: 65_535 };
  net.arrive('server', '10.0.0.9', segment({ ...fields, ctl, seq: seq(at), ack: seq(ack) }));
}

/** The cookie that the server has for 10.0.0.9. */
export function goodCookie(net: Network): string {
  return makeFastOpenCookie(net.host('server').settings, '10.0.0.9', '10.0.0.2');
}

/** The client has learned this cookie from the server. */
export function learned(net: Network, cookie = COOKIE): void {
  open(net, '');
  synAck(net, 1, { mss: 1460, fastOpen: { cookie } });
  lose(net);
  net.sent();
}
