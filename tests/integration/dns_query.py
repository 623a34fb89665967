"""One question to a DNS server, without the system's resolver, which would also ask others."""

import contextlib
import ipaddress
import itertools
import socket
import struct

A, PTR, AAAA = 1, 12, 28
RECURSION_DESIRED = 0x0100
HEADER = struct.Struct('!6H')
PATIENCE = 2
ATTEMPTS = 15
numbers = itertools.count(1)


class NoServer(Exception):
    """Nobody listens there."""


class NoReply(Exception):
    """A server listens, but does not answer in time."""


class DnsServer:

    def __init__(self, address, over_tcp=False):
        self.address = address
        self.over_tcp = over_tcp

    def addresses(self, name):
        """The addresses of a name, of both families; none if the server does not know it."""
        return self._ask(name, A) | self._ask(name, AAAA)

    def names(self, address):
        return self._ask(ipaddress.ip_address(address).reverse_pointer, PTR)

    def _ask(self, name, kind):
        question = b''.join(bytes([len(label)]) + label.encode() for label in name.split('.')) + b'\0' + struct.pack('!HH', kind, 1)
        for _ in range(ATTEMPTS):
            # A server that ends may leave a question unanswered. The next question finds no server, or the next one.
            with contextlib.suppress(TimeoutError):
                return frozenset(answers(self._exchanged(question), HEADER.size + len(question), kind))
        raise NoReply(self.address)

    def _exchanged(self, question):
        message = HEADER.pack(next(numbers) & 0xffff, RECURSION_DESIRED, 1, 0, 0, 0) + question
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM if self.over_tcp else socket.SOCK_DGRAM) as wire:
            wire.settimeout(PATIENCE)
            try:
                # Connected, so that a closed port is an error.
                wire.connect((self.address, 53))
                if not self.over_tcp:
                    wire.send(message)
                    return wire.recv(4096)
                wire.sendall(struct.pack('!H', len(message)) + message)
                length, = struct.unpack('!H', wire.recv(2, socket.MSG_WAITALL))
                return wire.recv(length, socket.MSG_WAITALL)
            except TimeoutError:
                raise
            except OSError as reason:
                raise NoServer(self.address) from reason


def answers(reply, position, kind):
    """The data of the records of this type that begin there."""
    for _ in range(struct.unpack_from('!H', reply, 6)[0]):
        _, position = name_at(reply, position)
        found, _, _, length = struct.unpack_from('!HHIH', reply, position)
        position += 10
        if found == kind:
            yield name_at(reply, position)[0] if kind == PTR else str(ipaddress.ip_address(reply[position:position + length]))
        position += length


def name_at(reply, position):
    """A name, and the position after it."""
    labels = []
    while reply[position]:
        if reply[position] >= 0xc0:
            rest, _ = name_at(reply, struct.unpack_from('!H', reply, position)[0] & 0x3fff)
            return '.'.join([*labels, rest]), position + 2
        labels.append(reply[position + 1:position + 1 + reply[position]].decode())
        position += 1 + reply[position]
    return '.'.join(labels), position + 1
