"""Many DHCPv4 clients in one program, all asking at the same time: burst.py INTERFACE COUNT PREFIX

Client n calls itself PREFIXn and has its own MAC address, which no interface has, so it asks for broadcast replies.
Prints 'ADDRESS NAME' for each lease and ends when every client has one.
"""

import socket
import struct
import sys
import time

MAGIC = bytes([99, 130, 83, 99])
DISCOVER, OFFER, REQUEST, ACK = 1, 2, 3, 5
BROADCAST = 0x8000
PATIENCE = 120


def message(kind, number, name, *more):
    mac = bytes([0x02, 0x77]) + number.to_bytes(4, 'big')
    fixed = struct.pack('!4BIHH', 1, 1, 6, 0, number, 0, BROADCAST) + bytes(16) + mac.ljust(16, b'\0') + bytes(192)
    options = [(53, bytes([kind])), (12, name.encode()), *more]
    return fixed + MAGIC + b''.join(bytes([code, len(value)]) + value for code, value in options) + b'\xff'


def options_of(packet):
    found, position = {}, 240
    while packet[position] != 255:
        code, length = packet[position], packet[position + 1] if packet[position] else -1
        found[code] = packet[position + 2:position + 2 + length]
        position += 2 + length
    return found


def main(interface, count, prefix):
    wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode())
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    wire.bind(('', 68))
    wire.settimeout(0.5)
    names = {number: f'{prefix}{number}' for number in range(count)}
    waiting = set(names)
    deadline = time.monotonic() + PATIENCE

    def send(kind, number, *more):
        wire.sendto(message(kind, number, names[number], *more), ('255.255.255.255', 67))

    for number in names:
        send(DISCOVER, number)
    while waiting and time.monotonic() < deadline:
        try:
            packet = wire.recv(2048)
        except TimeoutError:
            for number in waiting:
                send(DISCOVER, number)
            continue
        number, options = struct.unpack_from('!I', packet, 4)[0], options_of(packet)
        address, kind = packet[16:20], options[53][0]
        if number not in waiting:
            continue
        if kind == OFFER:
            send(REQUEST, number, (50, address), (54, options[54]))
        elif kind == ACK:
            print(socket.inet_ntoa(address), names[number])
            waiting.remove(number)
        else:
            send(DISCOVER, number)
    return f'{len(waiting)} of {count} clients got no lease' if waiting else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
