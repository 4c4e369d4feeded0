"""Segments and ICMP messages as octets, and the connections that their numbers belong to."""

import socket
import struct

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
KINDS = {'eol': 0, 'nop': 1, 'mss': 2, 'wscale': 3, 'sackOK': 4, 'sack': 5, 'timestamps': 8, 'md5': 19}


class Flow:
    """One connection: its ports, and what the script's numbers are counted from. 0 is not known yet."""

    def __init__(self, role, local=0, remote=0):
        self.role, self.local, self.remote = role, local, remote
        self.iss = self.irs = 0
        self.latest = 0
        self.anchored = self.peer_seen = False


def checksum(octets):
    if len(octets) % 2:
        octets += b'\0'
    total = sum(struct.unpack(f'!{len(octets) // 2}H', octets))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class Network:
    """The addresses of both sides, and the datagrams between them."""

    def __init__(self, version, local, remote):
        self.version, self.local, self.remote = version, local, remote
        self.family = socket.AF_INET if version == 4 else socket.AF_INET6
        self.here, self.there = (socket.inet_pton(self.family, one) for one in (local, remote))

    def pseudo(self, protocol, length):
        ends = self.there + self.here
        if self.version == 4:
            return ends + struct.pack('!BBH', 0, protocol, length)
        return ends + struct.pack('!IHBB', length, 0, 0, protocol)

    def datagram(self, protocol, payload, ecn=0):
        """What the peer sends."""
        if self.version == 6:
            head = struct.pack('!IHBB', 0x60000000 | ecn << 20, len(payload), protocol, 255)
            return head + self.there + self.here + payload
        head = struct.pack('!BBHHHBBH', 0x45, ecn, 20 + len(payload), 0, 0, 255, protocol, 0)
        head += self.there + self.here
        return head[:10] + struct.pack('!H', checksum(head)) + head[12:] + payload

    def read(self, octets):
        """A datagram that the kernel sent: its TCP header and what follows; nothing of another protocol."""
        if octets[0] >> 4 == 4 and octets[9] == 6:
            return octets[(octets[0] & 15) * 4:struct.unpack('!H', octets[2:4])[0]]
        if octets[0] >> 4 == 6 and octets[6] == 6:
            return octets[40:]
        return None

    def ecn(self, octets):
        """The ECN field of a datagram."""
        return octets[1] & 3 if octets[0] >> 4 == 4 else octets[1] >> 4 & 3


ECN = {None: 0, 'noecn': 0, 'ect1': 1, 'ect0': 2, 'ect01': 2, 'ce': 3}


def segment(network, flow, packet, echo):
    """The peer's segment. `echo`: the timestamp that it echoes, on the wire."""
    ctl = packet['ctl']
    syn = ctl & SYN
    seq = packet['seq'] + (0 if syn or packet.get('absolute') else flow.irs)
    ack = packet['ack'] + flow.iss if ctl & ACK else 0
    options = b''.join(option(one, flow, echo) for one in packet['options'])
    head = struct.pack('!HHIIHHHH', flow.remote, flow.local, seq % 2**32, ack % 2**32,
                       ((20 + len(options)) // 4) << 12 | ctl, packet.get('window') or 0, 0,
                       packet.get('up') or 0)
    whole = head + options + bytes(packet['length'])
    total = checksum(network.pseudo(6, len(whole)) + whole)
    whole = whole[:16] + struct.pack('!H', total) + whole[18:]
    return network.datagram(6, whole, ECN[packet.get('ecn')])


def option(one, flow, echo):
    kind = one['kind']
    if kind in ('eol', 'nop'):
        return bytes([KINDS[kind]])
    if kind == 'sackOK':
        body = b''
    elif kind == 'mss':
        body = struct.pack('!H', one['value'])
    elif kind == 'wscale':
        body = bytes([one['value']])
    elif kind == 'timestamps':
        body = struct.pack('!II', one.get('val') or 0, echo)
    elif kind == 'md5':
        # Nobody has a key: any digest is as good.
        body = bytes(16)
    elif kind == 'sack':
        edges = [edge for block in one['blocks'] for edge in (block['start'], block['end'])]
        body = b''.join(struct.pack('!I', (edge + flow.iss) % 2**32) for edge in edges)
    elif kind == 'ECN':
        fields = one['option']['fields']
        body = b''.join(struct.pack('!I', value)[1:] for value in fields)
        return bytes([(172, 174)[one['option']['order']], 2 + len(body)]) + body
    elif kind in ('FO', 'FOEXP'):
        body = (b'' if kind == 'FO' else b'\xf9\x89') + bytes.fromhex(one['cookie'])
        return bytes([34 if kind == 'FO' else 254, 2 + len(body)]) + body
    else:
        raise ValueError(f'no octets for the option {kind}')
    return bytes([KINDS[kind], 2 + len(body)]) + body


def icmp(network, flow, kind, code, rest, quoted):
    """An error message of the peer's that quotes a segment of the kernel's. `rest`: its second word, hexadecimal."""
    seq = (flow.iss + quoted) % 2**32
    tcp = struct.pack('!HHI', flow.local, flow.remote, seq)  # as much as packetdrill quotes
    if network.version == 4:
        ip = struct.pack('!BBHHHBBH', 0x45, 0, 40, 0, 0x4000, 64, 6, 0)
    else:
        ip = struct.pack('!IHBB', 0x60000000, 20, 6, 64)
    body = bytes([kind, code, 0, 0]) + bytes.fromhex(rest) + ip + network.here + network.there + tcp
    protocol = 1 if network.version == 4 else 58
    pseudo = b'' if network.version == 4 else network.pseudo(58, len(body))
    body = body[:2] + struct.pack('!H', checksum(pseudo + body)) + body[4:]
    return network.datagram(protocol, body)


def timestamp(tcp):
    """TSval of a header, if it has one."""
    at, end = 20, (tcp[12] >> 4) * 4
    while at < end and tcp[at] != 0:
        if tcp[at] == 1:
            at += 1
            continue
        if tcp[at] == 8:
            return struct.unpack('!I', tcp[at + 2:at + 6])[0]
        at += max(2, tcp[at + 1])
    return None
