"""Many new DHCPv4 clients in one program: dhcp_clients.py INTERFACE COUNT AT_ONCE

Client n calls itself "ci-runner-n" and has a MAC address of its own, which no interface has: replies come as broadcasts. As soon as
one of AT_ONCE clients has its lease, the next one begins. Prints the seconds from the first packet to the last lease.
"""

import socket
import struct
import sys
import time

MAGIC = bytes([99, 130, 83, 99])
DISCOVER, OFFER, REQUEST, ACK = 1, 2, 3, 5
BROADCAST = 0x8000
MESSAGE_TYPE, SERVER, ADDRESS, NAME = 53, 54, 50, 12
PATIENCE = 60


def packet(kind, number, *more):
    mac = bytes([0x02, 0x77]) + number.to_bytes(4, 'big')
    fixed = struct.pack('!4BIHH', 1, 1, 6, 0, number, 0, BROADCAST) + bytes(16) + mac.ljust(16, b'\0') + bytes(192)
    options = [(MESSAGE_TYPE, bytes([kind])), (NAME, f'ci-runner-{number:06}'.encode()), *more]
    return fixed + MAGIC + b''.join(bytes([code, len(value)]) + value for code, value in options) + b'\xff'


def options_of(reply):
    found, position = {}, 240
    while reply[position] != 255:
        code = reply[position]
        length = reply[position + 1] if code else -1
        found[code] = reply[position + 2:position + 2 + length]
        position += 2 + length
    return found


class Clients:
    def __init__(self, interface, count):
        self.wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.wire.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        self.wire.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode())
        self.wire.bind(('', 68))
        self.wire.settimeout(1)
        self.coming = iter(range(count))
        self.waiting = set()

    def send(self, kind, number, *more):
        self.wire.sendto(packet(kind, number, *more), ('255.255.255.255', 67))

    def begin_next(self):
        number = next(self.coming, None)
        if number is not None:
            self.waiting.add(number)
            self.send(DISCOVER, number)

    def answer(self, reply):
        number, options = struct.unpack_from('!I', reply, 4)[0], options_of(reply)
        kind = options[MESSAGE_TYPE][0]
        if number not in self.waiting:
            return
        if kind == OFFER:
            self.send(REQUEST, number, (ADDRESS, reply[16:20]), (SERVER, options[SERVER]))
        elif kind == ACK:
            self.waiting.remove(number)
            self.begin_next()
        else:
            self.send(DISCOVER, number)

    def run(self, at_once):
        deadline = time.monotonic() + PATIENCE
        for _ in range(at_once):
            self.begin_next()
        while self.waiting:
            if time.monotonic() > deadline:
                sys.exit(f'{len(self.waiting)} clients got no lease in {PATIENCE} s')
            try:
                self.answer(self.wire.recv(2048))
            except TimeoutError:
                for number in self.waiting:
                    self.send(DISCOVER, number)


def main(interface, count, at_once):
    clients = Clients(interface, count)
    start = time.monotonic()
    clients.run(at_once)
    print(time.monotonic() - start)


if __name__ == '__main__':
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
