"""The arguments of a script's calls as numbers, and the C library that they are given to."""

import ctypes
import fcntl
import os
import select
import socket
import termios

libc = ctypes.CDLL(None, use_errno=True)

# What Python has no name for.
NUMBERS = {
    'SIOCINQ': termios.FIONREAD, 'FIONREAD': termios.FIONREAD, 'SIOCOUTQ': termios.TIOCOUTQ,
    'SIOCOUTQNSD': 0x894B, 'SIOCATMARK': 0x8905, 'TCP_FASTOPEN_CONNECT': 30, 'TCP_ULP': 31,
    'TCP_FASTOPEN_KEY': 33, 'TCP_FASTOPEN_NO_COOKIE': 34, 'TCP_INQ': 36, 'TCP_TX_DELAY': 37,
    'TCP_THIN_LINEAR_TIMEOUTS': 16, 'TCP_THIN_DUPACK': 17, 'TCP_REPAIR': 19, 'TCP_QUEUE_SEQ': 21,
    'TCP_SAVE_SYN': 27, 'TCP_IS_MPTCP': 43, 'TCP_SAVED_SYN': 28, 'TCP_RTO_MAX_MS': 44, 'TCP_RTO_MIN_US': 45,
    'TCP_DELACK_MAX_US': 46, 'SOL_TCP': 6, 'SOL_IPV6': 41, 'POLLRDHUP': 0x2000, 'NULL': 0,
    'MSG_FASTOPEN': 0x20000000, 'SO_SNDBUFFORCE': 32, 'SO_RCVBUFFORCE': 33, 'SO_PEEK_OFF': 42,
    'IP_RECVERR': 11, 'IP_MTU_DISCOVER': 10, 'IPV6_MTU_DISCOVER': 23, 'IP_RECVTTL': 12, 'IP_RECVTOS': 13, 'IP_PKTINFO': 8, 'IP_FREEBIND': 15, 'IP_MTU': 14,
    'IP_TRANSPARENT': 19, 'IP_BIND_ADDRESS_NO_PORT': 24, 'IPV6_RECVERR': 25, 'IPV6_MTU': 24,
    'SPLICE_F_MOVE': 1, 'SPLICE_F_NONBLOCK': 2, 'SPLICE_F_MORE': 4, 'SPLICE_F_GIFT': 8,
    'EPOLL_CTL_ADD': 1, 'EPOLL_CTL_DEL': 2, 'EPOLL_CTL_MOD': 3, 'MSG_ZEROCOPY': 0x4000000,
    'SO_TIMESTAMP': 29, 'SO_TIMESTAMPNS': 35, 'SO_TIMESTAMPING': 37, 'SO_ZEROCOPY': 60, 'SO_MEMINFO': 55,
}
# SO_TIMESTAMPING's flags, the lowest bit first.
FLAGS = """TX_HARDWARE TX_SOFTWARE RX_HARDWARE RX_SOFTWARE SOFTWARE SYS_HARDWARE RAW_HARDWARE OPT_ID TX_SCHED
TX_ACK OPT_CMSG OPT_TSONLY OPT_STATS OPT_PKTINFO OPT_TX_SWHW BIND_PHC OPT_ID_TCP OPT_RX_FILTER
TX_COMPLETION""".split()
NUMBERS.update({f'SOF_TIMESTAMPING_{flag}': 1 << bit for bit, flag in enumerate(FLAGS)})


def number(value):
    """A number, or constants joined by `|`."""
    if value['kind'] == 'number':
        return value['value']
    if value['kind'] != 'words':
        return 0
    total = 0
    for word in value['words']:
        found = next((getattr(one, word) for one in (socket, select, fcntl, os, termios)
                      if hasattr(one, word)), NUMBERS.get(word))
        if found is None:
            raise ValueError(f'no number for {word}')
        total |= found
    return total


def items(value):
    return value['items'] if value['kind'] == 'list' else []


def member(value, *names):
    fields = value.get('fields', [])
    return next((one['value'] for one in fields if one['name'] in names), None)


def lengths(vector):
    """The lengths of the pieces of memory."""
    return [number(member(one, 'iov_len', '1')) for one in items(vector)]


def space(buffer, count):
    return None if buffer.get('words') == ['NULL'] else ctypes.create_string_buffer(max(1, count))
