"""epoll_create, epoll_ctl and epoll_wait: events with what a script lets them carry."""

import ctypes

from arguments import items, libc, member, number

# What an event can carry, and of how many octets of it a script speaks.
DATA = {'fd': 4, 'u32': 4, 'u64': 8, 'ptr': 8}


class Event(ctypes.Structure):
    _pack_ = 1
    _fields_ = [('events', ctypes.c_uint32), ('data', ctypes.c_uint64)]


class EpollCalls:
    """Of a caller with descriptors."""

    def call_epoll_create(self, size):
        return libc.epoll_create(number(size))

    def call_epoll_ctl(self, epoll, operation, fd, event):
        kind = kind_of(event)
        data = number(member(event, kind)) if kind else 0
        carried = self.descriptors.get(data, data) if kind == 'fd' else data
        made = Event(number(member(event, 'events') or {'kind': 'any'}) & 0xFFFFFFFF, carried)
        return libc.epoll_ctl(self.fd(epoll), number(operation), self.fd(fd), ctypes.byref(made))

    def call_epoll_wait(self, epoll, events, count, timeout):
        room = (Event * max(1, number(count)))()
        result = libc.epoll_wait(self.fd(epoll), room, number(count), number(timeout))
        told = items(events) or [events]
        kind = kind_of(told[0]) or 'ptr'
        return result, [{'events': one.events, 'kind': kind if result > 0 else 'ptr',
                         'data': self.carried(one.data, kind)}
                        for one in room[:max(1, min(result, len(told)))]]

    def carried(self, data, kind):
        """As the script writes it: a descriptor by its own number."""
        value = data & ((1 << 8 * DATA[kind]) - 1)
        if kind != 'fd':
            return value
        return next((named for named, fd in self.descriptors.items() if fd == value), value)


def kind_of(event):
    return next((name for name in DATA if member(event, name)), None)
