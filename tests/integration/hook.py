"""leases-resolve with a socket as systemd passes it, and a client of systemd-resolved's hook (varlink: JSON, each message ended by a byte 0)."""

import base64
import contextlib
import ipaddress
import json
import pathlib
import socket
import struct

from dns_query import AAAA, PTR, A, name_at
from program import Program
from waiting import SOON, accepts_connections, wait_until

SOCKET = pathlib.Path('/run/systemd/resolve.hook/nss-leases')
DAEMON = '/usr/libexec/nss-leases/leases-resolve'
IN = 1
RESOLVE = 'io.systemd.Resolve.Hook.ResolveRecord'
FILTER = 'io.systemd.Resolve.Hook.QueryFilter'


def serve(test):
    """The daemon, which ends with the test. It is started by the first peer."""
    SOCKET.parent.mkdir(parents=True, exist_ok=True)
    SOCKET.unlink(missing_ok=True)
    program = Program(test, 'systemd-socket-activate', '--listen', SOCKET, DAEMON)
    wait_until(lambda: accepts_connections(SOCKET), SOON, 'the socket')
    # As systemd makes it.
    SOCKET.chmod(0o666)
    return program


class Hook:
    """One connection."""

    def __init__(self, path=SOCKET):
        self.wire = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.wire.settimeout(SOON)
        self.wire.connect(str(path))
        self.received = bytearray()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.wire.close()

    def send(self, data):
        self.wire.sendall(data)

    def reply(self):
        """The next message; None if the daemon has closed the connection."""
        while b'\0' not in self.received:
            data = b''
            with contextlib.suppress(ConnectionResetError):
                data = self.wire.recv(1 << 16)
            if not data:
                return None
            self.received += data
        end = self.received.index(b'\0')
        text = self.received[:end]
        del self.received[:end + 1]
        return json.loads(text)

    def is_quiet(self):
        """Whether nothing has come that was not asked for."""
        self.wire.setblocking(False)
        try:
            return not self.received and self.wire.recv(1) is None
        except BlockingIOError:
            return True
        finally:
            self.wire.settimeout(SOON)

    def call(self, method, parameters=None, **flags):
        self.send(message(method, parameters, **flags))
        return self.reply()

    def ask(self, *keys):
        """The records of (name, type) together, as (name, type, TTL, data); None to go on with DNS."""
        parameters = self.call(RESOLVE, question(*keys))['parameters']
        if not parameters:
            return None
        assert parameters['rcode'] == 0, parameters
        return [record(base64.b64decode(answer['raw'])) for answer in parameters['answer']]

    def addresses(self, name):
        """Of both families, asked for as systemd-resolved does; None if the name is not known."""
        found = self.ask((name, A), (name, AAAA))
        return found if found is None else {data for _, _, _, data in found}


def message(method, parameters=None, **flags):
    return json.dumps({'method': method, **({} if parameters is None else {'parameters': parameters}), **flags}).encode() + b'\0'


def question(*keys, of_class=IN):
    return {'question': [{'key': {'class': of_class, 'type': kind, 'name': name}} for name, kind in keys]}


def record(wire):
    """A resource record in wire format. It is that and nothing else."""
    name, position = name_at(wire, 0)
    kind, of_class, ttl, length = struct.unpack_from('!HHIH', wire, position)
    data = wire[position + 10:]
    assert (of_class, len(data)) == (IN, length), wire
    if kind in (A, AAAA):
        return name, kind, ttl, str(ipaddress.ip_address(data))
    assert kind == PTR, wire
    target, end = name_at(data, 0)
    assert end == len(data), wire
    return name, kind, ttl, target
