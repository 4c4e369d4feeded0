"""The system calls of a script, made: their arguments as the C library takes them, and what they return and write."""

import ctypes
import errno
import os
import socket
import struct

from arguments import items, lengths, libc, member, number, space
from epoll import EpollCalls
from messages import MessageCalls

# Of two names of one number the one that Linux's manual has.
ERRNO_NAMES = {**errno.errorcode, errno.EOPNOTSUPP: 'EOPNOTSUPP'}

INFO = struct.Struct('=8B24I4Q6I4Q2I2Q6I2H9I')
INFO_NAMES = """state ca_state retransmits probes backoff options scales delivery
rto ato snd_mss rcv_mss unacked sacked lost retrans fackets last_data_sent last_ack_sent
last_data_recv last_ack_recv pmtu rcv_ssthresh rtt rttvar snd_ssthresh snd_cwnd advmss reordering
rcv_rtt rcv_space total_retrans pacing_rate max_pacing_rate bytes_acked bytes_received segs_out
segs_in notsent_bytes min_rtt data_segs_in data_segs_out delivery_rate busy_time rwnd_limited
sndbuf_limited delivered delivered_ce bytes_sent bytes_retrans dsack_dups reord_seen rcv_ooopack
snd_wnd rcv_wnd rehash total_rto total_rto_recoveries total_rto_time received_ce delivered_e1_bytes
delivered_e0_bytes delivered_ce_bytes received_e1_bytes received_e0_bytes received_ce_bytes ecn""".split()

MEMORY_NAMES = 'RMEM_ALLOC RCVBUF WMEM_ALLOC SNDBUF FWD_ALLOC WMEM_QUEUED OPTMEM BACKLOG DROPS'.split()
MEMORY = ctypes.c_uint * len(MEMORY_NAMES)


class Caller(EpollCalls, MessageCalls):
    """Makes calls with the script's descriptors and addresses."""

    def __init__(self, network, bind_port, connect_port):
        self.network, self.bind_port, self.connect_port = network, bind_port, connect_port
        self.descriptors = {}

    def make(self, call, args):
        """What comes of it: the result, the errno by its name, and what was written. ValueError: it cannot be made."""
        making = getattr(self, f'call_{call}', None)
        if making is None:
            raise ValueError(f'no way to call {call}')
        missing = [fd for fd in map(number, used(call, args)) if fd not in self.descriptors]
        if missing:
            raise ValueError(f'no descriptor {missing[0]}')
        ctypes.set_errno(0)
        made = making(*args)
        result, written = made if isinstance(made, tuple) else (made, None)
        failed = ctypes.get_errno() if result < 0 else 0
        return {'result': result, 'errno': ERRNO_NAMES.get(failed), 'written': written,
                'why': os.strerror(failed)}

    def info(self, script_fd):
        """TCP_INFO by its members' names; nothing of a socket that is closed."""
        octets = ctypes.create_string_buffer(INFO.size)
        length = ctypes.c_uint(INFO.size)
        fd = self.descriptors.get(script_fd, -1)
        if libc.getsockopt(fd, 6, 11, octets, ctypes.byref(length)) < 0:
            return {}
        info = dict(zip(INFO_NAMES, INFO.unpack(octets.raw)))
        info['delivery_rate_app_limited'] = info['delivery'] & 1
        info['ecn_mode'], info['accecn_opt_seen'] = info['ecn'] & 3, info['ecn'] >> 2 & 3
        info['accecn_fail_mode'] = info['ecn'] >> 4 & 15
        info['snd_wscale'], info['rcv_wscale'] = info['scales'] & 15, info['scales'] >> 4
        return {**{f'tcpi_{name}': value for name, value in info.items()}, **memory(fd)}

    def fd(self, value):
        return self.descriptors.get(number(value), 9999)

    def address(self, value, host, port):
        """`...`, a structure with a port, or AF_UNSPEC."""
        family = member(value, 'sa_family', 'sin_family', 'sin6_family') or value
        if family.get('words') == ['AF_UNSPEC']:
            return bytes(16)
        told = member(value, 'sin_port', 'sin6_port')
        if told is not None and told['kind'] == 'number':
            port = told['value']
        if self.network.version == 4:
            return struct.pack('=H', 2) + struct.pack('!H', port) + host + bytes(8)
        return struct.pack('=H', 10) + struct.pack('!HI', port, 0) + host + bytes(4)

    def call_socket(self, family, kind, protocol):
        told = number(family) or self.network.family
        return libc.socket(told, number(kind), number(protocol))

    def call_bind(self, fd, address, _length):
        to = self.address(address, self.network.here, self.bind_port)
        return libc.bind(self.fd(fd), to, len(to))

    def call_connect(self, fd, address, _length):
        to = self.address(address, self.network.there, self.connect_port)
        return libc.connect(self.fd(fd), to, len(to))

    def call_listen(self, fd, backlog):
        return libc.listen(self.fd(fd), number(backlog))

    def call_accept(self, fd, _address, _length, flags=None):
        return libc.accept4(self.fd(fd), None, None, number(flags) if flags else 0)

    call_accept4 = call_accept

    def call_read(self, fd, buffer, count):
        return libc.read(self.fd(fd), space(buffer, number(count)), ctypes.c_size_t(number(count)))

    def call_recv(self, fd, buffer, count, flags, *_address):
        room = space(buffer, number(count))
        return libc.recv(self.fd(fd), room, ctypes.c_size_t(number(count)), number(flags))

    call_recvfrom = call_recv

    def call_readv(self, fd, vector, _count):
        total = sum(lengths(vector))
        return libc.read(self.fd(fd), ctypes.create_string_buffer(total + 1), ctypes.c_size_t(total))

    def call_write(self, fd, buffer, count):
        return libc.write(self.fd(fd), space(buffer, number(count)), ctypes.c_size_t(number(count)))

    def call_writev(self, fd, vector, _count):
        total = sum(lengths(vector))
        return libc.write(self.fd(fd), ctypes.create_string_buffer(total + 1), ctypes.c_size_t(total))

    def call_send(self, fd, buffer, count, flags):
        room = space(buffer, number(count))
        return libc.send(self.fd(fd), room, ctypes.c_size_t(number(count)), number(flags))

    def call_sendto(self, fd, buffer, count, flags, address, _length):
        to = self.name(address)
        room = space(buffer, number(count))
        return libc.sendto(self.fd(fd), room, ctypes.c_size_t(number(count)), number(flags), to,
                           len(to or b''))

    def name(self, value):
        """Where text is sent to, if that is told."""
        if value['kind'] == 'number' or value.get('words') == ['NULL']:
            return None
        return self.address(value, self.network.there, self.connect_port)

    def call_open(self, name, flags):
        return libc.open(name['text'].encode(), number(flags))

    def call_sendfile(self, to, source, offset, count):
        start = ctypes.c_int64(number(items(offset)[0]))
        return libc.sendfile(self.fd(to), self.fd(source), ctypes.byref(start),
                             ctypes.c_size_t(number(count)))

    def call_pipe(self, ends):
        made = (ctypes.c_int * 2)()
        result = libc.pipe(made)
        self.descriptors.update(zip((number(one) for one in items(ends)), made))
        return result

    def call_splice(self, source, start, to, begin, count, flags):
        offset, place = (None if number(one) == 0 else ctypes.byref(ctypes.c_int64(1)) for one in (start, begin))
        return libc.splice(self.fd(source), offset, self.fd(to), place,
                           ctypes.c_size_t(number(count)), number(flags))

    def call_shutdown(self, fd, how):
        return libc.shutdown(self.fd(fd), number(how))

    def call_close(self, fd):
        result = libc.close(self.fd(fd))
        self.descriptors.pop(number(fd), None)
        return result

    def call_fcntl(self, fd, command, flags=None):
        return libc.fcntl(self.fd(fd), number(command), number(flags) if flags else 0)

    def call_ioctl(self, fd, request, _value=None):
        room = ctypes.c_int(0)
        return libc.ioctl(self.fd(fd), number(request), ctypes.byref(room)), room.value

    def call_poll(self, entries, count, timeout):
        room = (Poll * len(items(entries)))()
        for place, entry in zip(room, items(entries)):
            place.fd, place.events = self.fd(member(entry, 'fd')), number(member(entry, 'events'))
        result = libc.poll(room, number(count), number(timeout))
        return result, [place.revents for place in room]

    def call_setsockopt(self, fd, level, name, value, length):
        octets = octets_of(value, number(name))
        size = number(length) if length['kind'] != 'any' else len(octets)
        return libc.setsockopt(self.fd(fd), number(level), number(name), octets, size)

    def call_getsockopt(self, fd, level, name, _value, length):
        told = items(length)
        size = ctypes.c_uint(number(told[0]) if told and told[0]['kind'] == 'number' else 256)
        room = ctypes.create_string_buffer(max(256, size.value))
        result = libc.getsockopt(self.fd(fd), number(level), number(name), room, ctypes.byref(size))
        return result, room.raw[:size.value].hex()


def used(call, args):
    """The descriptors among the arguments."""
    if call in ('socket', 'open', 'epoll_create', 'pipe'):
        return []
    if call == 'poll':
        return [member(one, 'fd') for one in items(args[0])]
    return {'epoll_ctl': args[0:3:2], 'sendfile': args[:2], 'splice': args[0:3:2]}.get(call, args[:1])


def memory(fd):
    """SO_MEMINFO by its members' names."""
    room = MEMORY()
    length = ctypes.c_uint(ctypes.sizeof(room))
    libc.getsockopt(fd, 1, 55, room, ctypes.byref(length))
    return {f'SK_MEMINFO_{name}': value for name, value in zip(MEMORY_NAMES, room)}


class Poll(ctypes.Structure):
    _fields_ = [('fd', ctypes.c_int), ('events', ctypes.c_short), ('revents', ctypes.c_ushort)]


def octets_of(value, name):
    """The value of an option: a number, a time, two numbers of SO_LINGER, or text."""
    if value['kind'] == 'list' and value['items']:
        value = value['items'][0]
    if value['kind'] == 'text':
        return value['text'].encode()
    if value['kind'] != 'struct':
        return struct.pack('=I', number(value) & 0xFFFFFFFF)
    numbers = [number(one['value']) for one in value['fields']]
    wide = name in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO)
    return struct.pack('=qq' if wide else '=ii', *numbers[:2])
