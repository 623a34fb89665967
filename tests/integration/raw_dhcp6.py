"""A DHCPv6 client that sends any DUID, as a program: raw_dhcp6.py INTERFACE DUID-IN-HEX IAID NAME. Prints the address that it is given.

It runs on a machine of the lab, and stores nothing.
"""

import secrets
import socket
import struct
import sys

SOLICIT, ADVERTISE, REQUEST, REPLY = 1, 2, 3, 7
CLIENT_ID, SERVER_ID, IA_NA, IA_ADDRESS, ELAPSED_TIME, FQDN = 1, 2, 3, 5, 8, 39
SECONDS = 2


def option(code, value):
    return struct.pack('!HH', code, len(value)) + value


def options(data):
    """The options by code, the last of each."""
    found = {}
    while data:
        code, length = struct.unpack_from('!HH', data)
        found[code] = data[4:4 + length]
        data = data[4 + length:]
    return found


class Client:

    def __init__(self, interface, duid, iaid, name):
        scope = socket.if_nametoindex(interface)
        self.server = ('ff02::1:2', 547, 0, scope)
        self.socket = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode())
        self.socket.bind(('::', 546, 0, scope))
        self.socket.settimeout(SECONDS)
        self.identity = option(CLIENT_ID, duid)
        self.iaid = iaid
        self.name = option(FQDN, b'\x01' + bytes([len(name)]) + name.encode())

    def exchange(self, kind, answer, extra):
        """The answer to a message, which is sent again until a server answers."""
        transaction = secrets.randbits(24)
        message = struct.pack('!I', kind << 24 | transaction) + self.identity + extra + self.name + option(ELAPSED_TIME, b'\0\0')
        for _ in range(60):
            self.socket.sendto(message, self.server)
            try:
                received = self.socket.recv(65536)
            except TimeoutError:
                continue
            if struct.unpack_from('!I', received)[0] == answer << 24 | transaction:
                return options(received[4:])
        raise SystemExit(f'no answer to message {kind}')

    def address(self):
        offer = self.exchange(SOLICIT, ADVERTISE, option(IA_NA, struct.pack('!III', self.iaid, 0, 0)))
        reply = self.exchange(REQUEST, REPLY, option(SERVER_ID, offer[SERVER_ID]) + option(IA_NA, offer[IA_NA]))
        return socket.inet_ntop(socket.AF_INET6, options(reply[IA_NA][12:])[IA_ADDRESS][:16])


if __name__ == '__main__':
    print(Client(sys.argv[1], bytes.fromhex(sys.argv[2]), int(sys.argv[3]), sys.argv[4]).address())
