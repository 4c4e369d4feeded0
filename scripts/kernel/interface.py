"""A network of its own with one interface, whose other end is ours."""

import fcntl
import os
import socket
import struct
import subprocess

from arguments import libc

CLONE_NEWNET = 0x40000000
TUNSETIFF, TUNSETOFFLOAD = 0x400454CA, 0x400454D0
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000
# The kernel hands over long segments as they are, as it does to packetdrill.
TUN_OFFLOADS = 0x01 | 0x02 | 0x04 | 0x08
SO_TIMESTAMPNS = 35


def allow(algorithm):
    """Only the first network may let others have a congestion control."""
    path = '/proc/sys/net/ipv4/tcp_allowed_congestion_control'
    with open(path, encoding='ascii') as file:
        allowed = file.read().split()
    if algorithm not in allowed:
        with open(path, 'w', encoding='ascii') as file:
            file.write(' '.join([*allowed, algorithm]))


def prepare(plan):
    """A network with one interface, whose other end is ours; returns that end and a socket that sees all that is sent."""
    try:
        allow('cubic')
    except OSError:
        pass
    if libc.unshare(CLONE_NEWNET) != 0:
        raise OSError('no network of its own: that takes root')
    tun = os.open('/dev/net/tun', os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack('16sH22x', b'tun0', IFF_TUN | IFF_NO_PI))
    fcntl.ioctl(tun, TUNSETOFFLOAD, TUN_OFFLOADS)
    for name, value in plan['sysctls']:
        set_sysctl(name, value)
    subprocess.run(['ip', '-batch', '-'], input='\n'.join(plan['network']), check=True, text=True)
    sniffer = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
    sniffer.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    sniffer.setsockopt(socket.SOL_SOCKET, 33, 1 << 22)
    sniffer.bind(('tun0', 3))
    sniffer.setblocking(False)
    return tun, sniffer


def set_sysctl(name, value):
    with open(f'/proc/sys/{name.replace(".", "/")}', 'w', encoding='ascii') as file:
        file.write(value)
