"""Questions to leases-resolve over its socket, as systemd-resolved asks: both families of a name at once."""

import base64
import contextlib
import ipaddress
import json
import os
import pathlib
import random
import socket
import subprocess
import time

from machine import PROGRAMS, World, address, die_with_this_process, name

SIZES = 10, 65_000
SOCKET = pathlib.Path('/run/hook')
QUESTIONS = 100_000
ALONE = 20_000
BATCH = 64


def measure(say):
    """{size: {what: nanoseconds for each question}}: on the daemon's processor, and from question to answer"""
    results = {}
    with scheduled_as_services_are():
        for size in SIZES:
            results[str(size)] = measured(say, size)
    return results


@contextlib.contextmanager
def scheduled_as_services_are():
    """Two programs with a priority of their own get a processor each, and each answer then costs waking the other one up."""
    policy, parameters = os.sched_getscheduler(0), os.sched_getparam(0)
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    try:
        yield
    finally:
        os.sched_setscheduler(0, policy, parameters)


def measured(say, size):
    say(f'hook of systemd-resolved, {size:,} leases')
    World(f'hook-{size}', size)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as wire:
        daemon = subprocess.Popen(['systemd-socket-activate', '--listen', SOCKET, PROGRAMS / 'leases-resolve'],
                                  stderr=subprocess.DEVNULL, preexec_fn=die_with_this_process)
        try:
            connect(wire)
            return asked(wire, daemon.pid, size)
        finally:
            daemon.kill()
            daemon.wait()
            SOCKET.unlink()


def connect(wire):
    end = time.monotonic() + 10
    while True:
        try:
            return wire.connect(str(SOCKET))
        except (FileNotFoundError, ConnectionRefusedError):
            if time.monotonic() > end:
                raise
            time.sleep(0.01)


def asked(wire, process, size):
    draws = random.Random(1)
    questions = [question(draws.randrange(size)) for _ in range(QUESTIONS)]
    ask(wire, questions[:1000], BATCH)
    found = {}
    for what, count, batch in ('together', QUESTIONS, BATCH), ('one at a time', ALONE, 1):
        used, begin = on_processor(process), time.perf_counter_ns()
        ask(wire, questions[:count], batch)
        found[f'{what}, wall'] = (time.perf_counter_ns() - begin) / count
        found[f'{what}, processor'] = (on_processor(process) - used) / count
    records = json.loads(ask(wire, [question(0)], 1)[:-1])['parameters']['answer']
    assert [base64.b64decode(record['raw'])[-4:] for record in records] == [ipaddress.ip_address(address(0)).packed], records
    return found


def question(n):
    keys = [{'key': {'class': 1, 'type': kind, 'name': name(n)}} for kind in (1, 28)]
    return json.dumps({'method': 'io.systemd.Resolve.Hook.ResolveRecord', 'parameters': {'question': keys}}).encode() + b'\0'


def ask(wire, questions, batch):
    """Sends this many at a time, and takes their answers before the next ones; the last answers."""
    received = b''
    for at in range(0, len(questions), batch):
        some = questions[at:at + batch]
        wire.sendall(b''.join(some))
        received = b''
        while received.count(b'\0') < len(some):
            data = wire.recv(1 << 16)
            if not data:
                raise RuntimeError('leases-resolve has closed the connection')
            received += data
    return received


def on_processor(process):
    """Nanoseconds so far."""
    return int(pathlib.Path(f'/proc/{process}/schedstat').read_text().split()[0])
