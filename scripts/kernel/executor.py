"""Plays the stimuli of one packetdrill script to the kernel that this machine runs, in a network of its own.

Reads a plan (plan.ts writes it) as JSON from standard input, and prints what happened, as JSON: what each line of the
plan came to and which datagrams the kernel sent, with the times at which it did.
"""

import json
import os
import queue
import select
import socket
import struct
import subprocess
import sys
import threading
import time

from calls import Caller
from interface import prepare, set_sysctl
from wire import SYN, Flow, Network, icmp, segment, timestamp

PACKET_OUTGOING = 4
# What is waited for a call that should not block, and for what the last line causes: seconds.
GRACE, TAIL = 0.3, 0.06
FIRST_PORT = 49152
RETURN_DESCRIPTORS = ('socket', 'accept', 'accept4', 'epoll_create', 'open')


class Player:
    def __init__(self, plan):
        self.plan = plan
        self.network = Network(plan['version'], plan['local'], plan['remote'])
        self.caller = Caller(self.network, plan['bindPort'], plan['connectPort'])
        self.tun, self.sniffer = prepare(plan)
        # A busy machine shall not make stimuli late.
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
        # After that: threads have the network and the priority of the thread that began them.
        self.workers = Workers()
        self.flows, self.current, self.next_port = [], None, FIRST_PORT
        self.of_descriptor = {}
        self.sent, self.done = [], []
        self.echoes = []
        self.begin = self.caller.begin = time.time() + 0.02

    def play(self):
        for line in self.plan['lines']:
            self.wait_until(self.begin + line['at'] / 1e6)
            if not self.line(line):
                break
        self.wait_until(max(time.time(), self.begin + self.plan['until'] / 1e6) + TAIL)
        return {'lines': self.done, 'sent': self.sent}

    def now(self):
        return round((time.time() - self.begin) * 1e6)

    # What the kernel sends ------------------------------------------------------------------------

    def wait_until(self, end, over=None):
        """Takes note of what is sent until then, or until something is over."""
        while over is None or not over.is_set():
            left = end - time.time()
            if left <= 0:
                break
            step = left if over is None else min(left, 0.0005)
            ready, _, _ = select.select([self.sniffer, self.tun], [], [], step)
            if ready:
                self.drain()
        self.drain()

    def drain(self):
        """Reads all that was sent; what lies in the interface was seen already."""
        try:
            while os.read(self.tun, 1 << 16):
                pass
        except BlockingIOError:
            pass
        try:
            while True:
                octets, notes, _, source = self.sniffer.recvmsg(1 << 17, 128)
                if source[2] == PACKET_OUTGOING:
                    seconds, nanoseconds = struct.unpack('=qq', notes[0][2])
                    self.note(octets, seconds + nanoseconds / 1e9)
        except BlockingIOError:
            pass

    def note(self, octets, at):
        tcp = self.network.read(octets)
        if tcp is None:
            return
        local, remote, seq = struct.unpack('!HHI', tcp[:8])
        flow = self.flow_between(local, remote) or self.connecting(local, remote)
        if flow and tcp[13] & SYN and not flow.anchored:
            flow.iss, flow.anchored = seq, True
        val = timestamp(tcp)
        self.echoes.append(val)
        if flow and val is not None:
            flow.latest = val
        self.sent.append({
            'at': round((at - self.begin) * 1e6), 'octets': tcp.hex(),
            'ecn': self.network.ecn(octets), 'stamp': val,
            'flow': self.flows.index(flow) if flow else -1,
            'current': self.flows.index(self.current) if self.current else -1,
            'iss': flow.iss if flow else 0, 'irs': flow.irs if flow else 0,
        })

    def flow_between(self, local, remote):
        known = [one for one in self.flows if (one.local, one.remote) == (local, remote)]
        return known[-1] if known else None

    def connecting(self, local, remote):
        for flow in self.flows:
            if flow.role == 'connecting' and flow.local == 0 and flow.remote == remote:
                flow.local = local
                return flow
        return None

    # Lines ----------------------------------------------------------------------------------------

    def line(self, line):
        """Does what a line says; False when the script cannot go on."""
        come = {'line': line['line'], 'at': self.now()}
        self.done.append(come)
        kind = line['kind']
        if kind == 'in':
            self.inject(line, come)
        elif kind == 'icmp':
            flow = self.current or Flow('fresh')
            quoted = icmp(self.network, flow, line['type'], line['code'], line['rest'], line['seq'])
            os.write(self.tun, quoted)
        elif kind == 'sysctl':
            self.command(line, come)
        elif kind == 'info':
            fds = [fd for fd, flow in self.of_descriptor.items() if flow is self.current]
            come['info'] = self.caller.info(fds[-1]) if fds else {}
        else:
            return self.call(line, come)
        self.drain()
        return True

    def command(self, line, come):
        """A sysctl, or a command about the interface."""
        try:
            if 'name' in line:
                set_sysctl(line['name'], line['value'])
            else:
                subprocess.run(line['words'], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as error:
            come['problem'] = str(error)

    def inject(self, line, come):
        packet = line['segment']
        flow = self.receiver(packet)
        if packet['ctl'] & SYN and not flow.peer_seen and flow.role != 'fresh':
            flow.irs, flow.peer_seen = packet['seq'], True
        echo = self.echo(line, flow)
        come['flow'], come['echo'] = self.flows.index(flow), echo
        os.write(self.tun, segment(self.network, flow, packet, echo))

    def echo(self, line, flow):
        """The timestamp on the wire: as told, of the expected segment that has it, or the latest that was sent."""
        if line['echo'] == 'as told':
            return line['ecr']
        if isinstance(line['echo'], int) and line['echo'] < len(self.echoes):
            return self.echoes[line['echo']] or 0
        return flow.latest

    def receiver(self, packet):
        """The flow of a segment of the peer's, which packets are of from now on."""
        ports, current = packet.get('ports'), self.current
        if ports:
            source, destination = ports['source'], ports['destination']
            known = self.flow_between(destination, source)
            listens = any(one.role == 'listening' and one.local == destination for one in self.flows)
            role = 'connected' if listens else 'fresh'
            self.current = known or self.add(Flow(role, destination, source))
        elif current is None:
            self.add(Flow('fresh', self.plan['bindPort'], self.port()))
        elif current.role == 'listening':
            self.add(Flow('connected', self.plan['bindPort'], self.port()))
        else:
            current.local = current.local or self.plan['bindPort']
            current.remote = current.remote or self.port()
        return self.current

    def port(self):
        self.next_port += 1
        return self.next_port - 1

    def add(self, flow):
        self.flows.append(flow)
        self.current = flow
        return flow

    # Calls ----------------------------------------------------------------------------------------

    def call(self, line, come):
        """Made by a thread of its own: a call may block."""
        over = threading.Event()
        self.before(line)
        self.workers.submit(lambda: self.make(line, come, over))
        if line['until'] is not None:
            self.wait_until(time.time() + 0.002, over)
            return True
        self.wait_until(time.time() + GRACE, over)
        if not over.is_set():
            come['blocked'] = True
            return False
        self.after(line, come)
        return 'problem' not in come

    def make(self, line, come, over):
        try:
            made = self.caller.make(line['call'], line['args'])
            come.update(made)
        except (ValueError, TypeError) as error:
            come['problem'] = str(error)
        come['end'] = self.now()
        self.learn(line, come)
        over.set()

    def learn(self, line, come):
        """Descriptors that a call returned."""
        if line['call'] in RETURN_DESCRIPTORS and come.get('result', -1) >= 0:
            named = line['named'] if line['named'] is not None else come['result']
            self.caller.descriptors[named] = come['result']
            come['named'] = named
            if line['call'].startswith('accept'):
                self.of_descriptor[named] = self.accepted(come['result'])

    def accepted(self, fd):
        """The flow of a connection that was accepted."""
        with socket.socket(fileno=os.dup(fd)) as one:
            try:
                return self.flow_between(one.getsockname()[1], one.getpeername()[1])
            except OSError:
                return self.current

    def before(self, line):
        """What packets are of changes with connect."""
        call, args = line['call'], line['args']
        goes = call == 'connect' or (call in ('sendto', 'sendmsg') and 'MSG_FASTOPEN' in str(args))
        flow = self.of_descriptor.get(args[0].get('value')) if args else None
        if not goes or flow is None:
            return
        if 'AF_UNSPEC' in str(args):
            flow.role = 'dissolved'
            return
        if flow.role == 'dissolved':
            flow = self.add(Flow('fresh'))
            self.of_descriptor[args[0]['value']] = flow
        if flow.role == 'fresh':
            flow.role, flow.remote = 'connecting', line['port']

    def after(self, line, come):
        call, args = line['call'], line['args']
        if come.get('result', -1) < 0:
            return
        if call == 'socket':
            self.of_descriptor[come['named']] = self.add(Flow('fresh'))
            return
        flow = self.of_descriptor.get(args[0].get('value')) if args else None
        if call == 'bind' and flow:
            flow.local = line['port']
        if call == 'listen' and flow and flow.role == 'fresh':
            flow.role, flow.remote = 'listening', 0


class Workers:
    """Threads that make calls; a new one where all are blocked."""

    def __init__(self):
        self.work, self.idle = queue.Queue(), 0
        self.lock = threading.Lock()
        self.submit(lambda: None)

    def submit(self, task):
        with self.lock:
            if self.idle <= self.work.qsize():
                threading.Thread(target=self.run, daemon=True).start()
                self.idle += 1
        self.work.put(task)

    def run(self):
        while True:
            task = self.work.get()
            with self.lock:
                self.idle -= 1
            task()
            with self.lock:
                self.idle += 1


if __name__ == '__main__':
    happened = Player(json.load(sys.stdin)).play()
    print(json.dumps(happened), flush=True)
    # Threads may still be blocked.
    os._exit(0)
