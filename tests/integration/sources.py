"""Other programs' files, from which leases are imported."""

import json
import pathlib
import subprocess

import lab
from network import children_of
from program import Program
from waiting import HUNG

CONFIGURATION = pathlib.Path('/etc/nss-leases.conf')


def configure(*sources, **settings):
    """Writes the configuration: settings, and a [[source]] for each dictionary."""
    lines = [f'{key.replace("_", "-")} = {json.dumps(str(value))}' for key, value in settings.items()]
    for source in sources:
        lines += ['[[source]]', *(f'{key} = {json.dumps(str(value))}' for key, value in source.items())]
    CONFIGURATION.write_text('\n'.join([*lines, '']))


def dnsmasq_leases(path, **more):
    return {'kind': 'dnsmasq-leases', 'path': path, **more}


def import_once(*options):
    """The result of `leasectl import`, which must succeed."""
    done = subprocess.run(['leasectl', 'import', *options], capture_output=True, text=True, timeout=HUNG)
    if done.returncode != 0:
        raise AssertionError(f'leasectl import ended with {done.returncode}: {done.stderr}')
    return done


def following(test, *by):
    """`leasectl import --follow`, run by another command if one is given, which has imported once."""
    program = Program(test, *by, 'leasectl', 'import', '--follow')
    lab.wait_until(lambda: program.out.read_text() or program.process.poll() is not None, lab.SOON, 'the first import')
    return program


def follower(test, *by):
    """The same, once it waits: not for its first import, which is a process of its own and has told what it did before it ends."""
    program = following(test, *by)
    lab.wait_until(lambda: program.process.poll() is not None or not children_of(program.process.pid), lab.SOON, 'the end of the import')
    return program.asleep()
