"""recvmsg and sendmsg: the control messages that come with text, and what stands in an error queue."""

import ctypes
import struct

from arguments import items, lengths, libc, member, number

ROOM = 1024
SOL_IP, SOL_SOCKET, SOL_TCP, SOL_IPV6 = 0, 1, 6, 41
IP_RECVERR, IPV6_RECVERR, SCM_TIMESTAMPING, TCP_CM_INQ = 11, 25, 37, 36


class Vector(ctypes.Structure):
    _fields_ = [('base', ctypes.c_void_p), ('length', ctypes.c_size_t)]


class Header(ctypes.Structure):
    _fields_ = [('name', ctypes.c_void_p), ('namelen', ctypes.c_uint),
                ('vector', ctypes.POINTER(Vector)), ('count', ctypes.c_size_t),
                ('control', ctypes.c_void_p), ('controllen', ctypes.c_size_t),
                ('flags', ctypes.c_int)]


class Message:
    def __init__(self, room, length, control=0):
        self.vector = Vector(ctypes.cast(room, ctypes.c_void_p), length)
        self.control = ctypes.create_string_buffer(control) if control else None
        address = ctypes.cast(self.control, ctypes.c_void_p) if control else None
        self.header = Header(None, 0, ctypes.pointer(self.vector), 1, address, control, 0)


class MessageCalls:
    """Of a caller with descriptors and a beginning, from which times are counted."""

    def call_recvmsg(self, fd, message, flags):
        room = ctypes.create_string_buffer(sum(lengths(member(message, 'msg_iov'))) + 1)
        told = Message(room, len(room) - 1, self.room(member(message, 'msg_control')))
        result = libc.recvmsg(self.fd(fd), ctypes.byref(told.header), number(flags))
        written = told.control is not None and result >= 0
        octets = told.control.raw[:told.header.controllen] if written else b''
        return result, {'flags': told.header.flags, 'control': self.parts(octets)}

    def call_sendmsg(self, fd, message, flags):
        to = self.name(member(message, 'msg_name') or {'kind': 'number', 'value': 0})
        parts = lengths(member(message, 'msg_iov'))
        rooms = [ctypes.create_string_buffer(length + 1) for length in parts]
        vectors = (Vector * len(parts))(*[Vector(ctypes.cast(room, ctypes.c_void_p), length)
                                          for room, length in zip(rooms, parts)])
        address = ctypes.cast(ctypes.c_char_p(to), ctypes.c_void_p) if to else None
        told = b''.join(map(packed, items(member(message, 'msg_control') or {'kind': 'any'})))
        control = ctypes.create_string_buffer(told, len(told)) if told else None
        header = Header(address, len(to or b''), vectors, len(parts),
                        ctypes.cast(control, ctypes.c_void_p) if told else None, len(told), 0)
        return libc.sendmsg(self.fd(fd), ctypes.byref(header), number(flags))

    def room(self, control):
        """As much as the messages take that the script expects, as packetdrill has it; enough where it leaves them open."""
        if control is None:
            return 0
        return sum(map(length_of, items(control))) if items(control) else ROOM

    def parts(self, octets):
        """Level, type and what else stands in each control message."""
        found = []
        while len(octets) >= 16:
            length, level, kind = struct.unpack('=Qii', octets[:16])
            found.append({'level': level, 'type': kind, 'data': self.data(level, kind, octets[16:length])})
            octets = octets[(length + 7) & ~7:]
        return found

    def data(self, level, kind, octets):
        if (level, kind) in ((SOL_IP, IP_RECVERR), (SOL_IPV6, IPV6_RECVERR)):
            names = ('ee_errno', 'ee_origin', 'ee_type', 'ee_code', 'pad', 'ee_info', 'ee_data')
            fields = dict(zip(names, struct.unpack('=IBBBBII', octets[:16])))
            del fields['pad']
            return fields
        if (level, kind) == (SOL_SOCKET, SCM_TIMESTAMPING) and len(octets) == 48:
            seconds, nanoseconds = struct.unpack('=qq', octets[:16])
            since = max(0, round((seconds - self.begin + nanoseconds / 1e9) * 1e6)) if seconds else 0
            return {'scm_sec': since // 1000000, 'scm_nsec': since % 1000000 * 1000}
        return struct.unpack('=i', octets)[0] if len(octets) == 4 else octets.hex()


def packed(message):
    """A control message with a number."""
    level, kind, data = (number(member(message, f'cmsg_{name}')) for name in ('level', 'type', 'data'))
    return struct.pack('=QiiI4x', 20, level, kind, data)


def length_of(message):
    """The room of a control message, by what it carries."""
    data = member(message, 'cmsg_data')
    names = [one['name'] for one in data.get('fields', [])]
    if 'ee_errno' in names:
        return 16 + (32 if number(member(message, 'cmsg_level')) == SOL_IP else 48)
    return 16 + (48 if 'scm_sec' in names else 8)
